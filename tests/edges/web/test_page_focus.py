"""Whoever uses the keyboard sees where they are: every control that has the focus is framed, in both themes."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from tests.edges.web.fake_server import FakeServer

pytestmark = pytest.mark.browser

# A frame lies a little outside its control, or a little within.
REACH_PX = 4
# Of a frame that has to be seen against what is around it (WCAG 2.1, 1.4.11), and against no frame (2.2, 2.4.13).
LEAST_CONTRAST = 3.0
HERE = """() => {
    const here = document.activeElement;
    window.met ??= new WeakSet();
    if (here === document.body || window.met.has(here)) return null;
    window.met.add(here);
    const { x, y, width, height } = here.getBoundingClientRect();
    const kind = here.type === "checkbox" ? "checkbox" : here.role === "listbox" ? "list" : here.localName;
    return { kind, name: here.outerHTML.slice(0, 80), box: [x, y, width, height] };
}"""


@dataclass(frozen=True, slots=True)
class Stop:
    """A control that Tab comes to, and the page just before and with the focus there, shape (height, width, 3)."""

    kind: str
    name: str
    box: tuple[float, float, float, float]
    before: npt.NDArray[np.uint8]
    focused: npt.NDArray[np.uint8]

    def share_framed(self) -> float:
        """Return the pixels around its edge that the focus changes enough, as a share of a frame one pixel wide."""
        x, y, width, height = self.box
        rows, columns = np.ogrid[: self.focused.shape[0], : self.focused.shape[1]]

        def within(reach: float) -> npt.NDArray[np.bool_]:
            across = (columns >= x - reach) & (columns < x + width + reach)
            return np.asarray(across & (rows >= y - reach) & (rows < y + height + reach))

        edge = within(REACH_PX) & ~within(-REACH_PX)
        seen = contrast(self.before[edge], self.focused[edge]) >= LEAST_CONTRAST
        return float(seen.sum() / (2 * (width + height)))


def contrast(one: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """Return the contrast of colours as WCAG defines it, 1 to 21, shape (n,), from sRGB, shape (n, 3)."""
    lighter, darker = np.sort([_luminance(one), _luminance(other)], axis=0)[::-1]
    return np.asarray((lighter + 0.05) / (darker + 0.05))


def _luminance(colour: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    share = colour / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ [0.2126, 0.7152, 0.0722])


def picture(page: "Page") -> npt.NDArray[np.uint8]:
    with Image.open(io.BytesIO(page.screenshot())) as shot:
        return np.asarray(shot.convert("RGB"))


def stops(page: "Page") -> Iterator[Stop]:
    """Press Tab until it comes to nothing new."""
    before = picture(page)
    while True:
        page.keyboard.press("Tab")
        here: dict[str, Any] | None = page.evaluate(HERE)
        if here is None:
            return
        focused = picture(page)
        yield Stop(here["kind"], here["name"], tuple(here["box"]), before, focused)
        before = focused


def test_contrast_is_that_of_wcag() -> None:
    """Black on white is 21 by definition, and #767676 the lightest grey with 4.5 on white."""
    white = np.full((3, 3), 255, np.uint8)
    greys = np.repeat(np.array([[0], [0x76], [0x77]], np.uint8), 3, axis=1)

    assert [21, pytest.approx(4.54, abs=0.01), pytest.approx(4.48, abs=0.01)] == list(contrast(greys, white))


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_what_has_the_focus_can_be_seen(page: "Page", fake: "FakeServer", theme: str) -> None:
    """Of every kind of control, in menus too: the frame of each is seen where there was none."""
    from playwright.sync_api import expect

    # So high that nothing has to scroll to be shown, which would change more than the focus does.
    page.set_viewport_size({"width": 1300, "height": 1000})
    fake.populate(8)
    expect(page.locator("#facts")).to_contain_text("Why is this here?")
    if theme == "light":
        page.keyboard.press("l")
    expect(page.locator("html")).to_have_attribute("data-theme", theme)
    found = list(stops(page))
    for menu in ("#add", "#export"):
        page.locator(menu).press("Enter")
        found += stops(page)

    kinds = {"a", "button", "checkbox", "input", "list", "select", "summary", "textarea"}
    assert kinds <= {stop.kind for stop in found}
    assert {} == {stop.name: share for stop in found if (share := stop.share_framed()) < 1}
