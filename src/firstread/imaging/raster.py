"""JPEG, PNG and TIFF become a radiograph."""

import io
import warnings
from typing import TYPE_CHECKING

import numpy as np

from firstread.config import ReadLimits
from firstread.errors import ImageReadError
from firstread.imaging import jpeg_quality
from firstread.imaging.colour import luma_and_tint, tint
from firstread.imaging.content import Content
from firstread.imaging.radiograph import GreyPixels, Radiograph
from firstread.records import FilmFacts
from firstread.terms import Refusal

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["decode"]

_EXIF_ORIENTATION = 0x0112
_SYNTHETIC = b"firstread synthetic radiograph"  # in the comment of the films that `data.synthetic` makes
_COMMENTS = 4096  # bytes at a file's start that hold its comments
# Orientations that exchange rows and columns (EXIF 2.32, 4.6.4).
_TURNED = (5, 6, 7, 8)
_PHOTOMETRIC = 262
# Films of fewer bits are often exported into 16 without scaling, and would be black with white at 65,535.
_DETECTOR_BITS = (8, 10, 12, 14, 16)


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
    orientation = image.getexif().get(_EXIF_ORIENTATION, 1)
    turned = orientation in _TURNED
    width, height = image.size[::-1] if turned else image.size
    if kind is Content.JPEG:
        _draft(image, reduce_to if reduce_to is None or not turned else reduce_to[::-1])
    # TIFF 6.0, PhotometricInterpretation: 0 means that the lowest level is white; Pillow inverts 8 bits alone.
    negative = kind is Content.TIFF and getattr(image, "tag_v2", {}).get(_PHOTOMETRIC) == 0
    upright = _loaded(image) if orientation == 1 else _upright(_loaded(image))
    pixels, white, distance = _grey(upright)
    if negative and pixels.dtype == np.uint16:
        pixels = np.asarray(white - pixels, dtype=np.uint16)
    facts = FilmFacts(
        sha256=sha256,
        file_bytes=len(content),
        height=height,
        width=width,
        synthetic=_SYNTHETIC in content[:_COMMENTS],
        jpeg_quality=_quality(image),
    )
    return Radiograph(pixels, white, facts, _notes(pixels, white), distance)


def _notes(pixels: GreyPixels, white: int) -> tuple[str, ...]:
    if pixels.dtype == np.uint8 or white == 65535:
        return ()
    bits = white.bit_length()
    return (f"The 16-bit picture uses {bits} bits; the brightest of those was taken as white.",)


def _quality(image: "Image") -> int | None:
    table = getattr(image, "quantization", {}).get(0, ())  # the tables of a JPEG, the first for luminance
    return jpeg_quality.estimate(table) if len(table) == 64 else None


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
    # A JPEG's further pictures are a camera's previews.
    if kind is not Content.JPEG and frames > limits.max_frames:
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
    if image.mode.startswith("I"):
        return *_sixteen_bits(image), 0.0
    if image.mode == "F":
        raise ImageReadError(
            Refusal.UNSUPPORTED, "A radiograph is stored in whole grey levels; this one in fractions."
        )
    if image.mode == "YCbCr":
        luma, blue, red = (np.asarray(channel) for channel in image.split())
        return luma, 255, tint(blue, red)
    if image.mode in ("1", "LA", "La"):
        return np.asarray(_on_black(image).convert("L")), 255, 0.0
    grey, distance = luma_and_tint(_on_black(image).convert("RGB"))
    return grey, 255, distance


def _on_black(image: "Image") -> "Image":
    """Return a picture whose transparent parts are black: what nobody is meant to see is no tissue."""
    from PIL import Image

    if not image.has_transparency_data:
        return image
    colours = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", colours.size, (0, 0, 0, 255)), colours)


def _sixteen_bits(image: "Image") -> tuple[GreyPixels, int]:
    """Return the grey levels of a 16-bit picture, and the level of white."""
    levels = np.asarray(image)
    highest = int(levels.max())
    if int(levels.min()) < 0 or highest > 65535:
        raise ImageReadError(
            Refusal.UNSUPPORTED, "A radiograph is stored in 8 or 16 bits a pixel; this one in 32."
        )
    white = 2 ** next(bits for bits in _DETECTOR_BITS if highest < 2**bits) - 1
    return levels.astype(np.uint16), white
