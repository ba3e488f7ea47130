import io

import numpy as np
import pydicom
import pytest
from PIL import Image

from firstread.config import ReadLimits
from firstread.data.synthetic_file import MARKER, FileFormat, as_dicom, as_jpeg, says_synthetic
from firstread.imaging.read import read
from firstread.terms import ViewPosition

PIXELS = np.linspace(0, 1, 200 * 150, dtype=np.float32).reshape(200, 150)


def test_both_formats_are_read_as_synthetic_and_give_the_pixels_back() -> None:
    for content, tolerance in ((as_jpeg(PIXELS), 0.02), (as_dicom(PIXELS, study="a", instance=1), 0.001)):
        radiograph = read(content, limits=ReadLimits())

        assert radiograph.facts.synthetic
        assert says_synthetic(content)
        assert np.abs(radiograph.pixels / radiograph.white - PIXELS).max() < tolerance


def test_a_jpeg_says_so_in_comment_and_exif() -> None:
    image = Image.open(io.BytesIO(as_jpeg(PIXELS)))

    assert MARKER == image.info["comment"].decode() == image.getexif()[0x010E]


def test_a_dicom_film_has_no_identity_and_says_that_it_is_synthetic() -> None:
    film = pydicom.dcmread(io.BytesIO(as_dicom(PIXELS, study="0-IM-10001", instance=2)))

    assert ("YES", "DX", "MONOCHROME2", 12) == (
        film.SyntheticData,
        film.Modality,
        film.PhotometricInterpretation,
        film.BitsStored,
    )
    assert "" == str(film.PatientName) == film.PatientBirthDate == film.PatientSex
    assert film.PatientID.startswith("SYNTHETIC-")
    assert (
        ViewPosition.AP
        == read(as_dicom(PIXELS, study="a", instance=1), limits=ReadLimits()).facts.view_position
    )


def test_films_of_one_study_share_it_and_have_their_own_instance() -> None:
    one, other = (pydicom.dcmread(io.BytesIO(as_dicom(PIXELS, study="a", instance=n))) for n in (1, 2))

    assert one.StudyInstanceUID == other.StudyInstanceUID
    assert one.SOPInstanceUID != other.SOPInstanceUID


@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xff", bytes(5000) + MARKER.encode()])
def test_other_files_do_not_say_it(content: bytes) -> None:
    assert not says_synthetic(content)


def test_the_suffix_follows_the_format() -> None:
    assert [".jpeg", ".dcm"] == [file_format.suffix for file_format in FileFormat]
