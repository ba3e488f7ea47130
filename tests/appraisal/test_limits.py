import numpy as np
import pytest

from firstread.appraisal import limits
from firstread.evaluation.scored_films import ScoredFilms
from firstread.terms import Part

FACTS = {"name": "one", "training": {"split": "id-block", "blocks": 8}, "data": {"hash": "a"}}


def said(part: Part, *, same: bool | None = True, synthetic: int = 0, not_scored: int = 0) -> tuple[str, ...]:
    return limits.cautions(part, same_films=same, n_synthetic=synthetic, n_not_scored=not_scored, n_found=10)


def test_a_whole_test_part_needs_no_caution() -> None:
    assert () == said(Part.INTERNAL_TEST, same=None)


@pytest.mark.parametrize(
    ("part", "words"), [(Part.TUNING, "the figures flatter"), (Part.TRAINING, "how well it remembers them")]
)
def test_films_that_something_was_chosen_on_are_no_judge(part: Part, words: str) -> None:
    assert [True] == [words in caution for caution in said(part)]


@pytest.mark.parametrize("same", [False, None])
def test_films_the_bundle_does_not_name_may_have_been_learned_from(same: bool | None) -> None:
    assert "this may not be its tuning part" in said(Part.TUNING, same=same)[1]


def test_synthetic_and_unscored_films_are_counted() -> None:
    synthetic, unscored = said(Part.EXTERNAL_TEST, synthetic=4, not_scored=1)

    assert synthetic.startswith("4 of 10 films are synthetic and show nobody")
    assert unscored.startswith("Of 10 films, 1 could not be scored")


def test_a_rival_from_another_split_may_have_learned_from_these_films() -> None:
    other = {**FACTS, "name": "other", "training": {"split": "patient-grouped"}}

    assert "other was not made from the same films" in limits.rival_caution(Part.TUNING, FACTS, other)[0]
    assert () == limits.rival_caution(Part.TUNING, FACTS, {**FACTS, "name": "twin"})
    assert () == limits.rival_caution(Part.INTERNAL_TEST, FACTS, other)


def test_films_of_the_models_own_source_say_nothing_of_elsewhere() -> None:
    rows = np.array([True, False])
    films = ScoredFilms(("a", "b"), rows, rows * 0.5, rows * 1.0, ("p", "q"), ("virus", "IM"))

    own = limits.cannot_say(Part.INTERNAL_TEST, films)
    elsewhere = limits.cannot_say(Part.EXTERNAL_TEST, films)

    assert "other patients like these 2" in own[0]
    assert "where the model's own films come from" in own[0]
    assert "where the model's own films come from" not in elsewhere[0]
    assert own[-1].startswith("How kinds of disease differ")
