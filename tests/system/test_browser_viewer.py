"""What a reader sees on the film, taken from the screen pixel by pixel, of films that a real server decoded."""

import io
import itertools
import re
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

if TYPE_CHECKING:
    from tests.system.conftest import Enter, Start, Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Levels = npt.NDArray[np.int64]
HEIGHT, WIDTH = 300, 400
DOT = 220, 90  # column and row of a white square


def speckled() -> Levels:
    """Return a film that is bright enough to be flagged, with a white square on a dark one."""
    film = np.random.default_rng(7).normal(165, 12, (HEIGHT, WIDTH)).clip(60, 235).astype(int)
    film[DOT[1] - 25 : DOT[1] + 26, DOT[0] - 25 : DOT[0] + 26] = 0
    film[DOT[1] - 5 : DOT[1] + 6, DOT[0] - 5 : DOT[0] + 6] = 255
    return film


def as_png(levels: Levels) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(levels.astype(np.uint8)).save(stream, "PNG")
    return stream.getvalue()


def as_dicom(levels: Levels) -> bytes:
    """Return a Digital X-Ray image of 16 bits; its window shows all of them."""
    from pydicom import Dataset
    from pydicom.dataset import FileMetaDataset
    from pydicom.uid import DigitalXRayImageStorageForPresentation, ExplicitVRLittleEndian, generate_uid

    film = Dataset()
    film.SOPClassUID = DigitalXRayImageStorageForPresentation
    for name in ("SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID"):
        setattr(film, name, generate_uid(entropy_srcs=["gradient", name]))
    film.Modality, film.ViewPosition = "DX", "PA"
    film.SamplesPerPixel, film.PhotometricInterpretation = 1, "MONOCHROME2"
    film.Rows, film.Columns = levels.shape
    film.BitsAllocated, film.BitsStored, film.HighBit, film.PixelRepresentation = 16, 16, 15, 0
    film.PixelData = levels.astype("<u2").tobytes()
    film.file_meta = FileMetaDataset()
    film.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    stream = io.BytesIO()
    film.save_as(stream, enforce_file_format=True)
    return stream.getvalue()


def gradient() -> Levels:
    """Return 16 bits that rise evenly over 500 columns."""
    return np.tile(np.linspace(0, 65535, 500).astype(int), (400, 1))


@pytest.fixture(scope="module")
def opened(start_for_all: "Start", enter_for_all: "Enter") -> "Visit":
    """Return a page with three films: `speckled.png`, the same upside down, and a gradient of 16 bits."""
    served = start_for_all()
    films = {"speckled.png": as_png(speckled()), "turned.png": as_png(speckled()[::-1, ::-1])}
    served.send(films | {"gradient.dcm": as_dicom(gradient())})
    served.until_done(3)
    visit = enter_for_all(served.url)
    visit.until(lambda: len(visit.names()) == 3)
    return visit


@pytest.fixture
def speckles(opened: "Visit") -> "Visit":
    """Return the page with the first film as it is shown at first."""
    return choose(opened, "speckled.png")


def choose(visit: "Visit", name: str) -> "Visit":
    """Show a film, as it is shown at first."""
    visit.page.locator(".film", has_text=name).click()
    visit.until_shown()
    visit.page.keyboard.press("0")
    return visit


def settle(visit: "Visit") -> None:
    """Wait until what was asked for is drawn."""
    visit.page.evaluate(
        "async () => { for (let i = 0; i < 3; i += 1) await new Promise(requestAnimationFrame) }"
    )


def greys(visit: "Visit", pane: int = 0) -> Levels:
    """Return what a pane shows; it must be grey."""
    settle(visit)
    pixels = visit.pixels(pane)
    # Words about the film lie over it, at the bottom and on the top.
    pixels[:40] = pixels[-40:] = 0
    assert 0 == np.ptp(pixels, axis=2).max()
    return pixels[..., 0]


def middle(seen: Levels, height: int, width: int, down: int = 0, right: int = 0) -> Levels:
    """Return the part of a pane that a film of this size covers at 1:1."""
    top, left = (seen.shape[0] - height + 1) // 2 + down, (seen.shape[1] - width + 1) // 2 + right
    return seen[top : top + height, left : left + width]


def shows(seen: Levels, film: Levels) -> bool:
    """Return whether the very pixels of a film are in the middle of a pane, which may begin between two pixels."""
    shifts = itertools.product((0, -1, 1), repeat=2)
    return any(np.array_equal(film, middle(seen, *film.shape, *shift)) for shift in shifts)


def square(visit: "Visit") -> tuple[float, float, int]:
    """Return where the white square is on the pane: column, row, and how many pixels it has."""
    rows, columns = np.nonzero(greys(visit) > 250)
    return float(columns.mean()), float(rows.mean()), rows.size


def on_screen(visit: "Visit", column: float, row: float) -> tuple[float, float]:
    box = visit.page.locator(".film-surface").first.bounding_box()
    assert box is not None
    return box["x"] + column, box["y"] + row


def drag(visit: "Visit", right: float, down: float, button: str = "left") -> None:
    """Drag from the middle of the pane."""
    box = visit.page.locator(".film-surface").first.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    visit.page.mouse.move(x, y)
    visit.page.mouse.down(button=button)  # type: ignore[arg-type]  # one of three words
    visit.page.mouse.move(x + right, y + down, steps=5)
    visit.page.mouse.up(button=button)  # type: ignore[arg-type]


def window(visit: "Visit") -> tuple[int, int]:
    """Return the window's width and level as the viewer says them."""
    found = re.search(r"W (\d+) L (\d+)", visit.facts())
    assert found is not None
    return int(found[1]), int(found[2])


def test_at_actual_size_the_screen_shows_the_very_pixels_of_the_file(speckles: "Visit") -> None:
    speckles.page.keyboard.press("x")

    assert shows(greys(speckles), speckled())


def test_the_wheel_enlarges_what_lies_under_the_pointer(speckles: "Visit") -> None:
    column, row, size = square(speckles)
    speckles.page.mouse.move(*on_screen(speckles, column, row))
    speckles.page.mouse.wheel(0, -240)

    after = square(speckles)
    assert (column, row) == pytest.approx(after[:2], abs=3)
    assert 2 ** (2 * 240 / 320) * size == pytest.approx(after[2], rel=0.1)


def test_dragging_moves_the_film_with_the_hand(speckles: "Visit") -> None:
    column, row, size = square(speckles)
    drag(speckles, 37, -21)

    after = square(speckles)
    assert (column + 37, row - 21) == pytest.approx(after[:2], abs=1.5)
    assert size == pytest.approx(after[2], rel=0.05)


def test_dragging_with_the_right_button_changes_the_window(speckles: "Visit") -> None:
    """To the left: narrower, so harder. Down: a higher level, so darker."""
    speckles.page.keyboard.press("x")
    before, (width, level) = middle(greys(speckles), HEIGHT, WIDTH), window(speckles)
    drag(speckles, -60, 0, button="right")
    harder, narrow = middle(greys(speckles), HEIGHT, WIDTH), window(speckles)
    drag(speckles, 0, 60, button="right")
    darker, higher = middle(greys(speckles), HEIGHT, WIDTH), window(speckles)

    assert narrow[0] < 0.9 * width
    assert narrow[1] == level
    expected = ((before - (level - narrow[0] / 2)) / narrow[0] * 255).clip(0, 255)
    assert np.abs(expected - harder).max() <= 3  # the window is said in whole grey levels
    assert higher[1] > level
    assert darker.mean() < harder.mean() - 10


def test_invert_exchanges_black_and_white_and_reset_brings_all_back(speckles: "Visit") -> None:
    first = greys(speckles)
    speckles.page.keyboard.press("x")
    speckles.page.keyboard.press("i")

    assert shows(greys(speckles), 255 - speckled())
    drag(speckles, 30, 30)
    drag(speckles, -40, 10, button="right")
    speckles.page.keyboard.press("0")
    assert np.array_equal(first, greys(speckles))


def tint(visit: "Visit") -> float:
    """Return how far from grey the film is, 0 to 255."""
    settle(visit)
    return float(np.ptp(visit.pixels()[60:-60], axis=2).mean())


def test_the_heat_map_is_as_strong_as_asked(speckles: "Visit") -> None:
    button = speckles.page.get_by_role("button", name="Heat map")
    speckles.until(button.is_enabled)
    button.click()
    slider = speckles.page.get_by_label("Opacity of the heat map")
    tints = []
    for percent in ("0", "30", "60", "100"):
        slider.fill(percent)
        tints.append(tint(speckles))
    button.click()

    assert 0 == tints[0]
    assert sorted(set(tints)) == tints
    assert tints[1] == pytest.approx(tints[3] * 0.3, rel=0.15)
    assert 0 == tint(speckles)
    slider.evaluate(
        "slider => { slider.disabled = false; slider.value = 50; slider.dispatchEvent(new Event('input')) }"
    )


def test_the_film_before_is_shown_beside_and_moves_along(opened: "Visit") -> None:
    from playwright.sync_api import expect

    choose(opened, "turned.png")
    choose(opened, "speckled.png")
    opened.page.keyboard.press("c")
    expect(opened.page.locator(".film-pane")).to_have_count(2)
    titles = opened.page.locator(".film-title")
    expect(titles).to_contain_text(["speckled.png", "turned.png"])
    opened.until(lambda: greys(opened, 1).max() > 0)
    opened.page.keyboard.press("x")

    part = np.s_[50:250, 70:330]  # all that fits beside another film
    assert shows(greys(opened, 0), speckled()[part])
    assert shows(greys(opened, 1), speckled()[::-1, ::-1][part])
    opened.page.keyboard.press("c")
    expect(opened.page.locator(".film-pane")).to_have_count(1)


def fill(visit: "Visit", letter: str, value: int) -> None:
    field = visit.page.get_by_label(letter, exact=True)
    field.fill(str(value))
    field.press("Enter")


def test_a_gradient_of_16_bits_has_no_bands(opened: "Visit") -> None:
    """An eighth of 65,536 levels holds 8,192: reduced to 8 bits before the window, 32 bands would be left."""
    choose(opened, "gradient.dcm")
    # As the film was measured: the darkest and the brightest half of a per cent lie outside.
    assert (65010, 32767) == window(opened)
    opened.page.keyboard.press("x")
    whole = middle(greys(opened), 300, 500).mean(axis=0)
    fill(opened, "L", 32768)
    fill(opened, "W", 8192)
    opened.until(lambda: window(opened) == (8192, 32768))
    narrow = middle(greys(opened), 300, 500).mean(axis=0)

    # Half a grey from column to column, dithered: bands of two columns would be steps of 0 and 1.
    steps = np.diff(whole[10:-10].reshape(-1, 4).mean(axis=1))
    assert np.abs(steps - 4 * 255 / 500).max() < 0.3
    # Four greys from column to column; with 32 bands only each second one would differ.
    steps = np.diff(narrow[(narrow > 2) & (narrow < 253)])
    assert 55 < steps.size < 65
    assert np.abs(steps - 8 * 255 / 500).max() < 0.6
