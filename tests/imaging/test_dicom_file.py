import io
import zlib
from collections.abc import Callable
from typing import Any

import pydicom
import pytest
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian

from firstread.config import ReadLimits
from firstread.errors import ImageReadError
from firstread.imaging.dicom_file import BIG_ENDIAN, DEFLATED, EXPLICIT, IMPLICIT, open_dicom
from firstread.terms import Refusal

Factory = Callable[..., Any]


def body(dataset: pydicom.Dataset, *, implicit: bool = False, big: bool = False) -> bytes:
    """Return the data set alone: no preamble, no file meta information."""
    stream = io.BytesIO()
    bare = pydicom.Dataset()
    for element in dataset:
        bare.add(element)
    pydicom.dcmwrite(stream, bare, implicit_vr=implicit, little_endian=not big)
    return stream.getvalue()


def meta(transfer_syntax: str) -> bytes:
    uid = transfer_syntax.encode() + b"\0" * (len(transfer_syntax) % 2)
    return b"\0" * 128 + b"DICM" + b"\x02\0\x10\0UI" + len(uid).to_bytes(2, "little") + uid


def deflated(content: bytes) -> bytes:
    squeezer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    return squeezer.compress(content) + squeezer.flush()


@pytest.mark.parametrize("has_preamble", [True, False])
@pytest.mark.parametrize(
    ("transfer_syntax", "options"),
    [(IMPLICIT, {"implicit": True}), (EXPLICIT, {}), (BIG_ENDIAN, {"big": True})],
)
def test_the_encoding_is_found_with_and_without_preamble(
    transfer_syntax: str,
    options: dict[str, bool],
    has_preamble: bool,
    make_dataset: Factory,
    make_chest: Factory,
    limits: ReadLimits,
) -> None:
    content = body(make_dataset(make_chest()), **options)
    file = open_dicom(meta(transfer_syntax) + content if has_preamble else content, limits)

    assert transfer_syntax == file.transfer_syntax
    assert (240, 300, "DX") == (file.dataset.Rows, file.dataset.Columns, file.dataset.Modality)


def test_identity_is_never_read(make_dataset: Factory, make_chest: Factory, as_dicom: Factory) -> None:
    dataset = open_dicom(as_dicom(make_dataset(make_chest())), ReadLimits()).dataset

    assert "PatientName" not in dataset
    assert "PatientID" not in dataset


def test_a_deflated_file_is_read(make_dataset: Factory, make_chest: Factory, limits: ReadLimits) -> None:
    """PS3.5 A.5: the data set after the file meta information is a raw deflate stream of Explicit VR."""
    content = meta(DEFLATED) + deflated(body(make_dataset(make_chest())))

    assert make_chest().tobytes() == open_dicom(content, limits).dataset.PixelData


def test_a_deflated_bomb_is_refused_before_it_grows() -> None:
    """Forty kilobytes that would become forty megabytes."""
    content = meta(DEFLATED) + deflated(bytes(40 * 2**20))

    with pytest.raises(ImageReadError, match="may grow to 4 MiB; this one grows beyond") as caught:
        open_dicom(content, ReadLimits(max_inflated_bytes=4 * 2**20))

    assert Refusal.TOO_LARGE is caught.value.refusal


@pytest.mark.parametrize("damage", ["cut", "noise"])
def test_a_damaged_deflated_file_is_refused(
    damage: str, make_dataset: Factory, make_chest: Factory, limits: ReadLimits
) -> None:
    squeezed = deflated(body(make_dataset(make_chest())))
    content = meta(DEFLATED) + (squeezed[:300] if damage == "cut" else b"\xff" * 300)

    with pytest.raises(ImageReadError) as caught:
        open_dicom(content, limits)

    assert caught.value.refusal in (Refusal.TRUNCATED, Refusal.UNREADABLE)


def test_a_header_that_claims_more_than_the_file_holds_is_truncated(limits: ReadLimits) -> None:
    content = b"\0" * 128 + b"DICM" + b"\x02\0\x01\0OB\0\0\xff\xff\xff\x7f"

    with pytest.raises(ImageReadError, match="ends within its header") as caught:
        open_dicom(content, limits)

    assert Refusal.TRUNCATED is caught.value.refusal


def test_pydicoms_own_names_of_the_encodings_are_ours() -> None:
    assert (IMPLICIT, BIG_ENDIAN) == (ImplicitVRLittleEndian, ExplicitVRBigEndian)
