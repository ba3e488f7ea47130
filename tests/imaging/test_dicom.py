"""Whole DICOM films through `read`; the kinds that are hard to come by are made by transcoding."""

import io
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pydicom
import pytest
from PIL import Image
from pydicom.encaps import encapsulate
from pydicom.pixels.processing import apply_voi_lut
from pydicom.uid import (
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from firstread.config import ReadLimits
from firstread.errors import ImageReadError
from firstread.imaging.read import read
from firstread.terms import Refusal, ViewPosition

Array = npt.NDArray[Any]
Factory = Callable[..., Any]


def as_jpeg_lossless(content: bytes, folder: Path) -> bytes:
    """Return a native file as JPEG Lossless, written by GDCM: pydicom cannot write that."""
    import gdcm

    source, target = folder / "native.dcm", folder / "transcoded.dcm"
    source.write_bytes(content)
    reader = gdcm.ImageReader()
    reader.SetFileName(str(source))
    assert reader.Read()
    change = gdcm.ImageChangeTransferSyntax()
    change.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.JPEGLosslessProcess14_1))
    change.SetInput(reader.GetImage())
    assert change.Change()
    writer = gdcm.ImageWriter()
    writer.SetFileName(str(target))
    writer.SetFile(reader.GetFile())
    writer.SetImage(change.GetOutput())
    assert writer.Write()
    return target.read_bytes()


def test_eight_bits_without_window_come_back_unchanged(
    make_chest: Factory, make_dataset: Factory, as_dicom: Factory, limits: ReadLimits
) -> None:
    film = read(as_dicom(make_dataset(make_chest())), limits=limits)

    assert np.array_equal(make_chest(), film.pixels)
    assert (255, ()) == (film.white, film.warnings)
    assert ViewPosition.PA is film.facts.view_position
    assert (240, 300) == (film.facts.height, film.facts.width)


def test_monochrome1_is_turned_round(
    make_chest: Factory, make_dataset: Factory, as_dicom: Factory, limits: ReadLimits
) -> None:
    dataset = make_dataset(255 - make_chest(), PhotometricInterpretation="MONOCHROME1")

    assert np.array_equal(make_chest(), read(as_dicom(dataset), limits=limits).pixels)


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize("bits", [10, 12, 14, 16])
@pytest.mark.parametrize("function", ["LINEAR", "SIGMOID"])
def test_the_first_of_several_windows_is_pydicoms(
    photometric: str, bits: int, function: str, make_chest: Factory, make_dataset: Factory, as_dicom: Factory
) -> None:
    white = 2**bits - 1
    stored = make_chest(white=white)
    dataset = make_dataset(
        stored,
        BitsStored=bits,
        PhotometricInterpretation=photometric,
        WindowCenter=[white // 2, 7],
        WindowWidth=[white // 2, 9],
        VOILUTFunction=function,
    )
    oracle = apply_voi_lut(stored, dataset, index=0) / white
    expected = 1 - oracle if photometric == "MONOCHROME1" else oracle

    film = read(as_dicom(dataset), limits=ReadLimits())

    assert () == film.warnings
    assert np.allclose(expected, film.pixels / film.white, atol=1e-5)


def test_a_signed_film_with_rescale_and_window_is_pydicoms(
    make_chest: Factory, make_dataset: Factory, as_dicom: Factory, limits: ReadLimits
) -> None:
    stored = make_chest(white=4095).astype(np.int16) - 2048
    dataset = make_dataset(
        stored,
        BitsStored=12,
        RescaleSlope="0.5",
        RescaleIntercept="1024",
        WindowCenter=1000,
        WindowWidth=1200,
    )
    oracle = apply_voi_lut(stored * 0.5 + 1024, dataset)

    film = read(as_dicom(dataset), limits=limits)

    assert np.allclose(oracle / 2047.5, film.pixels / film.white, atol=1e-3)


def test_a_voi_table_is_pydicoms_and_goes_before_the_window(
    make_chest: Factory, make_dataset: Factory, as_dicom: Factory, limits: ReadLimits
) -> None:
    """A detector's S-shaped curve: 4,096 entries of 12 bits from stored value 0."""
    stored = make_chest(white=4095)
    item = pydicom.Dataset()
    item.LUTDescriptor = [4096, 0, 12]
    curve = np.rint(4095 / (1 + np.exp(-(np.arange(4096) - 2000) / 400)))
    item.LUTData = curve.astype(int).tolist()
    item["LUTDescriptor"].VR = "US"
    item["LUTData"].VR = "US"
    dataset = make_dataset(stored, BitsStored=12, VOILUTSequence=[item], WindowCenter=1, WindowWidth=2)

    film = read(as_dicom(dataset), limits=limits)

    assert np.allclose(apply_voi_lut(stored, dataset) / 4095, film.pixels / film.white, atol=1e-5)


def test_without_a_window_one_is_measured_and_said(
    make_chest: Factory, make_dataset: Factory, as_dicom: Factory, limits: ReadLimits
) -> None:
    """A 14-bit film that uses a quarter of its range must not be dark, and one bright marker must not matter."""
    stored = (make_chest(white=4095) + 3000).astype(np.uint16)
    stored[:5, :5] = 16383

    film = read(as_dicom(make_dataset(stored, BitsStored=14)), limits=limits)

    assert ("The file states no window; one was measured from the film.",) == film.warnings
    levels = film.pixels[20:] / film.white
    assert levels.min() < 0.02
    assert levels.max() > 0.98
    assert np.corrcoef(levels.ravel(), make_chest()[20:].ravel())[0, 1] > 0.99


def test_a_window_of_another_film_is_not_believed(
    make_chest: Factory, make_dataset: Factory, as_dicom: Factory, limits: ReadLimits
) -> None:
    dataset = make_dataset(make_chest(white=4095), BitsStored=12, WindowCenter=-5000, WindowWidth=10)

    film = read(as_dicom(dataset), limits=limits)

    assert "hides nearly all of the film" in film.warnings[0]
    assert film.pixels.max() - film.pixels.min() > 0.9 * film.white


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_padding_is_black_and_does_not_move_the_window(
    photometric: str, make_chest: Factory, make_dataset: Factory, as_dicom: Factory, limits: ReadLimits
) -> None:
    """PS3.3 C.7.5.1.1.2: the frame around a film that does not fill its rectangle."""
    stored = make_chest(white=3000)
    padded = np.pad(stored, 200, constant_values=4095)
    elements = {"BitsStored": 12, "PhotometricInterpretation": photometric}

    film = read(as_dicom(make_dataset(padded, PixelPaddingValue=4095, **elements)), limits=limits)

    assert 0 == film.pixels[:200].max()
    alone = read(as_dicom(make_dataset(stored, **elements)), limits=limits)
    assert np.array_equal(alone.pixels, film.pixels[200:-200, 200:-200])


@pytest.mark.parametrize("transfer_syntax", [RLELossless, JPEGLosslessSV1, JPEGLSLossless, JPEG2000Lossless])
@pytest.mark.parametrize("bits", [8, 12, 16])
def test_lossless_compression_changes_nothing(
    transfer_syntax: Any,
    bits: int,
    tmp_path: Path,
    make_chest: Factory,
    make_dataset: Factory,
    as_dicom: Factory,
    limits: ReadLimits,
) -> None:
    dataset = make_dataset(make_chest(white=2**bits - 1), BitsStored=bits)
    native = as_dicom(dataset)
    if transfer_syntax == JPEGLosslessSV1:
        compressed = as_jpeg_lossless(native, tmp_path)
    else:
        dataset.compress(transfer_syntax)
        compressed = as_dicom(dataset)
    assert transfer_syntax == pydicom.dcmread(io.BytesIO(compressed)).file_meta.TransferSyntaxUID

    assert np.array_equal(read(native, limits=limits).pixels, read(compressed, limits=limits).pixels)


def test_jpeg_baseline_is_what_pillow_decodes(
    make_chest: Factory, make_file: Factory, make_dataset: Factory, as_dicom: Factory, limits: ReadLimits
) -> None:
    jpeg = make_file(make_chest(), quality=90)
    dataset = make_dataset(make_chest())
    dataset.PixelData = encapsulate([jpeg])
    dataset["PixelData"].is_undefined_length = True
    dataset.file_meta.TransferSyntaxUID = JPEGBaseline8Bit

    film = read(as_dicom(dataset), limits=limits)

    # Another library's inverse cosine transform may round the other way.
    assert np.abs(film.pixels.astype(int) - np.asarray(Image.open(io.BytesIO(jpeg)))).max() <= 1


def test_rgb_of_a_grey_film_is_its_grey(
    make_chest: Factory, make_dataset: Factory, as_dicom: Factory, limits: ReadLimits
) -> None:
    """A secondary capture of a workstation's screen."""
    dataset = make_dataset(np.repeat(make_chest()[..., None], 3, axis=2), Modality="OT")

    film = read(as_dicom(dataset), limits=limits)

    assert np.array_equal(make_chest(), film.pixels)
    assert 0.0 == film.tint


def test_synthetic_films_say_so(
    make_chest: Factory, make_dataset: Factory, as_dicom: Factory, limits: ReadLimits
) -> None:
    """Synthetic Data (0008,001C)."""
    assert read(as_dicom(make_dataset(make_chest(), SyntheticData="YES")), limits=limits).facts.synthetic
    assert not read(as_dicom(make_dataset(make_chest())), limits=limits).facts.synthetic


def test_a_name_without_extension_and_a_missing_preamble_do_not_matter(
    tmp_path: Path, make_chest: Factory, make_dataset: Factory, as_dicom: Factory, limits: ReadLimits
) -> None:
    path = tmp_path / "IM0001"
    path.write_bytes(as_dicom(make_dataset(make_chest()))[132:])

    assert np.array_equal(make_chest(), read(path, limits=limits).pixels)


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_a_cut_file_is_refused_without_naming_the_patient(
    share: float, make_chest: Factory, make_dataset: Factory, as_dicom: Factory, limits: ReadLimits
) -> None:
    content = as_dicom(make_dataset(make_chest()))

    with pytest.raises(ImageReadError) as caught:
        read(content[: int(share * len(content))], limits=limits)

    assert caught.value.refusal in (Refusal.TRUNCATED, Refusal.UNREADABLE, Refusal.NO_PIXELS)
    chain = f"{caught.value} {caught.value.__cause__}"
    assert "ecret" not in chain
    assert "SECRET" not in chain


def test_nested_sequences_without_end_are_refused(limits: ReadLimits) -> None:
    """20,000 sequences in one another would exhaust the stack of a trusting reader."""
    item = b"\x08\0\x40\x11SQ\0\0\xff\xff\xff\xff\xfe\xff\0\xe0\xff\xff\xff\xff"

    with pytest.raises(ImageReadError, match="damaged") as caught:
        read(b"\0" * 128 + b"DICM" + item * 20_000, limits=limits)
    assert Refusal.UNREADABLE is caught.value.refusal


def test_a_deflated_film_is_read(
    make_chest: Factory, make_dataset: Factory, as_dicom: Factory, limits: ReadLimits
) -> None:
    content = as_dicom(make_dataset(make_chest()))
    group_length = int.from_bytes(content[140:144], "little")
    start = 144 + group_length
    squeezer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    syntax = b"1.2.840.10008.1.2.1.99"
    meta = b"\x02\0\x10\0UI" + len(syntax).to_bytes(2, "little") + syntax
    deflated = content[:132] + meta + squeezer.compress(content[start:]) + squeezer.flush()

    assert np.array_equal(make_chest(), read(deflated, limits=limits).pixels)


@pytest.mark.films
@pytest.mark.parametrize("name", ["pydicom-data/RG1_J2KI.dcm", "torchxrayvision_tests/Fake_MONOHR1.dcm"])
def test_real_chest_films_are_pydicoms(name: str, public_films: Path, limits: ReadLimits) -> None:
    path = public_films / "dicom" / name
    dataset = pydicom.dcmread(path)
    shown = apply_voi_lut(dataset.pixel_array, dataset).astype(float)
    depth = dataset.VOILUTSequence[0].LUTDescriptor[2] if "VOILUTSequence" in dataset else dataset.BitsStored

    film = read(path, limits=limits)

    assert ViewPosition.PA is film.facts.view_position
    assert np.allclose(1 - shown / (2**depth - 1), film.pixels / film.white, atol=0.002)  # both MONOCHROME1
