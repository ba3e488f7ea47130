"""Take the documentation's pictures of the reading room: the real server, the model that ships, films of nobody.

Run it after a change that is seen: `.venv/bin/python docs/screenshots.py`. It needs Playwright and Chromium.
"""

import contextlib
import io
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from firstread.data import synthetic
from firstread.data.synthetic_file import FileFormat

IMAGES = Path(__file__).resolve().parent / "images"
CHROMIUM = next(
    filter(
        None, map(shutil.which, ("chromium", "chromium-headless-shell", "chromium-browser", "google-chrome"))
    ),
    None,
)
# A graphics card in software: the same picture everywhere.
FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 780}
TALL = {"width": 1280, "height": 1720}
N_FILMS, SEED, DISEASED = 60, 4, 0.1
WARM = 14  # the place of a film whose heat map shows one lung
WARDS = ("emergency", "ward 2", "ward 5")
ANSWERS = "aaaadaaaauaaaaaadaaa"  # what a reader says of the first films
MOST_BYTES = 300_000
_N_GREYS, _NEARLY_GREY = 64, 3


def make_films(folder: Path) -> None:
    """Write films of nobody under names that tell nothing, and one file that cannot be read."""
    with tempfile.TemporaryDirectory() as made:
        films = synthetic.generate(
            N_FILMS, Path(made), seed=SEED, layout=FileFormat.DICOM, diseased_fraction=DISEASED
        )
        order = random.Random(SEED)  # noqa: S311 - no secret
        for number, film in enumerate(order.sample(films, len(films)), start=1):
            ward = folder / order.choice(WARDS)
            ward.mkdir(parents=True, exist_ok=True)
            shutil.move(film, ward / f"chest-{number:03}.dcm")
    cut_short = folder / WARDS[0] / "chest-061.dcm"
    cut_short.write_bytes((folder / WARDS[0]).glob("*.dcm").__next__().read_bytes()[:20_000])


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """Start the server on a store of its own, with the films of a folder; yield the address to open."""
    command = [
        sys.executable,
        "-m",
        "firstread",
        "serve",
        "films",
        "--folder",
        "store",
        "--no-open",
        "--port",
        "0",
    ]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own
    try:
        yield next(line for line in process.stdout or () if "http://" in line).split("open: ")[1].strip()
    finally:
        process.terminate()
        process.communicate(timeout=30)


def opened(browser: Browser, address: str, *, size: dict[str, int], is_phone: bool = False) -> Page:
    """Open the page, and wait until every film is ranked."""
    page = browser.new_page(
        viewport={"width": size["width"], "height": size["height"]},
        device_scale_factor=2 if is_phone else 1,
        has_touch=is_phone,
    )
    page.goto(address)
    expect(page.locator("#state option").first).to_have_text(f"Unread ({N_FILMS + 1})", timeout=120_000)
    expect(page.locator("#live")).to_have_text("Up to date", timeout=120_000)
    return page


def choose(page: Page, place: int) -> None:
    """Choose the film that stands at a place, from 1, and wait until it is shown."""
    page.keyboard.press("Home")
    for _ in range(place - 1):
        page.keyboard.press("j")
    expect(page.locator("#film-place")).to_have_text(f"{place} of {N_FILMS + 1}")
    shown = page.locator(".film-surface canvas").first
    expect(shown).to_have_attribute("aria-label", f"Radiograph {page.locator('#film-name').inner_text()}")
    page.wait_for_timeout(1500)  # the heat map, the place and its reason come after the film


def taken(page: Page) -> Image.Image:
    """Return what the page shows."""
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def keep(name: str, picture: Image.Image) -> None:
    """Write a picture in 256 colours: some for the greys of the film, the others for what is coloured."""
    file = IMAGES / f"{name}.png"
    picture.quantize(palette=palette(picture), dither=Image.Dither.NONE).save(file, optimize=True)
    if file.stat().st_size > MOST_BYTES:
        raise SystemExit(f"{file}: must have at most {MOST_BYTES} bytes; it has {file.stat().st_size}.")
    sys.stdout.write(f"{file.name}: {picture.width} × {picture.height}, {file.stat().st_size:,} bytes\n")


def palette(picture: Image.Image) -> Image.Image:
    """Return 256 colours for a picture; one that is seldom, as that of a word, counts as much as a frequent one."""
    seen = np.unique(np.asarray(picture).reshape(-1, 3), axis=0)
    coloured = seen[np.ptp(seen.astype(int), axis=1) > _NEARLY_GREY]
    colours = Image.fromarray(coloured[np.newaxis]).quantize(
        256 - _N_GREYS, method=Image.Quantize.MAXCOVERAGE, kmeans=2
    )
    chosen = np.array(colours.getpalette()[: 3 * (256 - _N_GREYS)]).reshape(-1, 3)
    greys = np.repeat(np.linspace(0, 255, _N_GREYS).round()[:, np.newaxis], 3, axis=1)
    both = Image.new("P", (1, 1))
    both.putpalette(np.concatenate([greys, chosen]).astype(np.uint8).tobytes())
    return both


def beside(left: Image.Image, right: Image.Image, *, gap: int = 40) -> Image.Image:
    """Return two pictures of one height side by side."""
    both = Image.new("RGB", (left.width + gap + right.width, left.height), "white")
    both.paste(left, (0, 0))
    both.paste(right, (left.width + gap, 0))
    return both


def at_the_desk(browser: Browser, address: str) -> None:
    """Take the pictures of a large screen."""
    page = opened(browser, address, size=DESK)
    choose(page, 1)
    keep("reading-room-dark", taken(page))
    page.keyboard.press("l")
    keep("reading-room-light", taken(page))
    page.keyboard.press("l")
    choose(page, WARM)
    page.keyboard.press("h")
    page.wait_for_timeout(500)
    keep("heat-map", taken(page))
    page.keyboard.press("h")
    page.keyboard.press("b")
    expect(page.locator(".film .band", has_text="score hidden").first).to_be_visible()
    choose(page, 3)
    keep("blinded", taken(page))
    page.context.close()


def looking_back(browser: Browser, address: str) -> None:
    """Take the picture of the dashboard, after some films were read."""
    page = opened(browser, address, size=DESK)
    for key in ANSWERS:
        # No answer counts before the film is shown.
        expect(page.locator("#answers button").first).to_have_attribute("aria-disabled", "false")
        page.keyboard.press(key)
        expect(page.locator("#said")).not_to_be_empty()
        page.wait_for_timeout(500)
    page.set_viewport_size(TALL)
    page.goto(page.url.split("?")[0].rstrip("/") + "/dashboard")
    page.wait_for_timeout(2000)
    keep("dashboard", taken(page))
    page.context.close()


def on_a_phone(browser: Browser, address: str) -> None:
    """Take the picture of a narrow screen: the list, and a film."""
    page = opened(browser, address, size=PHONE, is_phone=True)
    page.wait_for_timeout(500)
    films = taken(page)
    page.locator(".film").first.tap()
    page.wait_for_timeout(2000)
    keep("narrow", beside(films, taken(page)))
    page.context.close()


def main() -> None:
    """Take every picture."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        make_films(Path(folder) / "films")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with served(Path(folder)) as address:
            at_the_desk(browser, address)
            on_a_phone(browser, address)
            looking_back(browser, address)
        browser.close()


if __name__ == "__main__":
    main()
