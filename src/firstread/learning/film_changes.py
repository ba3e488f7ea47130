"""Changes of a film that leave its diagnosis alone, on any Keras backend.

Every function takes films (n, height, width) in 0..1 and one drawn number for each film (n,), and draws nothing
itself, so that what was drawn can be recorded and replayed.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from keras import ops

__all__ = ["add_noise", "affine", "blur", "change_border", "change_grey_levels", "erase", "reencode_jpeg"]

Tensor = Any

# Annex K.1 of ITU-T T.81: the luminance table at quality 50.
_LUMINANCE = np.array(
    [
        [16, 11, 10, 16, 24, 40, 51, 61],
        [12, 12, 14, 19, 26, 58, 60, 55],
        [14, 13, 16, 24, 40, 57, 69, 56],
        [14, 17, 22, 29, 51, 87, 80, 62],
        [18, 22, 37, 56, 68, 109, 103, 77],
        [24, 35, 55, 64, 81, 104, 113, 92],
        [49, 64, 78, 87, 103, 121, 120, 101],
        [72, 92, 95, 98, 112, 100, 103, 99],
    ],
    dtype=np.float32,
)
_BLOCK = 8


def affine(
    films: Tensor,
    *,
    mirrored: Tensor,
    rotation_deg: Tensor,
    zoom_x: Tensor,
    zoom_y: Tensor,
    shift_x: Tensor,
    shift_y: Tensor,
) -> Tensor:
    """Mirror, rotate, scale each axis and shift, in one interpolation; what comes from outside is black.

    Args:
        films: (n, height, width), 0..1.
        mirrored: True mirrors left and right.
        rotation_deg: Degrees about the centre.
        zoom_x: Above 1 enlarges across.
        zoom_y: Above 1 enlarges down.
        shift_x: To the right, as a fraction of the width.
        shift_y: Down, as a fraction of the height.
    """
    height, width = films.shape[1:3]
    angle = rotation_deg * (np.pi / 180)
    cosine, sine = ops.cos(angle), ops.sin(angle)
    sign = ops.where(mirrored, -1.0, 1.0)
    # Output position → input position, about the centre: the inverse of the change that is asked for.
    a, b = sign * cosine / zoom_x, sign * sine / zoom_x
    c, d = -sine / zoom_y, cosine / zoom_y
    centre_x, centre_y = (width - 1) / 2, (height - 1) / 2
    to_x, to_y = centre_x + shift_x * width, centre_y + shift_y * height
    zero = ops.zeros_like(a)
    transform = ops.stack(
        [a, b, centre_x - a * to_x - b * to_y, c, d, centre_y - c * to_x - d * to_y, zero, zero], axis=1
    )
    moved = ops.image.affine_transform(
        films[..., None],
        transform,
        interpolation="bilinear",
        fill_mode="constant",
        data_format="channels_last",
    )
    return moved[..., 0]


def change_grey_levels(films: Tensor, *, gamma: Tensor, contrast: Tensor, brightness: Tensor) -> Tensor:
    """Apply gamma, then contrast about the film's own mean, then brightness; the result stays in 0..1.

    Args:
        films: (n, height, width), 0..1.
        gamma: Exponent, above 0.
        contrast: Factor, 1 changes nothing.
        brightness: Added, as a fraction of full scale.
    """
    curved = ops.power(ops.maximum(films, 1e-6), _each(gamma))
    mean = ops.mean(curved, axis=(1, 2), keepdims=True)
    return ops.clip((curved - mean) * _each(contrast) + mean + _each(brightness), 0.0, 1.0)


def blur(films: Tensor, *, sigma_px: Tensor) -> Tensor:
    """Blur each film with a Gaussian of its own standard deviation in pixels; 0 changes nothing.

    Both passes are products with a band matrix whose rows sum to 1, so that no edge turns dark.
    """
    rows = _gaussian_rows(films.shape[1], sigma_px)
    columns = rows if films.shape[1] == films.shape[2] else _gaussian_rows(films.shape[2], sigma_px)
    return ops.matmul(ops.matmul(rows, films), ops.transpose(columns, (0, 2, 1)))


def add_noise(films: Tensor, *, noise: Tensor, deviation: Tensor) -> Tensor:
    """Add standard normal noise (n, height, width) times each film's deviation; the result stays in 0..1."""
    return ops.clip(films + noise * _each(deviation), 0.0, 1.0)


def reencode_jpeg(films: Tensor, *, quality: Tensor) -> Tensor:
    """Return the films as a baseline JPEG of a quality would give them back (ITU-T T.81, A.3 and K.1).

    Only what loses information is done: the cosine transform of 8 × 8 blocks and the rounding of its coefficients.

    Args:
        films: (n, height, width), 0..1; height and width are multiples of 8.
        quality: 1..100, as libjpeg scales its tables.
    """
    height, width = films.shape[1:3]
    cosine = _cosine_basis()
    down, across = height // _BLOCK, width // _BLOCK
    levels = films * 255.0 - 128.0
    by_rows = ops.matmul(cosine, ops.reshape(levels, (-1, _BLOCK, width)))
    coefficients = ops.matmul(ops.reshape(by_rows, (-1, _BLOCK)), cosine.T)
    coefficients = ops.reshape(coefficients, (-1, down, _BLOCK, across, _BLOCK))
    table = _quantisation_table(quality)[:, None, :, None, :]
    kept = ops.round(coefficients / table) * table
    by_rows = ops.matmul(cosine.T, ops.reshape(kept, (-1, _BLOCK, width)))
    levels = ops.matmul(ops.reshape(by_rows, (-1, _BLOCK)), cosine)
    return ops.clip((ops.reshape(levels, (-1, height, width)) + 128.0) / 255.0, 0.0, 1.0)


def change_border(films: Tensor, *, widths: Tensor, grey: Tensor) -> Tensor:
    """Paint a rim over each film: the outermost pixels of this data alone tell the classes apart.

    Args:
        films: (n, height, width), 0..1.
        widths: (n, 4): left, right, top and bottom, as fractions of the side; 0 paints nothing.
        grey: 0 is black, 1 is white.
    """
    left, right, top, bottom = (widths[:, side] for side in range(4))
    inside = _inside(films, left=left, right=1.0 - right, top=top, bottom=1.0 - bottom)
    return ops.where(inside, films, _each(grey))


def erase(films: Tensor, *, centre: Tensor, sides: Tensor, grey: Tensor) -> Tensor:
    """Paint a rectangle over each film (Zhong et al., AAAI 2020); what is beyond the film is left out.

    Args:
        films: (n, height, width), 0..1.
        centre: (n, 2): across and down, as fractions of the side.
        sides: (n, 2): width and height, as fractions of the side; 0 paints nothing.
        grey: 0 is black, 1 is white.
    """
    first, last = centre - sides / 2.0, centre + sides / 2.0
    painted = _inside(films, left=first[:, 0], right=last[:, 0], top=first[:, 1], bottom=last[:, 1])
    return ops.where(painted, _each(grey), films)


def _inside(films: Tensor, *, left: Tensor, right: Tensor, top: Tensor, bottom: Tensor) -> Tensor:
    """Return which pixels lie between two columns and two rows, bool (n, height, width); places are fractions."""
    height, width = films.shape[1:3]
    x = (np.arange(width, dtype=np.float32) + 0.5)[None, None, :] / width
    y = (np.arange(height, dtype=np.float32) + 0.5)[None, :, None] / height
    inside_x = ops.logical_and(ops.greater_equal(x, _each(left)), ops.less_equal(x, _each(right)))
    inside_y = ops.logical_and(ops.greater_equal(y, _each(top)), ops.less_equal(y, _each(bottom)))
    return ops.logical_and(inside_x, inside_y)


def _each(drawn: Tensor) -> Tensor:
    """(n,) → (n, 1, 1)."""
    return ops.reshape(drawn, (-1, 1, 1))


def _gaussian_rows(side: int, sigma_px: Tensor) -> Tensor:
    """Return (n, side, side): row i holds the weights of the pixels that make output pixel i."""
    position = np.arange(side, dtype=np.float32)
    squared = (position[:, None] - position[None, :])[None] ** 2
    # Below a twentieth of a pixel the Gaussian is the identity in float32, and its variance may not be zero.
    variance = ops.maximum(_each(sigma_px), 0.05) ** 2
    weights = ops.exp(-ops.convert_to_tensor(squared) / (2.0 * variance))
    return weights / ops.sum(weights, axis=2, keepdims=True)


def _cosine_basis() -> npt.NDArray[np.float32]:
    """Return the orthonormal 8-point DCT-II as a matrix."""
    k, position = np.arange(_BLOCK)[:, None], np.arange(_BLOCK)[None, :]
    basis = np.sqrt(2 / _BLOCK) * np.cos((2 * position + 1) * k * np.pi / (2 * _BLOCK))
    basis[0] /= np.sqrt(2)
    return np.asarray(basis, np.float32)


def _quantisation_table(quality: Tensor) -> Tensor:
    """Return (n, 8, 8): libjpeg's scaling of the luminance table (jcparam.c, jpeg_quality_scaling)."""
    quality = _each(quality)
    percent = ops.where(quality < 50.0, 5000.0 / quality, 200.0 - 2.0 * quality)
    return ops.clip(ops.floor((percent * _LUMINANCE[None] + 50.0) / 100.0), 1.0, 255.0)
