from pathlib import Path

import pytest

from firstread.appraisal import parts
from firstread.data import sources, splits
from firstread.data.manifest import Film, Manifest, PatientKey
from firstread.errors import DataError
from firstread.terms import LabelState, Part

FACTS = {"name": "some", "training": {"split": "id-block", "blocks": 4, "tuning_block": 1, "side": 224}}


def test_the_tuning_part_is_cut_as_the_bundle_says(kaggle_folder: Path) -> None:
    manifest = sources.read(kaggle_folder)

    tuning, split, words = parts.films_of_part(manifest, Part.TUNING, FACTS)

    assert "id-block split" == split
    assert splits.id_block(manifest, blocks=4, tuning_block=1).tuning == tuning
    assert "IM-2002 IM-2003 virus-3002 virus-3003" == " ".join(sorted(map(str, tuning.patients)))
    assert "Each series of patient numbers cut into 4 contiguous blocks; tuned on block 1." == words


def test_training_and_tuning_are_everything_but_the_test(kaggle_folder: Path) -> None:
    manifest = sources.read(kaggle_folder)

    both = [parts.films_of_part(manifest, part, FACTS)[0] for part in (Part.TRAINING, Part.TUNING)]

    assert [12, 4] == [len(films) for films in both]


def test_a_named_split_goes_before_the_bundles(kaggle_folder: Path) -> None:
    manifest = sources.read(kaggle_folder)

    tuning, _, words = parts.films_of_part(manifest, Part.TUNING, FACTS, split="patient-grouped")

    assert splits.patient_grouped(manifest, tuning_fraction=0.25, seed=20).tuning == tuning
    assert "25.0% of each series' patients drawn at random (seed 20)." == words


def test_the_internal_test_is_the_test_folder(kaggle_folder: Path) -> None:
    whole, _, _ = parts.films_of_part(sources.read(kaggle_folder), Part.INTERNAL_TEST, FACTS)
    alone, split, words = parts.films_of_part(sources.read(kaggle_folder / "test"), Part.INTERNAL_TEST, {})

    assert 6 == len(whole)
    assert whole == alone
    assert "as delivered" == split
    assert "The test folder as delivered; the folder holds no other part." == words


def test_a_folder_without_a_test_part_says_what_to_do(kaggle_folder: Path) -> None:
    manifest = sources.read(kaggle_folder / "train")

    with pytest.raises(DataError, match=r"must hold a test part; it holds train\. .*--part external-test"):
        parts.films_of_part(manifest, Part.INTERNAL_TEST, FACTS)


def test_a_patient_in_test_and_training_is_refused(kaggle_folder: Path) -> None:
    manifest = sources.read(kaggle_folder)
    again = Film(kaggle_folder / "x.png", PatientKey("IM", 2005), LabelState.ABSENT, "test")

    with pytest.raises(
        DataError, match=r"a patient must be in one part only; 1 is in training and internal test"
    ):
        parts.films_of_part(Manifest((*manifest.films, again)), Part.INTERNAL_TEST, FACTS)


def test_a_bundle_that_does_not_state_its_split_needs_one(kaggle_folder: Path) -> None:
    with pytest.raises(
        DataError, match=r"tiny must say how its films were split; it does not\. firstread evaluate takes it"
    ):
        parts.films_of_part(sources.read(kaggle_folder), Part.TUNING, {"name": "tiny"})


def test_an_external_test_is_every_film(kaggle_folder: Path) -> None:
    manifest = sources.read(kaggle_folder)

    assert manifest == parts.films_of_part(manifest, Part.EXTERNAL_TEST, {})[0]


def test_what_a_bundle_was_made_from_is_all_its_data_sets() -> None:
    assert {"a"} == parts.made_from({"data": {"hash": "a"}}), "facts of older bundles name one"
    assert {"a", "b"} == parts.made_from({"data": {"hash": "a", "sources": [{"hash": "a"}, {"hash": "b"}]}})
    assert not parts.made_from({})
