"""How a film's file was made and stored is told to who asks, and asked for nobody else."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from tests.edges.web.fake_server import FakeServer

pytestmark = pytest.mark.browser

TOLD = {
    "Format": "DICOM",
    "Transfer syntax": "JPEG 2000 Image Compression",
    "Modality": "DX",
    "Body part": "CHEST",
    "View position": "PA",
    "Orientation": "rows to the left, columns to the feet and back",
    "Photometric": "MONOCHROME2",
    "Bits stored": "12",
    "Lossy": "yes, compressed with loss",
    "Pixel spacing": "0.143 mm",
    "At the detector": "0.15 × 0.1525 mm",
    "Window": "centre 2048, width 4096; centre -600, width 1500.5",
    "Manufacturer": "<b>Maker</b>",
    "Tube voltage": "125 kV",
    "Exposure": "2.5 mAs",
}


@pytest.fixture
def opened(page: "Page", fake: "FakeServer") -> "Page":
    """Return the page with three films, the first chosen."""
    from playwright.sync_api import expect

    fake.populate(3)
    expect(page.locator("#film-place")).to_have_text("1 of 3")
    expect(page.locator("#facts")).to_contain_text("Why is this here?")
    return page


def test_the_facts_are_asked_for_on_the_keyboard_and_told_as_text(opened: "Page", fake: "FakeServer") -> None:
    from playwright.sync_api import expect

    assert [] == fake.facts_asked
    opened.locator("#file-facts summary").focus()
    opened.keyboard.press("Enter")
    terms = opened.locator("#file-facts dt")
    expect(terms).to_have_count(len(TOLD))

    told = opened.locator("#file-facts dd").all_inner_texts()
    assert TOLD == dict(zip(terms.all_inner_texts(), told, strict=True))
    assert [fake.ranked()[0].film] == fake.facts_asked
    assert 0 == opened.locator("#file-facts b").count()


def test_open_facts_follow_the_film_that_is_chosen(opened: "Page", fake: "FakeServer") -> None:
    """Closed, they are asked for no more."""
    from playwright.sync_api import expect

    opened.locator("#file-facts summary").click()
    expect(opened.locator("#file-facts dl")).to_be_visible()
    opened.evaluate("document.activeElement.blur()")
    opened.keyboard.press("j")
    opened.keyboard.press("j")
    expect(opened.locator("#film-place")).to_have_text("3 of 3")
    expect(opened.locator("#file-facts dl")).to_be_visible()
    opened.locator("#file-facts summary").click()
    opened.keyboard.press("k")
    expect(opened.locator("#film-place")).to_have_text("2 of 3")
    opened.wait_for_timeout(400)

    first, _, last = (film.film for film in fake.ranked())
    assert (first, last) == (fake.facts_asked[0], fake.facts_asked[-1])


def test_facts_that_cannot_be_had_say_why_and_are_asked_for_again(opened: "Page", fake: "FakeServer") -> None:
    from playwright.sync_api import expect

    fake.facts_refused = "The DICOM file ends within its header."
    summary = opened.locator("#file-facts summary")
    summary.click()
    expect(opened.locator("#file-facts [role=status]")).to_have_text("The DICOM file ends within its header.")
    fake.facts_refused = ""
    summary.click()
    summary.click()
    expect(opened.locator("#file-facts dl")).to_be_visible()

    assert 2 == len(fake.facts_asked)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_open_facts_are_accessible(
    opened: "Page", theme: str, accessible: "Callable[[Page], list[str]]"
) -> None:
    from playwright.sync_api import expect

    if theme == "light":
        opened.keyboard.press("l")
    opened.locator("#file-facts summary").click()
    expect(opened.locator("#file-facts dl")).to_be_visible()

    assert [] == accessible(opened)
