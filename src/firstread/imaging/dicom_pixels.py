"""The pixels of a DICOM file, decoded only after their code stream was checked against the header."""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from firstread.errors import ImageReadError
from firstread.imaging.dicom_file import BIG_ENDIAN, DEFLATED, EXPLICIT, IMPLICIT
from firstread.imaging.dicom_header import PixelForm
from firstread.terms import Refusal

if TYPE_CHECKING:
    from pydicom import Dataset

__all__ = ["stored_values", "stream_size"]

_NATIVE = (IMPLICIT, EXPLICIT, DEFLATED, BIG_ENDIAN)
_RLE = "1.2.840.10008.1.2.5"
# Start Of Frame markers (ISO 10918-1 B.1.1.3; 14495-1 has F7); C4, C8 and CC are other markers.
_FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC} | {0xF7}
_JPEG2000_SIZE = b"\xff\x4f\xff\x51"


def stored_values(dataset: "Dataset", form: PixelForm, transfer_syntax: str) -> npt.NDArray[Any]:
    """Return the stored values: shape (rows, columns), or (rows, columns, 3) RGB; overlays in unused bits removed.

    Raises:
        ImageReadError: If the transfer syntax is not read, or the pixels do not match the header.
    """
    from pydicom.pixels.decoders.base import get_decoder

    try:
        decoder = get_decoder(transfer_syntax)
    except NotImplementedError as error:
        raise ImageReadError(
            Refusal.UNSUPPORTED, "The film is compressed in a way that is not read (transfer syntax)."
        ) from error
    if not decoder.is_available:
        raise ImageReadError(Refusal.UNSUPPORTED, f"Films compressed as {decoder.UID.name} are not read.")
    words = transfer_syntax in (*_NATIVE, _RLE)
    buffer = dataset.PixelData
    if not isinstance(buffer, bytes) or not buffer:
        raise ImageReadError(Refusal.NO_PIXELS, "The DICOM file states a picture, but holds none.")
    if transfer_syntax in _NATIVE:
        _check_native(len(buffer), form)
    else:
        _check_stream(buffer, form)
    options: dict[str, Any] = {
        "rows": form.rows,
        "columns": form.columns,
        "number_of_frames": 1,
        "samples_per_pixel": form.samples,
        "photometric_interpretation": form.photometric,
        "planar_configuration": form.planar,
        "bits_allocated": form.bits_allocated,
        "bits_stored": form.bits_stored,
        "pixel_representation": int(form.signed),
        "pixel_keyword": "PixelData",
        "correct_unused_bits": False,  # pydicom drops the upper bits wherever High Bit says that the value is
    }
    if transfer_syntax == BIG_ENDIAN:
        options["pixel_vr"] = "OW" if form.bits_allocated > 8 else "OB"
    try:
        values, _ = decoder.as_array(buffer, index=0, **options)
    except (NotImplementedError, RuntimeError, ValueError) as error:
        # pydicom tries one codec after the other and keeps only the words of what they raised.
        if any(word in str(error) for word in ("bad_alloc", "MemoryError", "Unable to allocate")):
            raise MemoryError from error
        if isinstance(error, NotImplementedError) or "12-bit" in str(error):
            raise ImageReadError(
                Refusal.UNSUPPORTED,
                f"Films compressed as {decoder.UID.name} with {form.bits_stored} bits are not read.",
            ) from error
        raise ImageReadError(Refusal.UNREADABLE, "The film's compressed pixels are damaged.") from error
    if form.samples == 3:
        return values
    # A JPEG code stream holds the value alone; only native and RLE pixels are words with unused bits.
    return _without_overlays(values, form, high_bit=form.high_bit if words else form.bits_stored - 1)


def stream_size(frame: bytes) -> tuple[int, int] | None:
    """Return (rows, columns) that a JPEG, JPEG-LS or JPEG 2000 code stream states; None for other streams."""
    size = frame.find(_JPEG2000_SIZE, 0, 1024)
    if size >= 0:
        # ISO 15444-1 A.5.1: Xsiz, Ysiz, XOsiz, YOsiz follow the marker, its length and the capabilities.
        x, y, x0, y0 = (int.from_bytes(frame[size + 8 + 4 * i : size + 12 + 4 * i], "big") for i in range(4))
        return y - y0, x - x0
    if not frame.startswith(b"\xff\xd8"):
        return None
    position = 2
    while position + 9 <= len(frame) and frame[position] == 0xFF:
        marker = frame[position + 1]
        if marker in _FRAME_MARKERS:
            height, width = frame[position + 5 : position + 7], frame[position + 7 : position + 9]
            return int.from_bytes(height, "big"), int.from_bytes(width, "big")
        if marker == 0xFF:  # fill byte
            position += 1
            continue
        position += 2 + int.from_bytes(frame[position + 2 : position + 4], "big")
    return None


def _check_native(length: int, form: PixelForm) -> None:
    expected = form.native_bytes
    if form.photometric == "YBR_FULL_422":
        expected = expected * 2 // 3
    if length < expected:
        raise ImageReadError(
            Refusal.TRUNCATED, f"The film must have {expected} bytes of pixels; {length} are there."
        )


def _check_stream(buffer: bytes, form: PixelForm) -> None:
    from pydicom.encaps import get_frame

    try:
        frame = get_frame(buffer, 0, number_of_frames=1)
    except (ValueError, IndexError, EOFError) as error:
        raise ImageReadError(Refusal.TRUNCATED, "The film's compressed pixels are incomplete.") from error
    stated = stream_size(bytes(frame))
    if stated is not None and stated != (form.rows, form.columns):
        raise ImageReadError(
            Refusal.UNREADABLE,
            f"The header states {form.columns} × {form.rows} pixels, the picture in it {stated[1]} × {stated[0]}.",
        )


def _without_overlays(values: npt.NDArray[Any], form: PixelForm, *, high_bit: int) -> npt.NDArray[Any]:
    """Keep the stored bits alone: older files hide overlays in the others (PS3.5 8.1.1)."""
    unused = form.bits_allocated - form.bits_stored
    if unused == 0:
        return values
    # Shifting up and down again drops the bits above, and spreads the sign.
    kind = np.dtype(f"{'i' if form.signed else 'u'}{form.bits_allocated // 8}")
    above = form.bits_allocated - 1 - high_bit
    shifted = np.left_shift(
        values.view(kind) if values.dtype.itemsize == kind.itemsize else values.astype(kind), above
    )
    return np.asarray(np.right_shift(shifted, unused))
