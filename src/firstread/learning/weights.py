"""Where a network's weights start: ImageNet, nowhere, a file, or a bundle."""

import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import keras
import numpy as np

from firstread.config import Training
from firstread.errors import DownloadError, TrainingError
from firstread.imaging.preprocess import Recipe
from firstread.inference import bundle as bundles
from firstread.inference.bundle import Bundle
from firstread.inference.session import OnnxSession
from firstread.learning.architectures import Architecture, architecture, build
from firstread.learning.stored_weights import restored

__all__ = ["Start", "require_start", "start"]

TOLERANCE = 0.1
"""Of the largest feature, between a bundle's model and its weights. In older bundles these are rounded, all of them; in
mixed precision every product is. Features of another network differ by as much as they are large."""


@dataclass(frozen=True, slots=True)
class Start:
    """A network and where its weights came from.

    Args:
        model: Film (n, height, width, 1) → logit (n, 1).
        pretrained: The backbone has learned before, so that the head should learn first.
        origin: In words, for the facts of a bundle.
    """

    model: keras.Model
    pretrained: bool
    origin: str


def require_start(settings: Training) -> None:
    """Refuse what a training could not start from, before anything is decoded for it.

    Raises:
        TrainingError: If there is no such architecture, or no such file of weights.
    """
    architecture(settings.architecture)
    if settings.weights not in ("imagenet", "none") and not Path(settings.weights).exists():
        raise TrainingError(
            f"--weights must be imagenet, none, a file or a bundle; {settings.weights} does not exist."
        )


def start(weights: str, *, recipe: Recipe, settings: Training) -> Start:
    """Return the network that training starts from.

    Args:
        weights: "imagenet", "none", a .h5 file of the backbone or of a run, or the folder of a bundle.
        recipe: Says the size of the film.
        settings: Says the architecture, its low pass, its margin and its dropout.

    Raises:
        TrainingError: If the weights do not exist or do not fit the architecture.
        DownloadError: If ImageNet weights are not at hand and cannot be fetched.
    """
    wanted = architecture(settings.architecture)
    shape = _inside(recipe, margin_px=settings.margin_px)
    around = partial(
        build, low_pass_px=settings.low_pass_px, dropout=settings.dropout, margin_px=settings.margin_px
    )
    if weights == "imagenet":
        return Start(around(wanted, _imagenet(wanted, shape)), True, "ImageNet, keras.applications")
    model = around(wanted, wanted.backbone(shape))
    if weights == "none":
        return Start(model, False, "random")
    path = Path(weights)
    if path.is_dir():
        return Start(model, True, _fill_from_bundle(model, path, wanted, low_pass_px=settings.low_pass_px))
    _fill_from_file(model, path, wanted)
    return Start(model, True, path.name)


def _inside(recipe: Recipe, *, margin_px: int) -> tuple[int, int, int]:
    """Return the shape of what the backbone sees."""
    return recipe.height - 2 * margin_px, recipe.width - 2 * margin_px, 3


def _imagenet(wanted: Architecture, shape: tuple[int, int, int]) -> keras.Model:
    if wanted.imagenet is None:
        raise TrainingError(
            f"{wanted.name} has no public ImageNet weights that Keras can fetch; "
            "give --weights none, or a .h5 file of the backbone."
        )
    try:
        return wanted.imagenet(shape)
    except (
        Exception
    ) as error:  # Keras raises a bare Exception when a download fails, ValueError on a bad file
        raise DownloadError(
            f"The ImageNet weights of {wanted.name} must be in Keras' cache or downloadable: {error} "
            f"Without a network, fetch the file elsewhere, put it into {_keras_cache()}, or give its path: "
            "--weights FILE.h5."
        ) from error


def _keras_cache() -> Path:
    """Return where Keras looks for weights: its own function for this is not public."""
    return Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")) / "models"


def _fill_from_file(model: keras.Model, path: Path, wanted: Architecture) -> None:
    """A file holds either the backbone alone, as published, or the whole network, as a run writes it."""
    complaints = []
    for part in (model.get_layer("backbone"), model):
        try:
            part.load_weights(path)
        except Exception as error:  # h5py and Keras raise five kinds for a file that does not fit
            complaints.append((str(error) or type(error).__name__).splitlines()[0])
        else:
            return
    raise TrainingError(f"{path}: the weights must fit {wanted.name}; {complaints[0]}")


def _fill_from_bundle(model: keras.Model, folder: Path, wanted: Architecture, *, low_pass_px: float) -> str:
    bundle = bundles.load(folder)
    trained = bundle.facts.get("architecture")
    if trained != wanted.name:
        raise TrainingError(f"{folder}: the bundle must be a {wanted.name}; it is a {trained}.")
    blurred = bundle.facts.get("training", {}).get("low_pass_px", low_pass_px)
    if blurred != low_pass_px:
        raise TrainingError(
            f"{folder}: training.low_pass_px must be the bundle's, {blurred}; received {low_pass_px}."
        )
    if bundle.weights_path is None:
        raise TrainingError(f"{folder}: the bundle holds no weights to go on from (weights.npz).")
    model.set_weights(restored(model, bundle.weights_path, bundle.model_path))
    _require_features(model, bundle, wanted, low_pass_px=low_pass_px)
    return f"bundle {bundle.facts.get('name', folder.name)} ({bundle.sha256[:12]})"


def _require_features(
    model: keras.Model, bundle: Bundle, wanted: Architecture, *, low_pass_px: float
) -> None:
    """Refuse weights that are not those of the bundle's model, by what both see in two films of noise."""
    recipe, margin_px = bundle.recipe, bundle.facts.get("training", {}).get("margin_px", 0)
    # Training may go on at another size; the bundle's model takes films of its own only.
    backbone = wanted.backbone(_inside(recipe, margin_px=margin_px))
    same = build(wanted, backbone, low_pass_px=low_pass_px, dropout=0, margin_px=margin_px)
    same.set_weights(model.get_weights())
    films = np.random.default_rng(0).integers(0, 256, (2, recipe.height, recipe.width), np.uint8)
    exported = OnnxSession(bundle.model_path).run(films, ("features",))["features"]
    seen = keras.Model(same.input, same.get_layer("features").output)(films[..., None].astype(np.float32))
    difference = float(np.abs(exported - keras.ops.convert_to_numpy(seen)).max() / np.abs(exported).max())
    if not difference <= TOLERANCE:
        raise TrainingError(
            f"{bundle.folder}: weights.npz must give the features of model.onnx within {TOLERANCE}; "
            f"they differ by {difference:.2g} of the largest."
        )
