"""A fact looks like what it is said to be, or it is left out: nothing else of a header gets through."""

import json
from typing import Any

import pytest

from firstread.imaging.content import Content
from firstread.imaging.header_facts import HeaderFacts, HeaderQuestion, fitting

WHOLE = HeaderFacts(
    Content.DICOM,
    bits=12,
    modality="DX",
    body_part="CHEST",
    view_position="PA",
    orientation=("L", "F"),
    photometric="MONOCHROME2",
    transfer_syntax="JPEG Lossless, Non-Hierarchical, First-Order Prediction (Process 14 [Selection Value 1])",
    lossy=False,
    pixel_spacing_mm=(0.143, 0.143),
    imager_pixel_spacing_mm=(0.15, 0.15),
    windows=((2048.0, 4096.0), (-600.0, 1500.0)),
    manufacturer='"GE Healthcare"',
    model="Definium 8000",
    tube_voltage_kv=125.0,
    exposure_mas=2.5,
)


def test_facts_survive_json() -> None:
    assert WHOLE == HeaderFacts.from_dict(json.loads(json.dumps(WHOLE.as_dict())))
    assert HeaderQuestion() == HeaderQuestion.from_dict(json.loads(json.dumps(HeaderQuestion().as_dict())))


@pytest.mark.parametrize(
    "words",
    [
        "Philips Medical Systems",
        "Canon, Inc.",
        "CXDI-401C",
        "DRX-1 (43x43)",
        "Agfa-Gevaert",
        "FCR 5000+",
        "ADC_5146",
    ],
)
def test_names_of_makers_and_models_are_told(words: str) -> None:
    assert words == fitting(Content.DICOM, {"model": words}).model


@pytest.mark.parametrize(
    "words",
    [
        "DOE^JANE",
        "DOE=JANE",
        "jane@example.org",
        "19470401",
        "1947-04-01",
        "1.4.47",
        "01 04 1947",
        "SN 12345",
        "123-45-67",
        "Philips\nDOE",
        "Philips\x1b[2J",
        "Philips\x7f",
        "Müller",
        "\u202egnp",
        "<b>bold</b>",
        "A\\B",
        "",
        " ",
        "A" * 65,
        7,
        ["A"],
    ],
)  # fmt: skip
def test_words_that_may_name_somebody_or_do_harm_are_left_out(words: Any) -> None:
    told = fitting(Content.DICOM, {"manufacturer": words, "model": words, "body_part": words})

    assert HeaderFacts(Content.DICOM) == told


@pytest.mark.parametrize(
    "code", ["Chest", "CHEST ÄÖ", "A" * 17, "CHEST^A", "CHEST\\PA", "19470401", "CHEST-PA", b"PA"]
)
def test_what_is_no_code_string_is_left_out(code: Any) -> None:
    """PS3.5 6.2: capitals, digits, space and underscore, at most 16; and no date."""
    names = ("modality", "body_part", "view_position", "photometric")

    assert HeaderFacts(Content.DICOM) == fitting(Content.DICOM, dict.fromkeys(names, code))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bits", 0),
        ("bits", 65),
        ("bits", True),
        ("orientation", ("L",)),
        ("orientation", ("L", "FOOT")),
        ("lossy", 1),
        ("pixel_spacing_mm", (0.0, 0.1)),
        ("pixel_spacing_mm", (0.1, 10.1)),
        ("pixel_spacing_mm", (0.1,)),
        ("imager_pixel_spacing_mm", (float("nan"), 0.1)),
        ("windows", ()),
        ("windows", ((1.0, 0.0),)),
        ("windows", ((19470401.0, 1.0),)),
        ("windows", ((1.0, 2.0),) * 9),
        ("tube_voltage_kv", 501.0),
        ("exposure_mas", 19470401),
        ("exposure_mas", float("inf")),
        ("exposure_mas", -1.0),
    ],
)
def test_a_number_that_no_film_has_is_left_out(name: str, value: Any) -> None:
    """A date or an ID that was written for a number is a number, too."""
    assert HeaderFacts(Content.DICOM) == fitting(Content.DICOM, {name: value})
    with pytest.raises(ValueError, match=f"HeaderFacts.{name} must look like what it is; it does not"):
        HeaderFacts(Content.DICOM, **{name: value})


def test_a_refusal_does_not_repeat_what_came() -> None:
    with pytest.raises(ValueError, match=r"HeaderFacts\.model must") as raised:
        HeaderFacts(Content.DICOM, model="DOE^JANE")

    assert "DOE" not in str(raised.value)
