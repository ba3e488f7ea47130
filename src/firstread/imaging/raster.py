"""JPEG, PNG and TIFF become a radiograph."""

import io
import warnings
from typing import TYPE_CHECKING

import numpy as np

from firstread.config import ReadLimits
from firstread.errors import ImageReadError
from firstread.imaging.colour import luma_and_tint, tint
from firstread.imaging.content import Content
from firstread.imaging.radiograph import GreyPixels, Radiograph
from firstread.records import FilmFacts
from firstread.terms import Refusal

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["decode"]

_EXIF_ORIENTATION = 0x0112
# Orientations that exchange rows and columns (EXIF 2.32, 4.6.4).
_TURNED = (5, 6, 7, 8)


def decode(
    content: bytes,
    kind: Content,
    *,
    sha256: str,
    limits: ReadLimits,
    reduce_to: tuple[int, int] | None,
) -> Radiograph:
    """Return the radiograph in a JPEG, PNG or TIFF file.

    Args:
        content: The file's bytes.
        kind: What they are.
        sha256: Their hash.
        limits: What is refused before anything is decoded.
        reduce_to: Rows and columns that have to remain when a JPEG is decoded at reduced scale.

    Raises:
        ImageReadError: With the typed reason.
    """
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # Pillow warns of large pictures and odd tags; the limits decide instead
        try:
            return _decode(content, kind, sha256, limits, reduce_to)
        except (ImageReadError, MemoryError):
            raise
        except Exception as error:
            # Decoders raise anything on hostile bytes; none of it is our mistake, nor may it stop a folder.
            raise ImageReadError(Refusal.UNREADABLE, f"The {kind.value} picture is damaged.") from error


def _decode(
    content: bytes, kind: Content, sha256: str, limits: ReadLimits, reduce_to: tuple[int, int] | None
) -> Radiograph:
    image = _opened(content, kind, limits)
    turned = image.getexif().get(_EXIF_ORIENTATION, 1) in _TURNED
    width, height = image.size[::-1] if turned else image.size
    if kind is Content.JPEG:
        _draft(image, reduce_to if reduce_to is None or not turned else reduce_to[::-1])
    pixels, white, distance = _grey(_upright(_loaded(image)))
    facts = FilmFacts(sha256=sha256, file_bytes=len(content), height=height, width=width)
    return Radiograph(pixels, white, facts, tint=distance)


def _opened(content: bytes, kind: Content, limits: ReadLimits) -> "Image":
    from PIL import Image, UnidentifiedImageError

    try:
        image = Image.open(io.BytesIO(content), formats=[kind.value])
        frames = getattr(image, "n_frames", 1)
    except Image.DecompressionBombError as error:
        raise ImageReadError(
            Refusal.TOO_LARGE, "The picture has too many pixels for a radiograph."
        ) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise ImageReadError(
            Refusal.TRUNCATED if len(content) < 1024 else Refusal.UNREADABLE,
            f"The file starts like a {kind.value} picture, but its header cannot be read.",
        ) from error
    if image.width * image.height > limits.max_pixels:
        raise ImageReadError(
            Refusal.TOO_LARGE,
            f"A radiograph must have at most {limits.max_pixels / 1e6:g} million pixels; "
            f"this one has {image.width} × {image.height}.",
        )
    if kind is Content.TIFF and frames > limits.max_frames:
        raise ImageReadError(Refusal.MULTI_FRAME, f"The file must hold one radiograph; it holds {frames}.")
    return image


def _draft(image: "Image", reduce_to: tuple[int, int] | None) -> None:
    """Let the JPEG decoder leave out what is not needed: colour conversion, and scales above `reduce_to`."""
    mode = "YCbCr" if image.mode in ("RGB", "YCbCr") else "L"
    image.draft(mode, image.size if reduce_to is None else reduce_to[::-1])


def _loaded(image: "Image") -> "Image":
    try:
        image.load()
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        cut = "truncated" in str(error) or "processed" in str(error)
        raise ImageReadError(
            Refusal.TRUNCATED if cut else Refusal.UNREADABLE,
            "The end of the file is missing." if cut else "The picture's data is damaged.",
        ) from error
    return image


def _upright(image: "Image") -> "Image":
    from PIL import ImageOps

    return ImageOps.exif_transpose(image)


def _grey(image: "Image") -> tuple[GreyPixels, int, float]:
    """Return the grey levels, the level of white, and the tint."""
    if image.mode == "L":
        return np.asarray(image), 255, 0.0
    if image.mode.startswith("I;16"):
        return np.asarray(image).astype(np.uint16), 65535, 0.0
    if image.mode == "YCbCr":
        luma, blue, red = (np.asarray(channel) for channel in image.split())
        return luma, 255, tint(blue, red)
    grey, distance = luma_and_tint(np.asarray(image.convert("RGB")))
    return grey, 255, distance
