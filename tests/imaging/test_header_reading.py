"""A header tells how a film was made, and nothing of who is on it, who made it and where."""

import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian

from firstread.config import ReadLimits
from firstread.imaging.content import Content
from firstread.imaging.header_facts import HeaderFacts, HeaderQuestion
from firstread.imaging.header_reading import header_facts
from firstread.records import Reason
from firstread.terms import Refusal

Factory = Callable[..., Any]
# Values that the standard does not allow are what some of these tests are about; pydicom warns when they are set.
pytestmark = pytest.mark.filterwarnings("ignore:Invalid value for VR", "ignore:The value length")

# Every element that may say who, where and when, each with a word that is looked for.
IDENTITY = {
    "PatientName": "CANARY^JANE",
    "PatientID": "CANARY-4711",
    "IssuerOfPatientID": "CANARY ISSUER",
    "OtherPatientIDs": "CANARY-4712",
    "PatientBirthDate": "19470401",
    "PatientAddress": "CANARY STREET 1",
    "PatientComments": "CANARY COMMENT",
    "InstitutionName": "CANARY HOSPITAL",
    "InstitutionAddress": "CANARY TOWN",
    "InstitutionalDepartmentName": "CANARY WARD",
    "StationName": "CANARY-STATION",
    "DeviceSerialNumber": "CANARY-SERIAL",
    "DetectorID": "CANARY-DETECTOR",
    "PlateID": "CANARY-PLATE",
    "ReferringPhysicianName": "CANARY^REFERRING",
    "PerformingPhysicianName": "CANARY^PERFORMING",
    "OperatorsName": "CANARY^OPERATOR",
    "StudyDescription": "CANARY STUDY",
    "SeriesDescription": "CANARY SERIES",
    "ProtocolName": "CANARY PROTOCOL",
    "AccessionNumber": "CANARY-ACC",
    "StudyID": "CANARY-STUDY",
    "StudyDate": "20260301",
    "StudyInstanceUID": "1.2.3.4711",
    "SeriesInstanceUID": "1.2.3.4712",
    "SOPInstanceUID": "1.2.3.4713",
    "ImageComments": "CANARY IMAGE",
    "SoftwareVersions": "CANARY V1",
}
CANARIES = ("CANARY", "JANE", "4711", "4712", "4713", "1947", "2026", "1.2.3")
TECHNICAL = {
    "Modality": "DX",
    "BodyPartExamined": "CHEST",
    "ViewPosition": "PA",
    "PatientOrientation": ["L", "F"],
    "BitsStored": 12,
    "PixelSpacing": [0.143, 0.144],
    "ImagerPixelSpacing": [0.15, 0.15],
    "WindowCenter": [2048, 1500],
    "WindowWidth": [4096, 900.5],
    "LossyImageCompression": "00",
    "Manufacturer": "Philips Medical Systems",
    "ManufacturerModelName": "DigitalDiagnost 4",
    "KVP": 125,
    "Exposure": 3,
}
TOLD = HeaderFacts(
    Content.DICOM,
    bits=12,
    modality="DX",
    body_part="CHEST",
    view_position="PA",
    orientation=("L", "F"),
    photometric="MONOCHROME2",
    transfer_syntax="Explicit VR Little Endian",
    lossy=False,
    pixel_spacing_mm=(0.143, 0.144),
    imager_pixel_spacing_mm=(0.15, 0.15),
    windows=((2048.0, 4096.0), (1500.0, 900.5)),
    manufacturer="Philips Medical Systems",
    model="DigitalDiagnost 4",
    tube_voltage_kv=125.0,
    exposure_mas=3.0,
)


@pytest.fixture
def film(make_dataset: Factory, make_chest: Factory) -> Callable[..., Dataset]:
    """Return a maker of data sets that say everything; keyword arguments change or (None) leave out elements."""

    def made(**elements: Any) -> Dataset:
        said = {name: value for name, value in (IDENTITY | TECHNICAL | elements).items() if value is not None}
        dataset: Dataset = make_dataset(make_chest(white=4095), **said)
        dataset.private_block(0x0011, "CANARY CREATOR", create=True).add_new(1, "LO", "CANARY PRIVATE")
        requested = Dataset()
        requested.Manufacturer, requested.RequestedProcedureDescription = "CANARY NESTED", "CANARY REQUEST"
        dataset.RequestAttributesSequence = [requested]
        return dataset

    return made


@pytest.fixture
def of(tmp_path: Path, as_dicom: Factory, limits: ReadLimits) -> Callable[..., HeaderFacts | Reason]:
    """Return a function that tells the facts of a data set, or of bytes."""

    def told(film: Dataset | bytes, *, limits: ReadLimits = limits) -> HeaderFacts | Reason:
        path = tmp_path / "film"
        path.write_bytes(film if isinstance(film, bytes) else as_dicom(film))
        return header_facts(path, HeaderQuestion(), limits=limits)

    return told


def test_every_fact_is_told_and_nothing_of_who_or_where(
    of: Factory, film: Factory, as_dicom: Factory
) -> None:
    content = as_dicom(film())
    facts = of(content)

    assert TOLD == facts
    assert [] == [canary for canary in CANARIES if canary in json.dumps(facts.as_dict())]
    assert all(canary.encode() in content for canary in CANARIES)  # else it would look for the wrong words


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian])
def test_the_facts_are_the_same_however_the_header_is_written(
    syntax: pydicom.uid.UID, of: Factory, film: Factory, tmp_path: Path
) -> None:
    dataset = film(PixelData=bytes(240 * 300 * 2))
    little = syntax != ExplicitVRBigEndian
    dataset.file_meta.TransferSyntaxUID = syntax
    pydicom.dcmwrite(tmp_path / "other", dataset, implicit_vr=syntax.is_implicit_VR, little_endian=little)

    told = of((tmp_path / "other").read_bytes())

    assert TOLD.as_dict() | {"transfer_syntax": syntax.name} == told.as_dict()


@pytest.mark.parametrize(
    ("elements", "name", "expected"),
    [
        ({"BodyPartExamined": "JANE^DOE"}, "body_part", None),
        ({"BodyPartExamined": "Brustkorb"}, "body_part", None),
        ({"BodyPartExamined": "19470401"}, "body_part", None),
        ({"ViewPosition": "PA\n"}, "view_position", None),
        ({"Manufacturer": "CANARY^JANE"}, "manufacturer", None),
        ({"Manufacturer": "Mueller 01.04.1947"}, "manufacturer", None),
        ({"ManufacturerModelName": "Holder 9840 500 70201"}, "model", None),
        ({"ManufacturerModelName": ["A", "B"]}, "model", None),
        ({"Manufacturer": None}, "manufacturer", None),
        ({"PatientOrientation": ["L"]}, "orientation", None),
        ({"PixelSpacing": [0.1]}, "pixel_spacing_mm", None),
        ({"WindowCenter": 2048, "WindowWidth": [1, 2]}, "windows", None),
        ({"WindowCenter": 2048, "WindowWidth": 4096}, "windows", ((2048.0, 4096.0),)),
        ({"Exposure": None, "ExposureInuAs": 2500}, "exposure_mas", 2.5),
        ({"Exposure": 0, "ExposureInuAs": 2500}, "exposure_mas", None),
        ({"LossyImageCompression": "01"}, "lossy", True),
        ({"LossyImageCompression": None}, "lossy", None),
    ],
)
def test_what_does_not_fit_is_left_out_alone(
    elements: dict[str, Any], name: str, expected: Any, of: Factory, film: Factory
) -> None:
    assert TOLD.as_dict() | {name: expected} == of(film(**elements)).as_dict()


def test_a_maker_that_claims_to_be_a_person_is_left_out(
    of: Factory, film: Factory, as_dicom: Factory
) -> None:
    """Explicit VR lets a file say that any element is of any kind."""
    content = as_dicom(film())

    told = of(content.replace(b"\x08\0\x70\0LO", b"\x08\0\x70\0PN"))

    assert TOLD.as_dict() | {"manufacturer": None} == told.as_dict()


@pytest.mark.parametrize("number", [b"nan ", b"1_00", b"1e99", b"0x7d", b"1 25", "١٢".encode()])
def test_what_python_would_take_for_a_number_is_none(
    number: bytes, of: Factory, film: Factory, as_dicom: Factory
) -> None:
    content = as_dicom(film(KVP=1234))

    told = of(content.replace(b"\x18\0\x60\0DS\x04\x001234", b"\x18\0\x60\0DS\x04\0" + number))

    assert TOLD.as_dict() | {"tube_voltage_kv": None} == told.as_dict()


def test_a_private_transfer_syntax_is_not_named(of: Factory, film: Factory, as_dicom: Factory) -> None:
    """The root of its UID may be an institution's."""
    content = as_dicom(film())
    standard, private = b"1.2.840.10008.1.2.1\0", b"1.2.826.0.1.3680043\0"

    assert len(standard) == len(private)
    assert TOLD.as_dict() | {"transfer_syntax": None} == of(content.replace(standard, private)).as_dict()


def test_jpeg_baseline_is_lossy_whatever_the_header_says(
    of: Factory, film: Factory, as_dicom: Factory
) -> None:
    stated, baseline = b"UI\x14\x001.2.840.10008.1.2.1\0", b"UI\x16\x001.2.840.10008.1.2.4.50"

    told = of(as_dicom(film()).replace(stated, baseline))

    assert TOLD.as_dict() | {"transfer_syntax": "JPEG Baseline (Process 1)", "lossy": True} == told.as_dict()


def test_a_header_that_is_cut_off_anywhere_gives_no_facts(
    of: Factory, film: Factory, as_dicom: Factory
) -> None:
    """Each time an answer that says so and names nobody; what is left of a value may be another one."""
    content = as_dicom(film())
    end = content.index(b"\xe0\x7f\x10\x00")

    answers = [of(content[:length]) for length in [*range(133, end, 7), end]]

    assert all(isinstance(answer, Reason) for answer in answers)
    assert {Refusal.TRUNCATED, Refusal.NO_PIXELS} >= {answer.code for answer in answers}
    assert [] == [canary for canary in CANARIES if canary in str(answers)]


def test_pixels_that_are_cut_off_leave_the_facts(of: Factory, film: Factory, as_dicom: Factory) -> None:
    assert TOLD == of(as_dicom(film())[:-1000])


@pytest.mark.parametrize(
    ("content", "refusal", "words"),
    [
        (b"", Refusal.EMPTY, "The file is empty."),
        (b"CANARY", Refusal.NOT_AN_IMAGE, "The file is not a picture; JPEG, PNG, TIFF and DICOM are read."),
        (b"\x89PNG\r\n\x1a\nCANARY", Refusal.UNREADABLE, "The file's header is damaged."),
        (b"\0" * 128 + b"DICM", Refusal.NO_PIXELS, "The DICOM file holds no picture, or ends before it."),
        (
            b"\0" * 128 + b"DICM\x02\0\x10\0UI\xff\xff",
            Refusal.TRUNCATED,
            "The DICOM file ends within its header.",
        ),
    ],
)
def test_what_has_no_header_says_so(content: bytes, refusal: Refusal, words: str, of: Factory) -> None:
    assert Reason(refusal, words) == of(content)


def test_a_file_that_is_not_there_or_too_large_is_not_read(
    of: Factory, film: Factory, tmp_path: Path, limits: ReadLimits
) -> None:
    gone = header_facts(tmp_path / "gone", HeaderQuestion(), limits=limits)
    large = of(film(), limits=ReadLimits(max_file_bytes=1000))

    assert isinstance(gone, Reason)
    assert (Refusal.NOT_FOUND, Refusal.TOO_LARGE) == (gone.code, large.code)
    assert gone.of_machine


@pytest.mark.parametrize(
    ("kind", "white", "bits"), [("PNG", 255, 8), ("PNG", 65535, 16), ("TIFF", 65535, 16), ("JPEG", 255, 8)]
)
def test_other_pictures_tell_their_kind_and_depth(
    kind: str, white: int, bits: int, of: Factory, make_chest: Factory, make_file: Factory
) -> None:
    assert HeaderFacts(Content(kind), bits=bits) == of(make_file(make_chest(white=white), kind))


def test_a_comment_of_a_picture_is_not_told(of: Factory, make_chest: Factory, make_file: Factory) -> None:
    content = make_file(make_chest(), "JPEG", comment=b"CANARY^JANE")

    assert b"CANARY" in content
    assert "CANARY" not in repr(of(content))


@pytest.mark.films
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "pydicom-data/RG1_J2KI.dcm",  # its model is a number, and its pixel spacing is 0
            {
                "modality": "CR",
                "bits": 15,
                "orientation": ("L", "F"),
                "model": None,
                "pixel_spacing_mm": None,
            },
        ),
        (
            "torchxrayvision_tests/Fake_MONOHR1.dcm",
            {
                "transfer_syntax": "JPEG Baseline (Process 1)",
                "lossy": True,
                "pixel_spacing_mm": (0.168, 0.168),
            },
        ),
    ],
)
def test_real_films_tell_their_facts(
    name: str, expected: dict[str, Any], public_films: Path, limits: ReadLimits
) -> None:
    facts = header_facts(public_films / "dicom" / name, HeaderQuestion(), limits=limits)

    assert isinstance(facts, HeaderFacts)
    assert expected == {key: facts.as_dict()[key] for key in expected}


@pytest.mark.films
def test_real_headers_never_raise_and_name_nobody(public_films: Path, limits: ReadLimits) -> None:
    """Who the patient is by pydicom, where it can tell, is looked for in the facts."""
    for path in sorted((public_films / "dicom").rglob("*.dcm")):
        facts = header_facts(path, HeaderQuestion(), limits=limits)
        if isinstance(facts, Reason):
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd headers
            dataset = pydicom.dcmread(
                path, force=True, stop_before_pixels=True, specific_tags=["PatientName", "PatientID"]
            )
        said = json.dumps(facts.as_dict())
        names = [str(value) for value in (dataset.get("PatientName"), dataset.get("PatientID")) if value]
        assert [] == [name for name in names if len(name) > 5 and name in said], path.name
