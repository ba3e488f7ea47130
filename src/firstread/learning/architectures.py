"""The networks a model can be made of: backbone, global average pooling, one unit.

One unit on pooled features makes the class activation map free: it is the feature map weighted by that unit's kernel
(Zhou et al., CVPR 2016).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
from keras import layers

from firstread.errors import TrainingError
from firstread.learning.efficientnet_lite0 import efficientnet_lite0
from firstread.learning.low_pass import LowPass

__all__ = ["ARCHITECTURES", "Architecture", "architecture", "build", "serving_model"]

# ImageNet's mean and deviation per channel, in 0..1; what DenseNet and EfficientNetV2 were trained with.
_IMAGENET_MEAN = (0.485, 0.456, 0.406)
_IMAGENET_SHAPE = (224, 224, 3)
_IMAGENET_DEVIATION = (0.229, 0.224, 0.225)
_PER_CHANNEL_SCALE = tuple(1 / (255 * deviation) for deviation in _IMAGENET_DEVIATION)
_PER_CHANNEL_OFFSET = tuple(-m / d for m, d in zip(_IMAGENET_MEAN, _IMAGENET_DEVIATION, strict=True))

Channels = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Architecture:
    """A backbone and the grey levels it wants.

    Args:
        name: As the user writes it.
        backbone: Input shape (height, width, 3) → model without weights and without a top.
        imagenet: Input shape → the same with its public ImageNet weights; None where there are none.
        scale: Factor per channel applied to grey levels 0..255.
        offset: Added per channel after that.
    """

    name: str
    backbone: Callable[[tuple[int, int, int]], keras.Model]
    imagenet: Callable[[tuple[int, int, int]], keras.Model] | None
    scale: Channels
    offset: Channels


def _application(
    name: str, constructor: Any, *, scale: Channels, offset: Channels, **options: Any
) -> Architecture:
    def make(shape: tuple[int, int, int], weights: str | None = None) -> keras.Model:
        return constructor(input_shape=shape, include_top=False, weights=weights, **options)

    def imagenet(shape: tuple[int, int, int]) -> keras.Model:
        # MobileNetV2 has other weights for other sizes; what was measured here began at those of 224.
        network = make(shape)
        network.set_weights(make(_IMAGENET_SHAPE, "imagenet").get_weights())
        return network

    return Architecture(name, make, imagenet, scale, offset)


def _baseline(input_shape: tuple[int, int, int]) -> keras.Model:
    """Four convolutions and nothing borrowed: the honest starting point."""
    x = film = keras.Input(input_shape)
    for filters in (16, 32, 64, 128):
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization()(x)
        x = layers.ReLU()(x)
        x = layers.MaxPooling2D()(x)
    return keras.Model(film, x, name="baseline")


_MINUS_ONE_TO_ONE: dict[str, Channels] = {"scale": (1 / 127.5,) * 3, "offset": (-1.0,) * 3}
_PER_CHANNEL: dict[str, Channels] = {"scale": _PER_CHANNEL_SCALE, "offset": _PER_CHANNEL_OFFSET}  # type: ignore[dict-item]  # zip loses the length 3
_UNCHANGED: dict[str, Channels] = {"scale": (1.0,) * 3, "offset": (0.0,) * 3}

ARCHITECTURES: dict[str, Architecture] = {
    each.name: each
    for each in (
        Architecture("baseline", _baseline, None, **_MINUS_ONE_TO_ONE),
        _application("mobilenet_v2", keras.applications.MobileNetV2, **_MINUS_ONE_TO_ONE),
        _application(
            "efficientnet_v2_b0",
            keras.applications.EfficientNetV2B0,
            # Its own preprocessing is a Normalization layer, which exports to ONNX with dangling inputs.
            include_preprocessing=False,
            **_PER_CHANNEL,
        ),
        _application("densenet121", keras.applications.DenseNet121, **_PER_CHANNEL),
        _application("resnet50_v2", keras.applications.ResNet50V2, **_MINUS_ONE_TO_ONE),
        Architecture("efficientnet_lite0", efficientnet_lite0, None, **_UNCHANGED),
    )
}


def architecture(name: str) -> Architecture:
    """Return an architecture by name.

    Raises:
        TrainingError: If there is none of that name.
    """
    if name not in ARCHITECTURES:
        raise TrainingError(f"The architecture must be one of {', '.join(ARCHITECTURES)}; received {name!r}.")
    return ARCHITECTURES[name]


def build(
    wanted: Architecture,
    backbone: keras.Model,
    *,
    low_pass_px: float,
    dropout: float,
    margin_px: int = 0,
) -> keras.Model:
    """Return film (n, height, width, 1) in grey levels 0..255 → logit (n, 1), around a backbone.

    Args:
        wanted: Whose grey levels the backbone takes.
        backbone: One layer of the result, named "backbone".
        low_pass_px: Standard deviation of the fixed blur before it; 0 leaves it out.
        dropout: Before the last unit.
        margin_px: What is cut off each edge of the film; the backbone is as much smaller.
    """
    height, width, channels = backbone.input_shape[1:]
    film = keras.Input((height + 2 * margin_px, width + 2 * margin_px, 1), name="film")
    softened = LowPass(low_pass_px, name="low_pass")(film) if low_pass_px else film
    inside = layers.Cropping2D(margin_px, name="inside_margin")(softened) if margin_px else softened
    colours = layers.Concatenate(name="grey_to_rgb")([inside] * channels)
    scaled = layers.Rescaling(list(wanted.scale), offset=list(wanted.offset), name="grey_levels")(colours)
    backbone.name = "backbone"
    feature_map = backbone(scaled)
    features = layers.GlobalAveragePooling2D(name="features", dtype="float32")(feature_map)
    # The logit stays float32 under mixed precision: half precision has 11 bits, a calibrated score needs more.
    logit = layers.Dense(1, name="logit", dtype="float32")(layers.Dropout(dropout)(features))
    return keras.Model(film, logit, name="firstread")


def serving_model(model: keras.Model) -> keras.Model:
    """Return the model that is exported: film → logit (n,), features (n, d), feature_map (n, h, w, d)."""
    pooled = model.get_layer("features")
    return keras.Model(
        model.input,
        {
            "logit": layers.Reshape((), name="logit_of_film")(model.output),
            "features": pooled.output,
            "feature_map": pooled.input,
        },
        name="firstread_serving",
    )
