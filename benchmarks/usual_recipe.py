"""The recipe most users would write: score a folder of films with a Keras classifier.

Run as `python usual_recipe.py FOLDER MODEL.keras`.
"""

import sys

import keras

folder, model_file = sys.argv[1:]
model = keras.models.load_model(model_file)
side = model.input_shape[1:3]
films = keras.utils.image_dataset_from_directory(folder, labels=None, shuffle=False, image_size=side)
scores = model.predict(films)
for path, score in zip(films.file_paths, scores[:, 0], strict=True):
    print(f"{score:.4f}  {path}")
