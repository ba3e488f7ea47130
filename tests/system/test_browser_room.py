"""What the page of a real server says of its films and what is done with them there, in one room for all tests."""

import csv
import io
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from scipy.special import logit

from firstread.edges.web import words
from firstread.evaluation.calibration_interval import probability_interval
from firstread.inference.bundle import Bundle

if TYPE_CHECKING:
    from tests.system.conftest import Enter, MakeFilm, Served, Start, Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Each film's brightness: the first two are flagged, and the first one is brighter than what the model was tuned on.
SCORED = {"unlike.png": 210, "flagged.png": 150, "review.png": 110}
WAIT_CAP = 7
OFFER = "A folder of the server…"


@pytest.fixture(scope="module")
def tiny_bundle(bundle_with_intervals: Bundle) -> Bundle:
    return bundle_with_intervals


class Room:
    """A server with a few films that came through its page, and this page."""

    def __init__(self, served: "Served", visit: "Visit", bundle: Bundle) -> None:
        self.served, self.visit, self.page, self.bundle = served, visit, visit.page, bundle

    def film(self, name: str) -> dict[str, Any]:
        """Return all that the server knows of a film."""
        (sha256,) = (row["film"] for row in self.served.rows() if row["name"] == name)
        known: dict[str, Any] = self.served.client.get(f"/api/v1/films/{sha256}").json()
        return known

    def choose(self, name: str) -> None:
        row, chosen = self.page.locator(".film:not([hidden])", has_text=name), self.page.locator("#film-name")

        def is_chosen() -> bool:
            # While films come a row moves: then it is not the one that is clicked.
            row.click()
            return name in chosen.inner_text()

        self.visit.until(is_chosen)

    def sees(self, selector: str, said: str) -> None:
        from playwright.sync_api import expect

        expect(self.page.locator(selector)).to_contain_text(said)

    def sees_none(self, selector: str) -> None:
        from playwright.sync_api import expect

        expect(self.page.locator(selector)).to_have_count(0)

    def until_read(self, films: int) -> None:
        """Wait until so many films are counted as read: the list follows what is recorded, a moment later."""
        self.visit.until(lambda: self.served.counts()["read"] == films)

    def undo(self, read: int) -> None:
        """Take back the last reading of `read` films."""
        from playwright.sync_api import expect

        self.until_read(read)
        self.page.keyboard.press("z")
        self.until_read(read - 1)
        # The page knows it too: until then it takes nothing else back.
        expect(self.page.locator("#answers button").first).to_have_attribute("aria-disabled", "false")

    def pick(self, folder: Path) -> None:
        self.page.locator("#folder-picker").set_input_files(folder)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, make_film: "MakeFilm") -> Path:
    """Return a root of the server with a folder of two films."""
    folder = tmp_path_factory.mktemp("disk") / "archive"
    (folder / "ward 9").mkdir(parents=True)
    for seed in (91, 92):
        (folder / "ward 9" / f"of-archive-{seed}.png").write_bytes(make_film(100, seed))
    return folder


@pytest.fixture(scope="module")
def room(
    start_for_all: "Start",
    enter_for_all: "Enter",
    make_film: "MakeFilm",
    tiny_bundle: Bundle,
    archive: Path,
    colour_photograph: bytes,
    tmp_path_factory: pytest.TempPathFactory,
) -> Room:
    """Return a room in which three films were picked, and then one of them again with four files that are none."""
    ward, desk = (tmp_path_factory.mktemp("picked") / name for name in ("ward", "desk"))
    scored = {
        name: make_film(brightness, seed, side=160) for seed, (name, brightness) in enumerate(SCORED.items())
    }
    others = {
        "again.png": scored["flagged.png"],
        "cut.png": make_film(110, 8)[:4000],
        "empty.png": b"",
        "hand.png": colour_photograph,
        "letter.txt": b"Dear colleague",
    }
    for folder, files in ((ward, scored), (desk, others)):
        folder.mkdir()
        for name, content in files.items():
            (folder / name).write_bytes(content)
    settings = {"FIRSTREAD_WORKLIST__WAIT_CAP": str(WAIT_CAP)}
    if os.open in os.supports_dir_fd:
        settings["FIRSTREAD_WEB__ROOTS"] = json.dumps([str(archive)])
    served = start_for_all(settings=settings)
    opened = Room(served, enter_for_all(served.url), tiny_bundle)
    opened.pick(ward)
    served.until_done(3)
    opened.pick(desk)
    served.until_done(7)
    opened.visit.until(lambda: len(opened.visit.names()) == 7)
    opened.sees("#live", "Up to date")
    return opened


# Where each mark of the scale begins and ends, as shares of the scale.
MARKS = """() => {
    const scale = document.querySelector("#facts .scale").getBoundingClientRect();
    return [...document.querySelectorAll("#facts .scale i")].map((mark) => {
        const { left, right } = mark.getBoundingClientRect();
        return [mark.className, (left - scale.left) / scale.width, (right - scale.left) / scale.width];
    });
}"""


@pytest.mark.parametrize(
    ("name", "band"), [("unlike.png", "URGENT"), ("flagged.png", "URGENT"), ("review.png", "REVIEW")]
)
def test_a_score_is_told_with_its_interval_and_the_operating_points(room: Room, name: str, band: str) -> None:
    """In words, and on a scale from 0 to 1: the interval, both thresholds, and the probability."""
    room.choose(name)
    probability = room.film(name)["probability"]
    assert room.bundle.tuning_scores is not None
    raw = (logit(probability) - room.bundle.calibration.intercept) * room.bundle.calibration.temperature
    low, high = map(float, probability_interval(room.bundle.calibration, room.bundle.tuning_scores, raw))
    interval = words.interval(low, high)

    room.sees("#facts .probability", f"calibrated probability of pneumonia; 95 % interval {interval}")
    room.sees("#facts .headline", f"{words.percent(probability)}{band}")
    room.sees("#facts .probability", words.caution(0.5))
    room.sees(
        "#facts .probability", "URGENT from 50.0 %: on tuning films sensitivity 95 %, specificity 90 %."
    )
    marks = room.page.evaluate(MARKS)
    assert ["interval", "edge", "edge", "value"] == [mark for mark, _, _ in marks]
    drawn = [end for _, *ends in marks for end in ends]
    # A mark is as wide as a line is.
    assert pytest.approx([low, high, 0.5, 0.5, 0.2, 0.2, probability, probability], abs=0.01) == drawn


def test_a_film_unlike_those_the_model_knows_says_so_in_the_list_and_beside_its_score(room: Room) -> None:
    warning = (
        "unlike the films this model was tuned on (more unusual than any of them): do not rely on the score"
    )
    room.choose("unlike.png")

    room.sees("#facts .warnings li", warning)
    room.sees("#facts .facts", "more than any film the model was tuned on (shift)")
    room.sees(".film[aria-selected=true] .note", warning)
    room.choose("review.png")
    room.sees_none("#facts .warnings")


REASONS = {
    "cut.png": "damaged",
    "empty.png": "empty",
    "hand.png": "colour picture",
    "letter.txt": "not a picture",
}
LISTED = """() => Object.fromEntries([...document.querySelectorAll(".film:not([hidden])")].map((row) => {
    const said = (part) => row.querySelector(part).textContent;
    return [said(".name"), [said(".band"), said(".percent"), said(".note")]];
}))"""


def test_every_file_ends_in_the_list_with_its_band_or_with_its_reason(room: Room) -> None:
    listed = room.page.evaluate(LISTED)
    room.page.locator("#state").select_option("not_scored")
    room.visit.until(lambda: set(room.visit.names()) == set(REASONS))
    unscored = room.page.evaluate(LISTED)
    room.page.locator("#state").select_option("unread")
    room.visit.until(lambda: len(room.visit.names()) == 7)

    assert {"unlike.png": "URGENT", "flagged.png": "URGENT", "review.png": "REVIEW"} == {
        name: band for name, (band, percent, _) in listed.items() if percent
    }
    assert unscored == {name: told for name, told in listed.items() if name not in SCORED}
    for name, known in REASONS.items():
        assert ["not scored", "", room.film(name)["reason"]["message"]] == unscored[name]
        assert known in unscored[name][2], unscored


def test_a_film_that_was_refused_shows_its_reason_and_no_score(room: Room) -> None:
    room.choose("hand.png")

    room.sees("#facts .refusal", "not scored")
    room.sees("#facts .refusal", room.film("hand.png")["reason"]["message"])
    room.sees("#facts .refusal", "The model says nothing of this film. It is read in the order of arrival.")
    room.sees_none("#facts .scale")
    assert "%" not in room.page.locator("#facts").inner_text()


def test_a_copy_is_told_on_its_way_and_with_its_film(room: Room) -> None:
    room.page.get_by_role("button", name="Each file…").click()
    room.page.locator("#ledger-end").select_option("copy")
    room.sees("#ledger-count", "1 file")
    room.sees(".entry:not([hidden])", "Copy of ward/flagged.png")
    room.page.keyboard.press("Escape")
    room.choose("flagged.png")

    room.sees(".film[aria-selected=true] .names", "2 names")
    room.sees("#facts .copies", "again.png")


def test_the_first_film_says_why_it_is_first_and_the_rule_says_why_any_is(room: Room) -> None:
    """The rule stays open from film to film; a blinded reader is told neither."""
    from playwright.sync_api import expect

    rule = room.page.get_by_text(f"No film stands more than {WAIT_CAP} places below its order of arrival")
    room.page.locator("#list").press("Home")
    room.sees("#film-name", "unlike.png")
    room.sees("#facts", "Why is this here?")
    room.sees("#facts", "URGENT with a probability of 96 %")
    room.sees("#facts", "Rank 1 of 6; ")
    expect(rule).to_be_hidden()
    room.page.locator("#rank-rule").press("Enter")
    expect(rule).to_contain_text("The more urgent band first, within a band the higher probability.")
    expect(room.page.locator("#rank-rule")).to_be_focused()
    room.page.keyboard.press("j")
    room.sees("#film-name", "flagged.png")
    expect(rule).to_be_visible()
    room.page.keyboard.press("b")
    room.sees("#facts", "The score is hidden")
    room.sees_none("#rank-rule")
    assert "Why is this here?" not in room.page.locator("#facts").inner_text()
    room.page.keyboard.press("b")
    room.sees("#facts", "Why is this here?")
    room.page.locator("#rank-rule").press("Enter")
    expect(rule).to_be_hidden()


def test_answers_in_teaching_make_a_point(room: Room) -> None:
    """A reader who sees pneumonia everywhere misses none, and calls every film that is not flagged."""
    from playwright.sync_api import expect

    room.page.keyboard.press("t")
    room.sees("#facts", "The score is hidden")
    room.page.keyboard.press("Home")
    for count in range(1, 4):
        room.sees("#facts", "The score is hidden")
        room.visit.until_shown()
        room.page.keyboard.press("1")
        room.sees("#tally", f"of {count} as the model")
        room.page.keyboard.press("j")

    expect(room.page.locator("#roc-figure svg")).to_have_attribute(
        "aria-label",
        "Your point: false-positive rate 100 %, true-positive rate 100 %; n = 3 films. Reference: the model's flag.",
    )
    for read in (3, 2, 1):
        room.undo(read)
    room.page.keyboard.press("t")
    room.sees("#facts", "Why is this here?")


def test_the_list_is_saved_as_json_and_labels_as_csv(room: Room) -> None:
    film = room.film("review.png")["film"]
    room.served.client.post(f"/api/v1/films/{film}/readings", json={"finding": "absent"})
    room.page.locator("#state").select_option("read")
    room.visit.until(lambda: room.visit.names() == ["review.png"])

    room.page.locator("#export").click()
    with room.page.expect_download() as saved:
        room.page.get_by_role("button", name="Worklist as JSON").click()
    told = json.loads(saved.value.path().read_text())
    room.page.locator("#export").click()
    with room.page.expect_download() as saved:
        room.page.get_by_role("link", name="Labels as CSV").click()
    labels = list(csv.DictReader(io.StringIO(saved.value.path().read_text())))

    assert [film] == [each["film"] for each in told["films"]]
    assert room.bundle.sha256 == told["bundle"]["sha256"]
    assert [{"film": film, "label": "absent", "readers": "this computer", "blinded": "false"}] == labels
    room.served.client.post("/api/v1/readings/undo")
    room.page.locator("#state").select_option("unread")
    room.visit.until(lambda: len(room.visit.names()) == 7)


def test_an_administrator_removes_a_film_and_its_file(
    room: Room, make_film: "MakeFilm", tmp_path: Path
) -> None:
    (tmp_path / "mistaken.png").write_bytes(make_film(130, 77))
    room.pick(tmp_path)
    room.sees(".film:has-text('mistaken.png') .percent", "%")
    film = room.film("mistaken.png")["film"]
    room.choose("mistaken.png")
    room.page.get_by_role("button", name="Remove this film…").click()
    room.sees("#removal-name", "mistaken.png")
    room.page.get_by_role("button", name="Remove it").click()
    room.visit.until(lambda: "mistaken.png" not in room.visit.names())

    assert 404 == room.served.client.get(f"/api/v1/films/{film}").status_code
    assert 404 == room.served.client.get(f"/api/v1/films/{film}/file").status_code
    room.served.until_done(7)


@pytest.mark.skipif(os.open not in os.supports_dir_fd, reason="Roots need a system that opens by folder.")
def test_an_administrator_takes_in_a_folder_of_the_server(room: Room) -> None:
    from playwright.sync_api import expect

    room.page.locator("#add").click()
    room.page.locator("#add-menu").get_by_role("button", name=OFFER).click()
    expect(room.page.locator("#root option")).to_have_text(["archive"])
    room.page.locator("#root-folders").get_by_role("button", name="ward 9").click()
    room.sees("#root-said", "In it: 2 files and 0 folders.")
    room.page.get_by_role("button", name="Take in").click()
    room.sees("#taking-title", "Done: archive/ward 9, 2 files")
    room.sees("#taking-ends", "2 received")
    room.visit.until(lambda: "of-archive-91.png" in room.visit.names())

    room.served.until_done(9)
    assert "archive/ward 9" == room.film("of-archive-92.png")["folder"]
