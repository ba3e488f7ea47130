"""The Streamlit page classifies dropped films."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from firstread.data import synthetic

APP = Path(__file__).parents[2] / "examples" / "streamlit_app.py"


@pytest.fixture
def page() -> Iterator[AppTest]:
    yield AppTest.from_file(str(APP), default_timeout=60)
    streamlit.cache_resource.clear()


def test_the_page_waits_for_films(page: AppTest) -> None:
    page.run()

    assert not page.exception
    assert "Drop films here" in page.info[0].value


def test_dropped_films_are_ranked_and_what_is_no_film_says_why(page: AppTest, tmp_path: Path) -> None:
    normal, *_, diseased = sorted(synthetic.generate(6, tmp_path, seed=1), key=lambda film: film.name)
    page.run()

    page.file_uploader[0].set_value(
        [
            (normal.name, normal.read_bytes(), "image/jpeg"),
            (diseased.name, diseased.read_bytes(), "image/jpeg"),
            ("letter.png", b"no picture", "image/png"),
        ]
    ).run()

    assert not page.exception
    labels = [expander.label for expander in page.expander]
    assert labels[0].startswith("1. ")
    assert diseased.name in labels[0]
    assert any("letter.png" in warning.value and "not scored" in warning.value for warning in page.warning)
    assert "of 3 films are urgent" in page.subheader[0].value


def test_the_example_stays_short() -> None:
    assert len(APP.read_text().splitlines()) < 120
