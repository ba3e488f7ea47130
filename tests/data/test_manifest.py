from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from firstread.data.manifest import Film, Manifest, PatientKey, Series
from firstread.errors import DataError
from firstread.terms import LabelState

MakeFolder = Callable[[Iterable[str]], Path]


def _film(name: str, finding: LabelState = LabelState.PRESENT) -> Film:
    return Film(Path(name), PatientKey(Series.VIRUS, 447), finding, "train")


def test_a_patient_is_known_by_series_and_number() -> None:
    """A bare number collides between series, and a public figure of 264 leaking patients came of it."""
    assert PatientKey(Series.VIRUS, 447) != PatientKey(Series.BACTERIA, 447)
    assert "virus-447" == str(PatientKey(Series.VIRUS, 447))


def test_diseased_follows_the_findings() -> None:
    manifest = Manifest((_film("a"), _film("b", LabelState.ABSENT)))

    assert [True, False] == manifest.diseased.tolist()
    assert not manifest.diseased.flags.writeable


@pytest.mark.parametrize("which", [[2, 0], np.array([2, 0])])
def test_rows_are_selected_in_the_order_asked_for(which: Any) -> None:
    manifest = Manifest(tuple(_film(name) for name in "abc"))

    assert (Path("c"), Path("a")) == manifest.select(which).paths


def test_a_mask_and_a_predicate_select_the_same() -> None:
    manifest = Manifest(tuple(_film(name) for name in "abc"))

    by_mask = manifest.select(np.array([True, False, True]))

    assert by_mask == manifest.select(lambda film: film.path != Path("b"))


def test_a_path_may_come_once_only() -> None:
    with pytest.raises(DataError, match="a: a film must be in the manifest once; it came 2 times"):
        Manifest((_film("a"), _film("a")))


def test_an_uncertain_finding_is_refused() -> None:
    with pytest.raises(DataError, match="must be present or absent; received 'uncertain'"):
        Manifest((_film("a", LabelState.UNCERTAIN),))


def test_an_unknown_part_is_refused() -> None:
    with pytest.raises(DataError, match="must be train, val, test; received 'dev'"):
        Film(Path("a"), PatientKey(Series.IM, 200), LabelState.ABSENT, "dev")


def test_the_hash_follows_content_and_not_place_or_order(make_folder: MakeFolder, tmp_path: Path) -> None:
    folder = make_folder(["x/a.jpeg", "x/b.jpeg"])
    (folder / "x").rename(tmp_path / "moved")
    here = [_film(str(tmp_path / "moved" / name)) for name in ("a.jpeg", "b.jpeg")]
    before = Manifest(tuple(here)).hash()
    there = make_folder(["x/a.jpeg", "x/b.jpeg"])

    assert before == Manifest(tuple(_film(str(there / "x" / name)) for name in ("b.jpeg", "a.jpeg"))).hash()
    (tmp_path / "moved" / "a.jpeg").write_bytes(b"changed")
    assert before != Manifest(tuple(here)).hash()


def test_a_film_that_is_gone_has_no_hash() -> None:
    with pytest.raises(DataError, match=r"gone\.jpeg: a film must be readable; No such file"):
        Manifest((_film("gone.jpeg"),)).hash()
