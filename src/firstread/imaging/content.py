"""What a file is, by its first bytes."""

from enum import StrEnum
from typing import Literal

from firstread.errors import ImageReadError
from firstread.terms import Refusal

__all__ = ["NEEDED", "Content", "file_end", "recognise"]

NEEDED = 132
"""So many first bytes tell what a file is."""


class Content(StrEnum):
    """The kinds of file that can hold a radiograph."""

    JPEG = "JPEG"
    PNG = "PNG"
    TIFF = "TIFF"
    DICOM = "DICOM"


_ENDS = {Content.JPEG: ".jpg", Content.PNG: ".png", Content.TIFF: ".tif", Content.DICOM: ".dcm"}
_READABLE = (
    (b"\xff\xd8\xff", Content.JPEG),
    (b"\x89PNG\r\n\x1a\n", Content.PNG),
    (b"II*\x00", Content.TIFF),
    (b"MM\x00*", Content.TIFF),
    (b"II+\x00", Content.TIFF),
    (b"MM\x00+", Content.TIFF),
)
# Pictures that are recognised only to say what they are.
_OTHER_PICTURES = (
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"%PDF", "PDF"),
    (b"\x00\x00\x00\x0cJXL ", "JPEG XL"),
    (b"\x5c\x01\x00\x00", "NIfTI"),
    (b"8BPS", "Photoshop"),
)
_PREAMBLE = 128
# (0002,xxxx) or (0008,xxxx), little and big endian: how a data set without preamble starts.
_FIRST_GROUPS = (b"\x02\x00", b"\x08\x00", b"\x00\x02", b"\x00\x08")


def recognise(content: bytes) -> Content:
    """Return what a file holds.

    Raises:
        ImageReadError: If it is no picture, or one of a kind that is not read.
    """
    if content[_PREAMBLE : _PREAMBLE + 4] == b"DICM":
        return Content.DICOM
    for magic, kind in _READABLE:
        if content.startswith(magic):
            return kind
    readable = "JPEG, PNG, TIFF and DICOM"
    other = next((name for magic, name in _OTHER_PICTURES if content.startswith(magic)), None)
    if content[4:8] == b"ftyp":
        other = "HEIF or video"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        other = "WebP"
    if other:
        raise ImageReadError(Refusal.UNSUPPORTED, f"The file is of the kind {other}; {readable} are read.")
    if _starts_a_data_set(content):
        return Content.DICOM
    raise ImageReadError(Refusal.NOT_AN_IMAGE, f"The file is not a picture; {readable} are read.")


def file_end(content: bytes) -> str:
    """Return the end of the name that programs know such a file by: ".dcm"; ".film" for one that is not read."""
    try:
        return _ENDS[recognise(content)]
    except ImageReadError:
        return ".film"


def _starts_a_data_set(content: bytes) -> bool:
    """Tell whether the bytes look like DICOM whose preamble is missing (PS3.10 7.1 demands one)."""
    if len(content) < 16 or content[:2] not in _FIRST_GROUPS:
        return False
    order: Literal["little", "big"] = "little" if content[1] == 0 else "big"
    element = int.from_bytes(content[2:4], order)
    explicit = content[4:6].isalpha() and content[4:6].isupper()
    length = int.from_bytes(content[6:8] if explicit else content[4:8], order)
    return element <= 0x2112 and (length < 1024 or explicit)
