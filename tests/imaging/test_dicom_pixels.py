from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pydicom.encaps import encapsulate

from firstread.config import ReadLimits
from firstread.errors import ImageReadError
from firstread.imaging.dicom_header import pixel_form
from firstread.imaging.dicom_pixels import stored_values, stream_size
from firstread.terms import Refusal

Factory = Callable[..., Any]
EXPLICIT = "1.2.840.10008.1.2.1"
JPEG_BASELINE = "1.2.840.10008.1.2.4.50"


def values(dataset: Any, transfer_syntax: str = EXPLICIT) -> Any:
    return stored_values(dataset, pixel_form(dataset, ReadLimits()), transfer_syntax)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.int16])
def test_native_pixels_come_back(kind: Any, make_dataset: Factory) -> None:
    stored = np.random.default_rng(1).integers(np.iinfo(kind).min, np.iinfo(kind).max, (40, 30)).astype(kind)

    assert np.array_equal(stored, values(make_dataset(stored)))


def test_overlays_in_unused_bits_are_removed(make_dataset: Factory) -> None:
    """PS3.5 8.1.1: older films keep drawings in the four bits above the twelve that count."""
    stored = np.arange(4096, dtype=np.uint16).reshape(64, 64)

    assert np.array_equal(stored, values(make_dataset(stored | 0xA000, BitsStored=12)))


def test_the_sign_of_twelve_bits_is_restored(make_dataset: Factory) -> None:
    stored = np.arange(-2048, 2048, dtype=np.int16).reshape(64, 64)

    assert np.array_equal(stored, values(make_dataset(stored & 0x0FFF, BitsStored=12)))


def test_bits_that_do_not_start_at_the_lowest_are_moved_down(make_dataset: Factory) -> None:
    """High Bit 15 with 12 bits stored: the value stands in the upper bits."""
    stored = np.arange(4096, dtype=np.uint16).reshape(64, 64)

    assert np.array_equal(stored, values(make_dataset(stored << 4, BitsStored=12, HighBit=15)))


def test_missing_pixels_are_counted(make_dataset: Factory, make_chest: Factory) -> None:
    dataset = make_dataset(make_chest())
    dataset.PixelData = dataset.PixelData[:-2]

    with pytest.raises(ImageReadError, match="must have 72000 bytes of pixels; 71998 are there") as caught:
        values(dataset)
    assert Refusal.TRUNCATED is caught.value.refusal


def test_a_code_stream_of_another_size_is_refused_before_decoding(
    make_dataset: Factory, make_chest: Factory, make_file: Factory
) -> None:
    dataset = make_dataset(make_chest(100, 100))
    dataset.PixelData = encapsulate([make_file(make_chest(200, 300))])

    with pytest.raises(ImageReadError, match="header states 100 × 100 pixels, the picture in it 300 × 200"):
        values(dataset, JPEG_BASELINE)


@pytest.mark.parametrize("transfer_syntax", ["1.2.3.4", "1.2.840.10008.1.2.4.100"])
def test_other_transfer_syntaxes_are_refused(
    transfer_syntax: str, make_dataset: Factory, make_chest: Factory
) -> None:
    with pytest.raises(ImageReadError, match="not read \\(transfer syntax\\)") as caught:
        values(make_dataset(make_chest()), transfer_syntax)
    assert Refusal.UNSUPPORTED is caught.value.refusal


@pytest.mark.parametrize("kind", ["JPEG", "JPEG2000"])
def test_the_size_of_a_code_stream_is_read_from_it(
    kind: str, make_chest: Factory, make_file: Factory
) -> None:
    assert (240, 300) == stream_size(make_file(make_chest(), kind))


@pytest.mark.parametrize(
    "stream", [b"", b"\0" * 64, b"\xff\xd8", b"\xff\xd8\xff\xe0\0\0", b"\xff\xd8" + b"\xff" * 99]
)
def test_other_streams_have_no_size(stream: bytes) -> None:
    assert stream_size(stream) is None
