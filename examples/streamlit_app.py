"""Drop films, read a ranked list: the Python API behind a Streamlit page.

    pip install firstread streamlit
    streamlit run examples/streamlit_app.py --server.address localhost

For a few films at a time, and this computer alone: without the address Streamlit answers the whole network. It also
holds uploads in memory and runs the page anew at every click; `firstread serve`
has thousands of films, a viewer and readings that survive a restart.
"""

import tempfile
from pathlib import Path

import numpy as np
import streamlit as st

import firstread
from firstread.config import Config
from firstread.imaging.film_pool import FilmPool
from firstread.inference import explain
from firstread.records import FilmFacts
from firstread.screening import Screened
from firstread.terms import DISCLAIMER

CONFIG = Config()
MARKS = {"URGENT": "🔴", "REVIEW": "🟡", "ROUTINE": "🟢"}


@st.cache_resource
def model() -> tuple[firstread.Predictor, FilmPool]:
    """Load the model that comes with firstread, and start the processes that open films, once."""
    bundle = firstread.load_bundle(firstread.shipped_bundle())
    pool = FilmPool(bundle.recipe, limits=CONFIG.read, workers=CONFIG.workers)
    return firstread.Predictor(bundle, settings=CONFIG.inference), pool


def screened(files: list[tuple[str, bytes]]) -> list[tuple[str, Screened]]:
    """Screen files by name and content; the most urgent come first."""
    predictor, pool = model()
    with tempfile.TemporaryDirectory() as folder:
        # Films get numbers for names: what a file is called may be a patient's name.
        paths = [Path(folder, f"{number}{Path(name).suffix}") for number, (name, _) in enumerate(files)]
        for path, (_, content) in zip(paths, files, strict=True):
            path.write_bytes(content)
        found = list(firstread.screen(paths, predictor, config=CONFIG, pictures=True, pool=pool))
    names = {path: name for path, (name, _) in zip(paths, files, strict=True)}
    of_path = {one.outcome.path: one for one in found}
    entries = firstread.rank([one.outcome for one in found], wait_cap=CONFIG.worklist.wait_cap)
    return [(names[entry.outcome.path], of_path[entry.outcome.path]) for entry in entries]


def show(rank: int, name: str, film: Screened, *, with_heat: bool) -> None:
    """Show one film with what the model says of it."""
    outcome = film.outcome
    if isinstance(outcome, firstread.NotScored):
        st.warning(f"**{rank}. {name}** was not scored: {outcome.reason.message}")
        return
    with st.expander(
        f"{rank}. {MARKS[outcome.band]} {outcome.band} · {outcome.probability:.0%} · {name}",
        expanded=rank == 1,
    ):
        left, right = st.columns([2, 1])
        if film.picture is not None:
            left.image(
                picture(film.picture.film, film.picture.heat_map if with_heat else None, outcome.facts)
            )
        right.metric("Probability of pneumonia", f"{outcome.probability:.1%}")
        if outcome.shift is not None:
            right.caption(f"More unusual than {outcome.shift:.0f} % of the films it was tuned on.")
        for warning in outcome.warnings:
            right.warning(warning)


def picture(film: np.ndarray, heat_map: np.ndarray | None, facts: FilmFacts) -> np.ndarray:
    """Return the film in its own proportions, with the heat map over it."""
    from PIL import Image

    size = (512, max(1, round(512 * facts.height / facts.width)))
    pixels = np.asarray(Image.fromarray(film).resize(size, Image.Resampling.BICUBIC))
    return pixels if heat_map is None else explain.overlay(pixels, heat_map)


def main() -> None:
    """Lay out the page."""
    st.set_page_config("firstread", layout="wide")
    st.title("firstread")
    st.caption(DISCLAIMER)
    uploaded = st.file_uploader("Chest radiographs (DICOM, JPEG, PNG)", accept_multiple_files=True)
    with_heat = st.toggle("Heat map", value=True)
    if not uploaded:
        st.info("Drop films here. Nothing leaves this computer.")
        return
    with st.spinner(f"Reading {len(uploaded)} films …"):
        films = screened([(file.name, file.getvalue()) for file in uploaded])
    n_urgent = sum(getattr(film.outcome, "flagged", False) for _, film in films)
    st.subheader(f"{n_urgent} of {len(films)} films are urgent")
    for rank, (name, film) in enumerate(films, start=1):
        show(rank, name, film, with_heat=with_heat)


main()
