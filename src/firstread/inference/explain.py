"""Where in the film the network sees disease, as numbers and as a picture.

With global average pooling and one last unit, the logit is the mean of the logits of all places of the
feature map (class activation map: Zhou et al., CVPR 2016). The map therefore costs no second pass.
"""

import numpy as np
import numpy.typing as npt

from firstread.evaluation.calibration import Calibration
from firstread.inference.parts import Head

__all__ = ["class_activation", "coloured", "enlarge", "heat", "overlay"]

# Colours of a map, from pale to strong: cividis-like in order of lightness, so that it reads the same with
# any colour vision and in grey print (Nuñez et al., PLoS ONE 2018), but warm, so that it stands out on a
# grey film. Red, green, blue at equal steps of heat.
COLOURS = np.array([(20, 40, 110), (90, 50, 140), (190, 70, 110), (240, 140, 50), (255, 235, 90)], np.float32)
OPACITY = 0.6


def class_activation(feature_map: npt.NDArray[np.float32], head: Head) -> npt.NDArray[np.float32]:
    """Return the logit of each place of a film; the mean over the places is the film's logit.

    Args:
        feature_map: Shape (n, h, w, d).
        head: The last unit, of d features. Where it has a margin, places at the edge have the logit of what is
            seen of them.

    Returns:
        Shape (n, h, w) over the whole film, float32.
    """
    seen = np.asarray(feature_map @ head.kernel + np.float32(head.bias), np.float32)
    if not head.margin:
        return seen
    down, across = (_over_the_film(places, head.margin) for places in seen.shape[1:])
    placed = down @ seen @ across.T
    # Places count by how much of them was seen: the mean must stay the logit that is explained.
    moved = seen.mean(axis=(1, 2), keepdims=True) - placed.mean(axis=(1, 2), keepdims=True)
    return np.asarray(placed + moved, np.float32)


def heat(
    activation: npt.NDArray[np.float32], *, calibration: Calibration, threshold: float
) -> npt.NDArray[np.float32]:
    """Return how strongly each place speaks for disease, 0 to 1.

    A place is warm when it speaks more strongly for disease than a film at the operating point does. The
    warmest place of a film is as warm as the film is suspicious: 0.5 at the operating point, 1 at
    probability 1. So a flagged film always shows where, and an ordinary film stays pale instead of having
    its noise stretched to full red. Maps of different films can be compared.

    Args:
        activation: From `class_activation`, shape (n, h, w).
        calibration: From logit to probability.
        threshold: Calibrated probability of the operating point, in (0, 1).

    Returns:
        Shape (n, h, w), float32.
    """
    stated = calibration.probability(activation.mean(axis=(1, 2), dtype=np.float64))
    edge = calibration.logit(threshold)
    evidence = np.maximum(activation.astype(np.float64) - edge, 0)
    highest = evidence.max(axis=(1, 2), keepdims=True)
    peak = np.where(
        stated < threshold, 0.5 * stated / threshold, 0.5 + 0.5 * (stated - threshold) / (1 - threshold)
    )
    scaled = np.divide(evidence, highest, out=np.zeros_like(evidence), where=highest > 0)
    return np.asarray(scaled * peak[:, np.newaxis, np.newaxis], np.float32)


def enlarge(heat_map: npt.NDArray[np.float32], height: int, width: int) -> npt.NDArray[np.float32]:
    """Return one heat map at the size of its film, smoothly.

    Args:
        heat_map: Shape (h, w), 0 to 1.
        height: Rows of the film.
        width: Columns of the film.

    Returns:
        Shape (height, width), float32, 0 to 1.
    """
    from PIL import Image

    enlarged = Image.fromarray(heat_map.astype(np.float32)).resize((width, height), Image.Resampling.BICUBIC)
    # Bicubic interpolation overshoots beside steep edges.
    return np.clip(np.asarray(enlarged, np.float32), 0, 1)


def _over_the_film(places: int, margin: float) -> npt.NDArray[np.float64]:
    """Return which share of a film's place (row) each place inside the margin (column) makes, rows sum to 1."""
    film = np.linspace(0, 1, places + 1)
    inner = np.linspace(margin, 1 - margin, places + 1)
    shared = np.minimum(film[1:, None], inner[1:]) - np.maximum(film[:-1, None], inner[:-1])
    share = np.maximum(shared, 0)
    return np.asarray(share / share.sum(axis=1, keepdims=True), np.float64)


def coloured(warmth: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Return the layer that lies over a film: red, green and blue 0 to 255, and opacity 0 to 1.

    Args:
        warmth: 0 to 1, shape (height, width).

    Returns:
        Shape (height, width, 4).
    """
    at = np.linspace(0, 1, len(COLOURS))
    channels = [np.interp(warmth, at, COLOURS[:, channel]) for channel in range(3)]
    return np.stack([*channels, OPACITY * np.sqrt(np.clip(warmth, 0, 1))], axis=-1)


def overlay(film: npt.NDArray[np.uint8], heat_map: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Return the film with its heat map laid over it.

    Args:
        film: Grey levels, shape (height, width), uint8.
        heat_map: 0 to 1, shape (h, w) or that of the film.

    Returns:
        Red, green, blue, shape (height, width, 3), uint8. Where there is no heat the film is unchanged.
    """
    height, width = film.shape
    warmth = heat_map if heat_map.shape == film.shape else enlarge(heat_map, height, width)
    layer = coloured(warmth)
    colour, opacity = layer[..., :3], layer[..., 3:]
    grey = film[..., np.newaxis].astype(np.float32)
    return np.asarray(np.rint(grey * (1 - opacity) + colour * opacity), np.uint8)
