"""Changes of a prepared film, to see what a score rests on; nothing here is used for scoring a patient's film.

Each takes one film, shape (height, width), uint8 grey levels 0..255, and returns a new one of the same shape.
"""

import io

import numpy as np
import numpy.typing as npt

__all__ = [
    "blurred",
    "bordered",
    "brightened",
    "cropped",
    "inverted",
    "mirrored",
    "noisy",
    "reencoded",
    "resampled",
    "rotated",
    "stretched",
    "windowed",
    "with_contrast",
    "with_gamma",
]

GreyFilm = npt.NDArray[np.uint8]
WHITE = 255


def reencoded(film: GreyFilm, *, quality: int) -> GreyFilm:
    """Write the film as JPEG of a quality, 1 to 100, and read it again."""
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(film).save(stream, "JPEG", quality=quality)
    return np.asarray(Image.open(stream), np.uint8)


def bordered(film: GreyFilm, *, fraction: float, grey: int) -> GreyFilm:
    """Paint a rim of one grey level over the film, as wide as a fraction of each side."""
    rows, columns = (round(side * fraction) for side in film.shape)
    painted = np.full_like(film, grey)
    inside = (slice(rows, film.shape[0] - rows), slice(columns, film.shape[1] - columns))
    painted[inside] = film[inside]
    return painted


def cropped(film: GreyFilm, *, fraction: float) -> GreyFilm:
    """Cut a fraction of the side off all four sides and enlarge the rest."""
    rows, columns = (round(side * fraction) for side in film.shape)
    height, width = film.shape
    return _resized(film[rows : height - rows, columns : width - columns], (height, width))


def inverted(film: GreyFilm) -> GreyFilm:
    """Exchange black and white, as a MONOCHROME1 film looks that nobody turned over."""
    return np.asarray(WHITE - film, np.uint8)


def mirrored(film: GreyFilm) -> GreyFilm:
    """Exchange left and right."""
    return np.ascontiguousarray(film[:, ::-1])


def rotated(film: GreyFilm, *, degrees: float) -> GreyFilm:
    """Turn the film anticlockwise about its middle; what comes from outside is black."""
    from PIL import Image

    return np.asarray(Image.fromarray(film).rotate(degrees, Image.Resampling.BILINEAR), np.uint8)


def resampled(film: GreyFilm, *, factor: float) -> GreyFilm:
    """Resize the film by a factor and back: below 1 its finest detail is gone."""
    height, width = film.shape
    other = _resized(film, (max(1, round(height * factor)), max(1, round(width * factor))))
    return _resized(other, (height, width))


def stretched(film: GreyFilm, *, across: float) -> GreyFilm:
    """Make the film wider and lower by a factor, its area unchanged; what is missing is black, the rest cut off.

    Args:
        film: Grey levels.
        across: Width over height grows by this factor; below 1 it shrinks.
    """
    from PIL import Image

    height, width = film.shape
    wide, high = across**0.5, across**-0.5
    # Output position → input position, about the middle.
    transform = (1 / wide, 0, width / 2 * (1 - 1 / wide), 0, 1 / high, height / 2 * (1 - 1 / high))
    picture = Image.fromarray(film).transform(
        (width, height), Image.Transform.AFFINE, transform, Image.Resampling.BILINEAR
    )
    return np.asarray(picture, np.uint8)


def windowed(film: GreyFilm, *, low: float, high: float) -> GreyFilm:
    """Show one grey level as black and another as white, both as fractions of full scale."""
    return _levels((film / WHITE - low) / (high - low))


def with_gamma(film: GreyFilm, *, gamma: float) -> GreyFilm:
    """Raise the grey levels 0..1 to a power: above 1 is darker."""
    return _levels((film / WHITE) ** gamma)


def with_contrast(film: GreyFilm, *, factor: float) -> GreyFilm:
    """Bring each grey level nearer to the film's mean, 0 being all the way."""
    mean = film.mean() / WHITE
    return _levels((film / WHITE - mean) * factor + mean)


def brightened(film: GreyFilm, *, added: float) -> GreyFilm:
    """Add a fraction of full scale; what is above white becomes white."""
    return _levels(film / WHITE + added)


def blurred(film: GreyFilm, *, sigma_px: float) -> GreyFilm:
    """Blur with a Gaussian of a standard deviation in pixels; beyond the edge lies its mirror image."""
    from scipy.ndimage import gaussian_filter

    return _levels(gaussian_filter(film / WHITE, sigma_px))


def noisy(film: GreyFilm, noise: npt.NDArray[np.floating], *, deviation: float) -> GreyFilm:
    """Add standard normal noise of the film's shape times a deviation, a fraction of full scale."""
    return _levels(film / WHITE + noise * deviation)


def _resized(film: GreyFilm, shape: tuple[int, int]) -> GreyFilm:
    from PIL import Image

    return np.asarray(Image.fromarray(film).resize(shape[::-1], Image.Resampling.BILINEAR), np.uint8)


def _levels(values: npt.NDArray[np.floating]) -> GreyFilm:
    """Return 0..1 as whole grey levels; what lies outside is black or white."""
    return np.asarray(np.rint(np.clip(values, 0, 1) * WHITE), np.uint8)
