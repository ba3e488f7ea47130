import pytest

from firstread.errors import ImageReadError
from firstread.imaging.content import NEEDED, Content, file_end, recognise
from firstread.terms import Refusal


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (b"\xff\xd8\xff\xe0", Content.JPEG),
        (b"\x89PNG\r\n\x1a\n", Content.PNG),
        (b"II*\0", Content.TIFF),
        (b"MM\0*", Content.TIFF),
        (b"\0" * 128 + b"DICM", Content.DICOM),
        (b"\xff\xd8\xff\xe0" + b"\0" * 124 + b"DICM", Content.DICOM),
        (b"\x02\0\0\0UL\x04\0\xbc\0\0\0" + b"\0" * 20, Content.DICOM),
        (b"\x08\0\x05\0CS\x0a\0ISO_IR 100", Content.DICOM),
        (b"\x08\0\x16\0\x1a\0\0\x001.2.840.10008", Content.DICOM),
        (b"\0\x08\0\x05CS\0\x0aISO_IR 100", Content.DICOM),
    ],
)
def test_content_decides_and_not_the_name(start: bytes, expected: Content) -> None:
    """A preamble may hold another format's first bytes (PS3.10 7.1): DICM decides."""

    assert expected is recognise(start + b"\0" * 16)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (b"\xff\xd8\xff\xe0", ".jpg"),
        (b"\x89PNG\r\n\x1a\n", ".png"),
        (b"MM\0*", ".tif"),
        (b"\0" * 128 + b"DICM", ".dcm"),
        (b"\x08\0\x05\0CS\x0a\0ISO_IR 100", ".dcm"),
        (b"GIF89a", ".film"),
        (b"notes of a ward", ".film"),
        (b"", ".film"),
    ],
)
def test_the_first_bytes_tell_how_the_name_of_a_file_ends(start: bytes, expected: str) -> None:
    assert expected == file_end((start + b"\0" * NEEDED)[:NEEDED])


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"GIF89a", "GIF"),
        (b"RIFF\0\0\0\0WEBP", "WebP"),
        (b"%PDF-1.7", "PDF"),
        (b"\0\0\0\x18ftypheic", "HEIF"),
        (b"BM", "BMP"),
    ],
)
def test_other_pictures_are_refused_by_name(start: bytes, kind: str) -> None:
    with pytest.raises(
        ImageReadError, match=f"of the kind {kind}.*JPEG, PNG, TIFF and DICOM are read"
    ) as caught:
        recognise(start + b"\0" * 32)

    assert Refusal.UNSUPPORTED is caught.value.refusal


@pytest.mark.parametrize("content", [b"hello", b"path,label\n" * 40, b"\0" * 400, b"PK\x03\x04" + b"\0" * 90])
def test_what_is_no_picture_is_said_to_be_none(content: bytes) -> None:
    with pytest.raises(ImageReadError, match="not a picture") as caught:
        recognise(content)

    assert Refusal.NOT_AN_IMAGE is caught.value.refusal
