from collections.abc import Callable
from typing import Any

import pytest
from pydicom.dataset import Dataset

from firstread.config import ReadLimits
from firstread.errors import ImageReadError
from firstread.imaging.dicom_header import pixel_form, refuse_other_examinations, view_position
from firstread.terms import Refusal, ViewPosition

Factory = Callable[..., Any]
# Values that the standard does not allow are what these tests are about; pydicom warns when they are set.
pytestmark = pytest.mark.filterwarnings("ignore:Invalid value for VR CS")


@pytest.mark.parametrize(
    ("elements", "words"),
    [
        ({"Modality": "CT"}, "the file states CT \\(computed tomography\\)"),
        ({"Modality": "MR"}, "magnetic resonance"),
        ({"Modality": "MG"}, "mammography"),
        ({"Modality": "DOE^JOHN"}, "the file states another modality"),
        ({"BodyPartExamined": "HAND"}, "states HAND as the body part"),
        ({"BodyPartExamined": "Whole Body"}, "states WHOLEBODY as the body part"),
        ({"ViewPosition": "LL"}, "states the view LL"),
        ({"ViewPosition": "lateral"}, "states the view LATERAL"),
        ({"PatientOrientation": ["A", "F"]}, "rows run from front to back"),
    ],
)
def test_what_the_file_rules_out_is_refused(
    elements: dict[str, Any], words: str, make_dataset: Factory, make_chest: Factory
) -> None:
    with pytest.raises(ImageReadError, match=words) as caught:
        refuse_other_examinations(make_dataset(make_chest(), **elements))

    assert Refusal.NOT_FRONTAL_CHEST is caught.value.refusal
    assert "DOE" not in str(caught.value)


@pytest.mark.parametrize(
    ("elements", "words"),
    [
        ({}, None),
        ({"Modality": "CR", "BodyPartExamined": "THORAX"}, None),
        ({"BodyPartExamined": None, "ViewPosition": None}, None),
        ({"Modality": None}, "does not say that it is a radiograph"),
        ({"BodyPartExamined": "POUMONS"}, "in its own words"),
        ({"PresentationIntentType": "FOR PROCESSING"}, "raw detector data"),
    ],
)
def test_the_benefit_of_the_doubt_comes_with_a_warning(
    elements: dict[str, Any], words: str | None, make_dataset: Factory, make_chest: Factory
) -> None:
    warnings = refuse_other_examinations(make_dataset(make_chest(), **elements))

    assert (words is None) == (warnings == ())
    assert words is None or words in warnings[0]


@pytest.mark.parametrize(
    ("stated", "meaning", "expected"),
    [
        ("PA", None, ViewPosition.PA),
        ("ap", None, ViewPosition.AP),
        ("", "postero-anterior", ViewPosition.PA),
        ("", "antero-posterior", ViewPosition.AP),
        ("SUPINE", None, None),
    ],
)
def test_the_view_is_what_the_file_states(
    stated: str,
    meaning: str | None,
    expected: ViewPosition | None,
    make_dataset: Factory,
    make_chest: Factory,
) -> None:
    dataset = make_dataset(make_chest(), ViewPosition=stated)
    if meaning:
        code = Dataset()
        code.CodeMeaning = meaning
        dataset.ViewCodeSequence = [code]

    assert expected == view_position(dataset)


def test_a_lateral_view_code_is_refused(make_dataset: Factory, make_chest: Factory) -> None:
    code = Dataset()
    code.CodeMeaning = "left lateral"

    with pytest.raises(ImageReadError, match="lateral or oblique view"):
        refuse_other_examinations(make_dataset(make_chest(), ViewPosition=None, ViewCodeSequence=[code]))


@pytest.mark.parametrize(
    ("elements", "code", "words"),
    [
        ({"PixelData": None}, Refusal.NO_PIXELS, "holds no picture"),
        ({"NumberOfFrames": 12}, Refusal.MULTI_FRAME, "it holds 12 frames"),
        ({"Rows": 0}, Refusal.NO_PIXELS, "states 300 × 0"),
        ({"Rows": None}, Refusal.UNREADABLE, "must state Rows"),
        ({"Rows": 65535, "Columns": 65535}, Refusal.TOO_LARGE, "at most 32 million pixels"),
        ({"BitsAllocated": 32, "BitsStored": 32}, Refusal.UNSUPPORTED, "this one in 32"),
        ({"BitsStored": 12}, Refusal.UNREADABLE, "received 12 of 8"),
        ({"HighBit": 9}, Refusal.UNREADABLE, "highest 9"),
        ({"PhotometricInterpretation": "PALETTE COLOR"}, Refusal.UNSUPPORTED, "stored in grey"),
        ({"SamplesPerPixel": 4}, Refusal.UNSUPPORTED, "stored in grey"),
    ],
)
def test_a_lying_or_foreign_header_is_refused_before_decoding(
    elements: dict[str, Any],
    code: Refusal,
    words: str,
    make_dataset: Factory,
    make_chest: Factory,
    limits: ReadLimits,
) -> None:
    with pytest.raises(ImageReadError, match=words) as caught:
        pixel_form(make_dataset(make_chest(), **elements), limits)

    assert code is caught.value.refusal
