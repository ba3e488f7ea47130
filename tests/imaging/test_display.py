import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pydicom
import pytest

from firstread.config import ReadLimits, Workers
from firstread.imaging.display import Displayed, Reduction, display, reduced
from firstread.imaging.first_window import FirstWindow
from firstread.imaging.read import read
from firstread.records import Reason
from firstread.terms import Refusal

Array = npt.NDArray[Any]
WHOLE = Reduction()


def shown(film: Displayed | Reason) -> Displayed:
    assert isinstance(film, Displayed)
    return film


def sixteen_bits(levels: Array, make_file: Callable[..., bytes]) -> bytes:
    return make_file(levels.astype(np.uint16), "PNG")


def test_a_sixteen_bit_film_keeps_every_grey_level(
    make_file: Callable[..., bytes], limits: ReadLimits
) -> None:
    levels = np.arange(65536).reshape(256, 256).astype(np.uint16)

    film = shown(display(sixteen_bits(levels, make_file), WHOLE, limits=limits))

    assert np.array_equal(levels, film.pixels)
    assert (16, 65535, 256, 256) == (film.bits, film.white, film.stored_height, film.stored_width)


def at_first(film: Displayed) -> Array:
    """Return how bright each pixel is shown at first, 0..255."""
    window = film.first_window
    return np.asarray(np.clip((film.pixels - window.centre) / window.width + 0.5, 0, 1) * 255)


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT", "SIGMOID"])
@pytest.mark.parametrize("window", [(2048, 600), (1024, 4000), (100, 5), (2000, 60000), (None, None)])
@pytest.mark.parametrize("padding", [None, 4095])
def test_a_film_is_shown_at_first_as_its_window_shows_it(
    photometric: str,
    function: str,
    window: tuple[float | None, float | None],
    padding: int | None,
    make_dataset: Callable[..., Any],
    as_dicom: Callable[[Any], bytes],
    limits: ReadLimits,
) -> None:
    """The film that is scored is the oracle. Black, white and what is neither film nor tissue are the same too."""
    stored = np.random.default_rng(5).integers(90, 110, (64, 64)).astype(np.uint16)
    stored[:, :48] = np.linspace(0, 4095, 64 * 48).reshape(64, 48)
    elements = {"WindowCenter": window[0], "WindowWidth": window[1], "PixelPaddingValue": padding}
    file = as_dicom(
        make_dataset(
            stored,
            BitsStored=12,
            PhotometricInterpretation=photometric,
            VOILUTFunction=function,
            **{name: value for name, value in elements.items() if value is not None},
        )
    )
    scored = read(file, limits=limits)

    film = shown(display(file, WHOLE, limits=limits))

    assert np.abs(scored.pixels / scored.white * 255 - at_first(film)).max() < 0.5


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_what_a_window_hides_is_there_to_be_brought_back(
    photometric: str, make_dataset: Callable[..., Any], as_dicom: Callable[[Any], bytes], limits: ReadLimits
) -> None:
    """Of 4,096 values a window of 600 shows 598; of the others, 1,749 are black and 1,749 are white."""
    stored = np.arange(4096, dtype=np.uint16).reshape(64, 64)
    elements = {"BitsStored": 12, "PhotometricInterpretation": photometric}
    file = as_dicom(make_dataset(stored, WindowCenter=2048, WindowWidth=600, **elements))

    film = shown(display(file, WHOLE, limits=limits))

    brightness = film.pixels.ravel() if photometric == "MONOCHROME2" else film.pixels.ravel()[::-1]
    assert 598 + 2 == np.unique(at_first(film)).size
    assert 1749 == (at_first(film) == 0).sum() == (at_first(film) == 255).sum()
    assert (np.diff(brightness.astype(int)) > 0).all()
    assert (0, 65535) == (brightness[0], brightness[-1])


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_grey_levels_tell_the_values_of_the_file(
    photometric: str, make_dataset: Callable[..., Any], as_dicom: Callable[[Any], bytes], limits: ReadLimits
) -> None:
    """Stored 3000 is 3000 × 0.5 − 1024 = 476; a LINEAR window of 600 around 40 is 599 wide around 39.5."""
    stored = np.arange(4096, dtype=np.uint16).reshape(64, 64)
    elements = {"BitsStored": 12, "PhotometricInterpretation": photometric}
    elements |= {"RescaleSlope": "0.5", "RescaleIntercept": "-1024", "WindowCenter": 40, "WindowWidth": 600}

    film = shown(display(as_dicom(make_dataset(stored, **elements)), WHOLE, limits=limits))

    window = film.first_window
    values = window.intercept + window.slope * film.pixels.ravel()[[0, 3000, 4095]]
    assert [-1024, 476, 4095 * 0.5 - 1024] == pytest.approx(values.tolist(), abs=0.05)
    assert 39.5 == pytest.approx(window.intercept + window.slope * window.centre)
    assert 599 == pytest.approx(abs(window.slope) * window.width)
    assert "LINEAR" == window.function


@pytest.mark.parametrize(("width", "bits"), [(256, 8), (100, 16)])
def test_eight_bits_are_enough_for_a_film_of_8_bits_whose_window_hides_nothing(
    width: int,
    bits: int,
    make_chest: Callable[..., Array],
    make_dataset: Callable[..., Any],
    as_dicom: Callable[[Any], bytes],
    limits: ReadLimits,
) -> None:
    file = as_dicom(make_dataset(make_chest(), WindowCenter=128, WindowWidth=width))

    film = shown(display(file, WHOLE, limits=limits))

    assert bits == film.bits
    assert np.abs(read(file, limits=limits).pixels - np.rint(at_first(film))).max() <= 1


def test_a_table_stays_applied_and_has_no_values(
    make_chest: Callable[..., Array],
    make_dataset: Callable[..., Any],
    as_dicom: Callable[[Any], bytes],
    limits: ReadLimits,
) -> None:
    """No centre and width show what a curve shows."""
    item = pydicom.Dataset()
    item.LUTDescriptor = [4096, 0, 12]
    item.LUTData = np.rint(4095 / (1 + np.exp(-(np.arange(4096) - 2000) / 400))).astype(int).tolist()
    item["LUTDescriptor"].VR = item["LUTData"].VR = "US"
    dataset = make_dataset(make_chest(white=4095), BitsStored=12, VOILUTSequence=[item])

    film = shown(display(as_dicom(dataset), WHOLE, limits=limits))

    assert np.array_equal(read(as_dicom(dataset), limits=limits).pixels, film.pixels)
    assert FirstWindow.of_all(65535) == film.first_window


def test_a_film_of_padding_alone_is_black(
    make_dataset: Callable[..., Any], as_dicom: Callable[[Any], bytes], limits: ReadLimits
) -> None:
    elements = {"BitsStored": 12, "WindowCenter": 2048, "WindowWidth": 600, "PixelPaddingValue": 7}
    file = as_dicom(make_dataset(np.full((64, 64), 7, np.uint16), **elements))

    assert 0 == at_first(shown(display(file, WHOLE, limits=limits))).max()


def test_samples_are_sent_low_byte_first() -> None:
    film = Displayed(np.array([[1, 258]], np.uint16), 4095, 1, 2)

    assert b"\1\0\2\1" == film.samples()


def test_dense_tissue_is_bright_whatever_the_photometric_interpretation(
    make_chest: Callable[..., Array],
    make_dataset: Callable[..., Any],
    as_dicom: Callable[[Any], bytes],
    limits: ReadLimits,
) -> None:
    """A MONOCHROME1 file stores dense tissue dark; the reader must not see it so."""
    chest = make_chest(white=4095)
    elements = {"BitsStored": 12, "WindowCenter": 2048, "WindowWidth": 4096}
    plain = as_dicom(make_dataset(chest, **elements))
    negative = as_dicom(
        make_dataset((4095 - chest).astype(np.uint16), PhotometricInterpretation="MONOCHROME1", **elements)
    )

    bright, same = (shown(display(file, WHOLE, limits=limits)) for file in (plain, negative))

    assert 16 == bright.bits == same.bits
    assert bright.pixels[:, 140:160].mean() > bright.pixels[:, 60:90].mean()
    assert np.abs(bright.pixels.astype(int) - same.pixels).max() <= 65535 // 4095 + 1


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_reduction_keeps_depth_white_and_mean(dtype: type[Any]) -> None:
    rng = np.random.default_rng(3)
    white = int(np.iinfo(dtype).max)
    film = Displayed(rng.integers(0, white, (300, 500), endpoint=True).astype(dtype), white, 300, 500)

    small = reduced(film, Reduction(125))

    assert ((75, 125), np.dtype(dtype).name) == (small.pixels.shape, small.pixels.dtype.name)
    assert white == small.white
    assert (300, 500) == (small.stored_height, small.stored_width)
    assert film.pixels.mean() == pytest.approx(small.pixels.mean(), abs=0.003 * white)


def test_a_reduction_keeps_the_first_window() -> None:
    window = FirstWindow(30000, 9000, -0.5, 1200, "LINEAR")

    small = reduced(Displayed(np.zeros((64, 64), np.uint16), 65535, 64, 64, window), Reduction(16))

    assert window == small.first_window


def test_a_reduction_makes_levels_between_those_of_the_file() -> None:
    """The mean of 1000 and 1003 is 1001.5: 16 bits are not reduced through 8."""
    film = Displayed(np.tile(np.array([1000, 1003], np.uint16), (64, 32)), 65535, 64, 64)

    small = reduced(film, Reduction(16))

    assert {1001, 1002} >= set(small.pixels[1:-1, 1:-1].ravel().tolist())


@pytest.mark.parametrize("at", range(100, 108))
def test_a_line_of_one_pixel_is_never_lost(at: int) -> None:
    """Eight pixels become one: a filter that skips pixels would lose a catheter at seven of eight places."""
    pixels = np.zeros((800, 800), np.uint16)
    pixels[:, at] = 65535

    small = reduced(Displayed(pixels, 65535, 800, 800), Reduction(100))

    per_row = small.pixels.sum(axis=1, dtype=np.int64)
    assert np.abs(per_row - 65535 / 8).max() < 0.02 * 65535 / 8


def test_a_fine_pattern_becomes_even_and_not_coarse() -> None:
    """Stripes finer than the reduced pixels must turn grey; aliasing would make broad stripes of them."""
    pixels = np.zeros((700, 700), np.uint8)
    pixels[:, ::2] = 200

    small = reduced(Displayed(pixels, 255, 700, 700), Reduction(150))

    inner = small.pixels[:, 2:-2].astype(int)
    assert np.ptp(inner) <= 6
    assert 100 == pytest.approx(inner.mean(), abs=1)


def test_a_steep_edge_gets_no_halo() -> None:
    pixels = np.full((400, 400), 1000, np.uint16)
    pixels[100:300, 100:300] = 60000

    small = reduced(Displayed(pixels, 65535, 400, 400), Reduction(90)).pixels

    assert (1000, 60000) == (small.min(), small.max())


@pytest.mark.parametrize(
    ("height", "width", "expected"),
    [(100, 50, (100, 50)), (200, 50, (100, 25)), (30, 1000, (3, 100)), (1, 5000, (1, 100))],
)
def test_a_reduction_keeps_the_shape_and_never_enlarges(
    height: int, width: int, expected: tuple[int, int]
) -> None:
    assert expected == Reduction(100).shape_of(height, width)


def test_a_reduction_to_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="max_side must be at least 16; received 0"):
        Reduction(0)


def test_a_turned_jpeg_is_upright_and_reduced(
    make_chest: Callable[..., Array], make_file: Callable[..., bytes], limits: ReadLimits
) -> None:
    """EXIF orientation 6: the first row is the right side (EXIF 2.32, 4.6.4)."""
    from PIL import Image

    exif = Image.Exif()
    exif[0x0112] = 6
    file = make_file(make_chest(800, 1200), "JPEG", exif=exif)

    film = shown(display(file, Reduction(150), limits=limits))

    assert ((150, 100), 1200, 800) == (film.pixels.shape, film.stored_height, film.stored_width)


def test_a_film_that_cannot_be_scored_is_displayed_all_the_same(
    make_file: Callable[..., bytes], limits: ReadLimits
) -> None:
    film = shown(display(make_file(np.full((20, 30), 9, np.uint8), "PNG"), WHOLE, limits=limits))

    assert (9, 255, 8) == (film.pixels[0, 0], film.white, film.bits)


def huge_png() -> bytes:
    """Return a PNG whose header promises 100,000 × 100,000 pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 100_000, 100_000, 16, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def test_a_huge_film_is_refused_before_it_is_decoded(limits: ReadLimits) -> None:
    outcome = display(huge_png(), WHOLE, limits=limits)

    assert isinstance(outcome, Reason)
    assert Refusal.TOO_LARGE is outcome.code


@pytest.mark.parametrize("share", [0, 0.02, 0.5, 0.9])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "DICOM"])
def test_a_truncated_film_has_a_reason(
    share: float,
    kind: str,
    make_chest: Callable[..., Array],
    make_file: Callable[..., bytes],
    make_dataset: Callable[..., Any],
    as_dicom: Callable[[Any], bytes],
    limits: ReadLimits,
) -> None:
    file = as_dicom(make_dataset(make_chest())) if kind == "DICOM" else make_file(make_chest(), kind)

    outcome = display(file[: int(share * len(file))], WHOLE, limits=limits)

    assert isinstance(outcome, Reason)
    assert outcome.message.endswith(".")


def test_a_film_without_memory_has_a_reason(
    make_file: Callable[..., bytes],
    limits: ReadLimits,
    tmp_path: Path,
) -> None:
    """The address space of this very process is not to be limited: the worker's is, and it says so."""
    from firstread.imaging.display_pool import DisplayPool

    big = tmp_path / "big.png"
    big.write_bytes(make_file(np.zeros((5000, 6000, 3), np.uint8), "PNG", compress_level=1))
    workers = Workers(processes=1, timeout_s=20, memory_bytes=64 * 2**20)

    with DisplayPool(WHOLE, limits=limits, workers=workers) as pool:
        outcome = pool.submit(big).result()

    assert isinstance(outcome, Reason)
    assert Refusal.OUT_OF_MEMORY is outcome.code


@pytest.mark.parametrize(
    ("pixels", "white", "stored", "rule"),
    [
        (np.zeros((2, 2, 3), np.uint8), 255, (2, 2), "must be \\(height, width\\)"),
        (np.zeros((0, 2), np.uint8), 255, (2, 2), "must be \\(height, width\\)"),
        (np.zeros((2, 2), np.uint8), 256, (2, 2), "white must be a grey level of 8 bits; received 256"),
        (np.zeros((2, 4), np.uint8), 255, (2, 3), "received 4 × 2 of 3 × 2"),
    ],
)
def test_what_cannot_be_displayed_is_no_value(
    pixels: Array, white: int, stored: tuple[int, int], rule: str
) -> None:
    with pytest.raises(ValueError, match=rule):
        Displayed(pixels, white, *stored)
