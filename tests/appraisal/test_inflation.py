from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from firstread.appraisal import inflation
from firstread.appraisal.inflation import Cut
from firstread.appraisal.judged import Judged
from firstread.data.manifest import Film, Manifest, PatientKey
from firstread.evaluation.intervals import Interval, NotDefined
from firstread.terms import LabelState

SPLITS = ["random by film", "patient-grouped", "ID-block", "official"]


def manifest(n_patients: int = 400, *, films_each: int = 2, test: bool = False) -> Manifest:
    """Return patients of two series, diseased and not, the last eighth of each in test where wanted."""
    films: list[Film] = []
    for number in range(n_patients):
        ill = number % 2 == 0
        part = "test" if test and number >= n_patients * 7 // 8 else "train"
        films.extend(
            Film(
                Path(f"films/{number}-{film}.png"),
                PatientKey("ill" if ill else "well", number),
                LabelState.PRESENT if ill else LabelState.ABSENT,
                part,
            )
            for film in range(films_each)
        )
    return Manifest(tuple(films))


def patients(whole: Manifest, rows: npt.NDArray[np.intp]) -> set[PatientKey]:
    return {whole.patients[row] for row in rows}


def test_an_eighth_is_judged_and_an_eighth_tuned_on() -> None:
    found = inflation.cuts(manifest(test=True), seed=1)

    assert SPLITS == list(found)
    for name, cut in found.items():
        assert isinstance(cut, Cut)
        everything = np.concatenate([cut.training, cut.tuning, cut.judged])
        assert everything.size == np.unique(everything).size
        assert (100 if name == "official" else 87) == pytest.approx(cut.judged.size, abs=3)
        assert 87 == pytest.approx(cut.tuning.size, abs=3)


def test_only_the_random_split_has_a_patient_on_both_sides() -> None:
    whole = manifest(test=True)

    for name, cut in inflation.cuts(whole, seed=1).items():
        assert isinstance(cut, Cut)
        shared = patients(whole, cut.judged) & patients(whole, cut.training)
        assert (name == "random by film") == bool(shared)


def test_the_id_block_split_judges_the_lowest_numbers() -> None:
    whole = manifest()

    cut = inflation.cuts(whole, seed=1)["ID-block"]

    assert isinstance(cut, Cut)
    assert set(range(50)) == {patient.number for patient in patients(whole, cut.judged)}
    assert set(range(50, 100)) >= {patient.number for patient in patients(whole, cut.tuning)} - {100, 101}


def test_a_small_folder_has_a_third_judged() -> None:
    cut = inflation.cuts(manifest(80, films_each=1), seed=1)["ID-block"]

    assert isinstance(cut, Cut)
    assert 26 == cut.judged.size


def test_a_folder_without_test_part_has_no_official_split() -> None:
    official = inflation.cuts(manifest(), seed=1)["official"]

    assert isinstance(official, NotDefined)
    assert "The folder must hold a test part; it holds none." == official.reason


def test_a_patient_in_two_parts_takes_the_official_split_away_and_no_other() -> None:
    whole = manifest(test=True)
    again = Film(Path("films/again.png"), whole.films[-1].patient, whole.films[-1].finding, "train")

    found = inflation.cuts(Manifest((*whole.films, again)), seed=1)

    official = found.pop("official")
    assert isinstance(official, NotDefined)
    assert "a patient must be in one part only; 1 is in training and internal test" in official.reason
    assert all(isinstance(cut, Cut) for cut in found.values())


def test_what_holds_for_a_patient_is_worth_much_at_random_and_nothing_by_patient() -> None:
    """Each patient has a mark of their own that says nothing about others: only a patient seen before is known."""
    whole = manifest(120, films_each=6)
    rng = np.random.default_rng(8)
    marks = np.zeros((len(whole), 120))
    marks[np.arange(len(whole)), [patient.number for patient in whole.patients]] = 1
    ill = np.random.default_rng(9).permutation(120) < 60
    films = tuple(
        Film(film.path, PatientKey("all", film.patient.number), _finding(ill[film.patient.number]), "train")
        for film in whole.films
    )
    mixed = Manifest(films)

    rows = inflation.inflation_table(mixed, {"marks": marks}, cut=inflation.cuts(mixed, seed=2), rng=rng)

    at_random, by_patient = (row.judged for row in rows[:2])
    assert isinstance(at_random, Judged)
    assert isinstance(by_patient, Judged)
    assert isinstance(at_random.auroc, Interval)
    assert isinstance(by_patient.auroc, Interval)
    assert at_random.auroc.estimate > 0.99
    assert 0.5 == pytest.approx(by_patient.auroc.estimate, abs=0.05)  # rounding breaks ties


def _finding(ill: np.bool_) -> LabelState:
    return LabelState.PRESENT if ill else LabelState.ABSENT


def test_the_table_says_how_many_judged_films_were_learned_from() -> None:
    whole = manifest()
    columns = np.random.default_rng(3).normal(size=(len(whole), 2)) + whole.diseased[:, np.newaxis]
    learned = np.ones(len(whole), np.bool_)

    rows = inflation.inflation_table(
        whole,
        {"plain": columns, "bundle": columns},
        cut=inflation.cuts(whole, seed=1),
        rng=np.random.default_rng(1),
        learned_from={"bundle": learned},
    )

    assert [(name, split) for split in SPLITS for name in ("plain", "bundle")] == [
        (row.model, row.split) for row in rows
    ]
    assert [None, 100, None, 100] == [row.known for row in rows[:4]]
    assert isinstance(rows[-1].judged, NotDefined)


def test_too_few_judged_films_are_not_defined() -> None:
    whole = manifest(40, films_each=1)
    columns = whole.diseased[:, np.newaxis].astype(np.float64)

    rows = inflation.inflation_table(
        whole, {"plain": columns}, cut=inflation.cuts(whole, seed=1), rng=np.random.default_rng(1)
    )

    judged = rows[2].judged
    assert isinstance(judged, NotDefined)
    assert (
        "At least 10 films of each class must be judged; received 6 diseased and 6 non-diseased."
        == judged.reason
    )
