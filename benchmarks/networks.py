"""Makes the network in every form the suite needs; run as `python networks.py FOLDER`.

The network is that of the bundle that ships, where there is one, and a MobileNetV2 with random weights otherwise.
Written are `usual.keras` (a stock classifier for the usual recipe), `network.weights.h5` (training starts from it), and
`bundle/` where none ships.
"""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from firstread.config import Training
from firstread.errors import BundleError
from firstread.evaluation import shift
from firstread.evaluation.calibration import Calibration
from firstread.evaluation.operating_point import OperatingPoint
from firstread.imaging.preprocess import Recipe
from firstread.inference import bundle as bundles
from firstread.inference.bundle import Bundle, BundleParts, Head
from firstread.learning import backend

backend.choose("tensorflow")

import keras  # noqa: E402  # the backend has to be chosen first

from firstread.learning.onnx_file import write_onnx  # noqa: E402 - the backend comes first
from firstread.learning.stored_weights import stored  # noqa: E402 - the backend comes first
from firstread.learning.weights import start  # noqa: E402 - the backend comes first

__all__: list[str] = []


def main(folder: Path) -> None:
    """Write every form of the network."""
    shipped = _shipped()
    settings, weights = Training(), "none"
    recipe = Recipe(height=settings.side, width=settings.side)
    if shipped is not None:
        recipe, settings, weights = shipped.recipe, _settings_of(shipped), str(shipped.folder)
    network = start(weights, recipe=recipe, settings=settings).model
    network.save_weights(folder / "network.weights.h5")
    _stock_classifier(network).save(folder / "usual.keras")
    if shipped is None:
        _write_bundle(network, recipe, settings.margin_px / settings.side, folder)


def _shipped() -> Bundle | None:
    """Return the bundle that ships, where it carries weights that Keras can take."""
    try:
        bundle = bundles.load(bundles.shipped())
    except BundleError:
        return None
    return None if bundle.weights_path is None else bundle


def _settings_of(bundle: Bundle) -> Training:
    """Return the settings that decide the network's layers; the defaults may have moved on since."""
    stated = bundle.facts["training"]
    return replace(
        Training(),
        architecture=stated["architecture"],
        side=bundle.recipe.height,
        low_pass_px=stated["low_pass_px"],
        margin_px=stated.get("margin_px", 0),
    )


def _stock_classifier(network: keras.Model) -> keras.Model:
    """Return the same backbone and head for RGB films of the size the backbone sees, in layers of Keras' own.

    The low pass and the margin before firstread's backbone are left out: nobody would write them, and they only cost
    time.
    """
    film = keras.Input((*network.get_layer("backbone").input_shape[1:3], 3))
    backbone = keras.applications.MobileNetV2(
        input_shape=film.shape[1:], include_top=False, weights=None, pooling="avg"
    )
    backbone.set_weights(network.get_layer("backbone").get_weights())
    head = keras.layers.Dense(1, activation="sigmoid")
    classifier = keras.Model(film, head(backbone(keras.layers.Rescaling(1 / 127.5, offset=-1)(film))))
    head.set_weights(network.get_layer("logit").get_weights())
    return classifier


def _write_bundle(network: keras.Model, recipe: Recipe, margin: float, folder: Path) -> None:
    """Write a bundle whose scores mean nothing and cost as much as any."""
    model = folder / "model.onnx"
    write_onnx(network, model)
    kernel, bias = network.get_layer("logit").get_weights()
    features = np.random.default_rng(0).normal(size=(600, len(kernel))).astype(np.float32)
    parts = BundleParts(
        model=model,
        recipe=recipe,
        calibration=Calibration(1.0),
        operating_points={
            "screening": OperatingPoint("screening", 0.5, 0.95, 0.9, 60, 40),
            "rule_out": OperatingPoint("rule_out", 0.2, 0.99, 0.7, 60, 40),
        },
        head=Head(kernel=kernel[:, 0], bias=float(bias[0]), margin=margin),
        shift=shift.fit(features[:500], features[500:]),
        facts={"name": "benchmark", "architecture": "mobilenet_v2", "training": "none: random weights"},
        model_card="# benchmark\n\nRandom weights, for timing only.\n",
        weights=stored(network, model),
    )
    bundles.save(folder / "bundle", parts)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
