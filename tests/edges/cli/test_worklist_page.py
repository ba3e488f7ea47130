"""The page is self-contained, and no file name becomes part of it but as text."""

import io
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import numpy as np
import pytest

from firstread.edges.cli import film_pictures, worklist_page
from firstread.edges.cli.picture_spool import PictureSpool
from firstread.edges.cli.reading_worklist import ReadingWorklist
from firstread.screening import Picture

if TYPE_CHECKING:
    from playwright.sync_api import Browser


class Page(HTMLParser):
    """Collects the tags and the text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture
def text(worklist: ReadingWorklist, tmp_path: Path) -> str:
    """Return the page of the worklist, with a picture of its first film."""
    film = np.arange(224 * 224, dtype=np.uint32).reshape(224, 224).astype(np.uint8)
    picture = Picture(film, np.eye(7, dtype=np.float32))
    stream = io.BytesIO()
    with PictureSpool() as spool:
        uris = {"film": film_pictures.film_uri(picture), "heat_map": film_pictures.heat_map_uri(picture)}
        spool.add(worklist.entries[0].outcome.path, uris)
        worklist_page.write_page(
            worklist,
            stream,
            page=tmp_path / "page.html",
            pictures=spool,
            now=datetime(2026, 1, 2, tzinfo=UTC),
        )
    return stream.getvalue().decode()


def test_every_film_is_on_the_page_once(text: str) -> None:
    films = Page(text).all("li")

    assert ["1", "2", "3", "4"] == [film["data-rank"] for film in films]
    assert ["URGENT", "REVIEW", "not scored", "ROUTINE"] == [film["data-band"] for film in films]


def test_a_hostile_name_is_text(text: str) -> None:
    page = Page(text)

    assert "<img src=x onerror=alert(1)>.jpg" in page.text
    assert "<b>warning</b>" not in text
    assert not [tag for tag, attributes in page.tags if "onerror" in attributes]
    assert "\x1b" not in text


def test_nothing_is_fetched(text: str) -> None:
    """Sources are data; the only links are to the films themselves, and to places on the page."""
    page = Page(text)

    assert [] == [a for _, a in page.tags if not (a.get("src") or "data:").startswith("data:")]
    assert {"data:,"} == {link["href"] for link in page.all("link")}
    assert "url(" not in text
    assert not re.search(r"https?://", text)


def test_only_the_page_s_own_script_may_run(text: str) -> None:
    policy = next(meta["content"] or "" for meta in Page(text).all("meta") if "http-equiv" in meta)

    assert "default-src 'none'" in policy
    assert re.search(r"script-src 'sha256-[A-Za-z0-9+/=]{44}'", policy)
    assert "unsafe-eval" not in policy


def test_a_film_is_linked_from_where_the_page_lies(text: str, tmp_path: Path) -> None:
    href = Page(text).all("li")[0]["data-href"] or ""

    assert ":" not in href
    assert Path("films/<img src=x onerror=alert(1)>.jpg").resolve() == (tmp_path / unquote(href)).resolve()


def test_the_first_film_has_its_pictures(text: str) -> None:
    page = Page(text)

    assert (page.all("li")[0]["data-heat"] or "").startswith("data:image/png;base64,")
    assert (page.all("img")[0]["src"] or "").startswith("data:image/jpeg;base64,")
    assert {"src": page.all("img")[0]["src"], "loading": "lazy"}.items() <= page.all("img")[0].items()


def test_a_film_that_was_not_scored_says_why(text: str) -> None:
    assert "The file is not a picture." in Page(text).text


def test_a_synthetic_film_says_so(text: str) -> None:
    assert "data-synthetic" in Page(text).all("li")[1]
    assert "SYNTHETIC" in Page(text).text


def test_no_probability_claims_certainty(text: str) -> None:
    assert "< 1 %" in "".join(Page(text).text)


def test_the_page_says_what_it_is_not(text: str) -> None:
    assert "Research software, not a medical device: a radiologist reads every film." in Page(text).text


def test_the_script_runs_under_its_own_policy(text: str, tmp_path: Path, browser: "Browser") -> None:
    """A wrong hash would silently leave a page without keys, sorting and heat maps."""
    file = tmp_path / "page.html"
    file.write_text(text)
    page = browser.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))

    page.goto(file.as_uri())
    drawn = page.content()
    page.close()

    assert [] == refused
    assert "0 of 4 read" in drawn
    assert '<h2 id="v-name">1. &lt;img src=x onerror=alert(1)&gt;.jpg</h2>' in drawn
