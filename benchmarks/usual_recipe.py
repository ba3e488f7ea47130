"""The recipe most users would write: score a folder of films with a Keras classifier.

Run as `python usual_recipe.py FOLDER MODEL.keras`.
"""

import sys

import keras

folder, model_file = sys.argv[1:]
films = keras.utils.image_dataset_from_directory(folder, labels=None, shuffle=False, image_size=(224, 224))
model = keras.models.load_model(model_file)
scores = model.predict(films)
for path, score in zip(films.file_paths, scores[:, 0], strict=True):
    print(f"{score:.4f}  {path}")
