from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstread.config import Training
from firstread.data import splits
from firstread.data.manifest import Film, Manifest, PatientKey, Series
from firstread.data.splits import Split
from firstread.errors import DataError
from firstread.terms import LabelState, Part

MakeManifest = Callable[[Iterable[tuple[str, int, str]]], Manifest]

ROWS = st.lists(
    st.tuples(st.sampled_from([series.value for series in Series]), st.integers(200, 230), st.just("train")),
    min_size=1,
    max_size=120,
)


def _rows(per_series: int, films: int = 1, part: str = "train") -> list[tuple[str, int, str]]:
    return [(series, 200 + n, part) for series in Series for n in range(per_series) for _ in range(films)]


def _patients(manifest: Manifest) -> set[object]:
    return set(manifest.patients)


@settings(deadline=None)  # a busy machine is no failure
@given(rows=ROWS, blocks=st.integers(2, 9))
def test_blocks_are_contiguous_and_nearly_equal(
    make_manifest: MakeManifest, rows: list[tuple[str, int, str]], blocks: int
) -> None:
    cuts = splits.id_blocks(make_manifest(rows), blocks=blocks)

    for series, cut in cuts.items():
        everybody = [patient for block in cut for patient in block]
        assert sorted({n for s, n, _ in rows if s == series}) == [patient.number for patient in everybody]
        assert max(map(len, cut)) - min(map(len, cut)) <= 1


@settings(deadline=None)  # a busy machine is no failure
@given(rows=ROWS, blocks=st.integers(2, 5), tuning_block=st.integers(0, 4), seed=st.integers(0, 99))
def test_a_split_keeps_every_film_and_separates_patients_or_refuses(
    make_manifest: MakeManifest, rows: list[tuple[str, int, str]], blocks: int, tuning_block: int, seed: int
) -> None:
    manifest = make_manifest(rows)

    def by_block() -> Split:
        return splits.id_block(manifest, blocks=blocks, tuning_block=tuning_block % blocks)

    def by_draw() -> Split:
        return splits.patient_grouped(manifest, tuning_fraction=0.3, seed=seed)

    for make in (by_block, by_draw):
        try:
            split = make()
        except DataError:
            continue
        assert sorted(manifest.paths) == sorted(split.training.paths + split.tuning.paths)
        assert not _patients(split.training) & _patients(split.tuning)


def test_the_tuning_block_is_the_same_stretch_in_every_series(make_manifest: MakeManifest) -> None:
    """Counted by hand: 8 patients in 4 blocks, the second block has the third and fourth lowest numbers."""
    split = splits.id_block(make_manifest(_rows(8, films=2)), blocks=4, tuning_block=1)

    numbers = defaultdict(set)
    for patient in split.tuning.patients:
        numbers[patient.series].add(patient.number)

    assert {series: {202, 203} for series in Series} == numbers
    assert 16 == len(split.tuning)


def test_the_delivered_test_folder_becomes_the_internal_test(make_manifest: MakeManifest) -> None:
    test = [(series.value, 900, "test") for series in Series]

    for split in (
        splits.id_block(make_manifest(_rows(8) + test)),
        splits.patient_grouped(make_manifest(_rows(8) + test), seed=1),
    ):
        assert split.internal_test is not None
        assert {"test"} == {film.folder_part for film in split.internal_test.films}
        assert [Part.TRAINING, Part.TUNING, Part.INTERNAL_TEST] == list(split.parts)


def test_the_official_split_is_the_folders(make_manifest: MakeManifest) -> None:
    val = [(series.value, 500, "val") for series in Series]

    split = splits.official(make_manifest(_rows(3) + val))

    assert (12, 4, None) == (len(split.training), len(split.tuning), split.internal_test)


def test_a_patient_in_two_parts_is_refused_with_the_files(make_manifest: MakeManifest) -> None:
    rows = [*_rows(2), ("virus", 201, "val"), ("IM", 900, "val")]

    with pytest.raises(
        DataError, match=r"one part only; 1 is in training and tuning, for example 3.jpeg and 8.jpeg"
    ):
        splits.official(make_manifest(rows))


def test_a_patient_of_the_test_folder_must_not_be_learned_from(make_manifest: MakeManifest) -> None:
    rows = [*_rows(8), ("virus", 207, "test"), ("IM", 900, "test")]

    with pytest.raises(DataError, match="training and internal test"):
        splits.id_block(make_manifest(rows))


def test_a_part_without_one_class_is_refused(make_manifest: MakeManifest) -> None:
    rows = [*_rows(2), ("virus", 500, "val")]

    with pytest.raises(
        DataError,
        match="official split: the tuning part must hold films of both classes; received 1 diseased of 1",
    ):
        splits.official(make_manifest(rows))


def test_the_draw_follows_the_seed(make_manifest: MakeManifest) -> None:
    manifest = make_manifest(_rows(40))

    drawn = [splits.patient_grouped(manifest, seed=seed).tuning.paths for seed in (1, 1, 2)]

    assert drawn[0] == drawn[1]
    assert drawn[0] != drawn[2]
    assert 4 * 5 == len(drawn[0])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda m: splits.id_block(m, blocks=1), "blocks must be at least 2"),
        (lambda m: splits.id_block(m, blocks=4, tuning_block=4), r"tuning_block must be in \[0, 4\)"),
        (lambda m: splits.patient_grouped(m, tuning_fraction=1.0, seed=0), "tuning_fraction must be in"),
    ],
)
def test_numbers_outside_their_range_are_refused(
    make_manifest: MakeManifest, make: Callable[[Manifest], Split], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        make(make_manifest(_rows(8)))


@pytest.mark.films
def test_id_blocks_of_the_public_films_cross_a_shift(public_films: Path) -> None:
    """Every series is in both parts, and each tuning number lies below each training number of its series."""
    from firstread.data.sources.kaggle_pneumonia import read_folder

    split = splits.id_block(read_folder(public_films / "kaggle-pneumonia-224"))

    for series in Series:
        tuned = [p.number for p in split.tuning.patients if p.series is series]
        learned = [p.number for p in split.training.patients if p.series is series]
        assert max(tuned) < min(learned)
    assert 0.1 < len(split.tuning) / (len(split.tuning) + len(split.training)) < 0.25
    assert np.isclose(0.845, split.tuning.diseased.mean(), atol=0.001)


def test_blocks_of_films_keep_patients_whole_and_classes_in_each(make_manifest: MakeManifest) -> None:
    """Ten patients with two films each in every series: five blocks of two patients."""
    manifest = make_manifest(_rows(10, films=2))

    block = splits.contiguous_blocks(manifest, blocks=5)

    for film, number in zip(manifest.films, block, strict=True):
        assert (film.patient.number - 200) // 2 == number


def test_blocks_hold_both_classes_even_where_films_are_listed_by_class() -> None:
    """One series, normal films first: cut across both classes, the first block would be normal alone."""
    films = [
        Film(
            Path(f"{n}.png"),
            PatientKey("all", n),
            LabelState.PRESENT if n >= 10 else LabelState.ABSENT,
            "train",
        )
        for n in range(20)
    ]

    block = splits.contiguous_blocks(Manifest(tuple(films)), blocks=5)
    split = splits.id_block(Manifest(tuple(films)), blocks=5, tuning_block=1)

    assert [n % 10 // 2 for n in range(20)] == block.tolist()
    assert [2, 3, 12, 13] == [patient.number for patient in split.tuning.patients]


def test_one_block_is_no_cut(make_manifest: MakeManifest) -> None:
    with pytest.raises(ValueError, match="blocks must be at least 2; received 1"):
        splits.contiguous_blocks(make_manifest(_rows(3)), blocks=1)


def test_each_block_is_held_out_once(make_manifest: MakeManifest) -> None:
    manifest = make_manifest(_rows(40, films=2))

    folds = [splits.leave_block_out(manifest, blocks=5, block=block) for block in range(5)]

    judged = [fold.internal_test for fold in folds]
    assert all(part is not None for part in judged)
    films = [film.path for part in judged if part is not None for film in part.films]
    assert sorted(film.path for film in manifest.films) == sorted(films)
    for fold in folds:
        assert 320 == sum(len(part) for part in fold.parts.values())
        assert fold.training.diseased.any()
    assert folds[1].description.startswith("Judged on block 1 of 5")


def test_what_is_held_out_is_in_no_other_part(make_manifest: MakeManifest) -> None:
    manifest = make_manifest(_rows(20, films=2))
    held = np.isin(np.arange(len(manifest)) % 40, range(6))  # the first three patients of each series

    fold = splits.held_out(manifest, held, name="look-alikes", tuning_blocks=4)

    assert fold.internal_test == manifest.select(held)
    numbers = {patient.number for patient in fold.tuning.patients}
    assert numbers <= set(range(203, 208)), "the lowest quarter of what is left"


def test_half_a_patient_cannot_be_held_out(make_manifest: MakeManifest) -> None:
    manifest = make_manifest(_rows(20, films=2))

    with pytest.raises(DataError, match="a patient must be in one part only"):
        splits.held_out(manifest, np.arange(len(manifest)) % 40 < 3, name="half")


def test_a_block_that_is_not_there_is_refused(make_manifest: MakeManifest) -> None:
    with pytest.raises(ValueError, match=r"block must be in \[0, 5\); received 5"):
        splits.leave_block_out(make_manifest(_rows(20)), blocks=5, block=5)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("id-block", "cut into 4 contiguous blocks; tuned on block 1"),
        ("patient-grouped", "25.0% of each series' patients drawn at random (seed 7)"),
    ],
)
def test_settings_ask_for_a_split_by_name(make_manifest: MakeManifest, name: str, expected: str) -> None:
    asked = Training(split=name, blocks=4, tuning_block=1, seed=7)

    made = splits.made_by(make_manifest(_rows(20)), asked)

    assert name == made.name
    assert expected in made.description
