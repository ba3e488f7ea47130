"""A bundle is accepted on a site's films by a criterion that was stated before."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from firstread.appraisal.acceptance import judge
from firstread.errors import UndefinedMetricError
from firstread.evaluation.discrimination import auroc
from firstread.evaluation.intervals import Interval
from firstread.evaluation.scored_films import ScoredFilms
from firstread.inference.bundle import Bundle


def films(n: int = 200, *, apart: float = 4.0, films_each: int = 2) -> ScoredFilms:
    """Return films of which every second is diseased, of patients with several films of one class."""
    rng = np.random.default_rng(8)
    diseased = np.arange(n) // films_each % 2 == 0
    logit = np.where(diseased, apart / 2, -apart / 2) + rng.normal(0, 1, n)
    return ScoredFilms(
        name=tuple(f"{row}.png" for row in range(n)),
        diseased=diseased,
        probability=1 / (1 + np.exp(-logit)),
        logit=logit,
        patient=tuple(f"p{row // films_each}" for row in range(n)),
        series=("all",) * n,
    )


def test_the_lower_limit_decides_and_not_the_estimate(tiny_bundle: Bundle) -> None:
    site = films(120, apart=1.8)
    rng = np.random.default_rng(1)

    found = judge(site, tiny_bundle, minimum_auroc=0.9, rng=rng, repeats=400)

    assert auroc(site.diseased, site.logit) == pytest.approx(found.auroc.estimate)
    assert found.auroc.estimate > found.minimum_auroc > found.auroc.low
    assert not found.accepted
    assert "above 0.900, is not met" in found.in_words
    assert replace(found, minimum_auroc=0.5).accepted


def test_the_interval_is_by_patient(tiny_bundle: Bundle, slow_bootstrap: Callable[..., Interval]) -> None:
    site = films(120, apart=1.8)
    expected = slow_bootstrap(
        auroc, site.diseased, site.logit, site.patient, rng=np.random.default_rng(2), repeats=1000
    )

    found = judge(site, tiny_bundle, minimum_auroc=0.9, rng=np.random.default_rng(1), repeats=1000)

    assert expected.low == pytest.approx(found.auroc.low, abs=0.012)
    assert 60 == found.n_patients


def test_predicted_stands_beside_achieved(tiny_bundle: Bundle) -> None:
    site = films()

    found = judge(site, tiny_bundle, minimum_auroc=0.9, rng=np.random.default_rng(1), repeats=100).as_dict()

    assert found["accepted"]
    flagged = site.probability >= 0.5
    screening = found["points"]["screening"]
    assert flagged[site.diseased].mean() == pytest.approx(screening["sensitivity"]["estimate"])
    assert 0.95 == screening["predicted"]["sensitivity"]


def test_advice_is_for_targets_stated_before(tiny_bundle: Bundle) -> None:
    """139 films without disease by Buderer; half are: 278 in all."""
    found = judge(films(), tiny_bundle, minimum_auroc=0.9, rng=np.random.default_rng(1), repeats=50)

    assert any("about 139 films without disease, at this share 278 in all" in line for line in found.advice)


@pytest.mark.parametrize("kept", ["few diseased", "one class"])
def test_fewer_than_twenty_of_a_class_are_too_few(kept: str, tiny_bundle: Bundle) -> None:
    site = films()
    keep = ~site.diseased.copy()
    if kept == "few diseased":
        keep[np.flatnonzero(site.diseased)[:19]] = True
    count = 19 if kept == "few diseased" else 0

    with pytest.raises(
        UndefinedMetricError, match=f"20 films of each class at least; received {count} diseased"
    ):
        judge(site.select(keep), tiny_bundle, minimum_auroc=0.9, rng=np.random.default_rng(1))


def test_a_criterion_below_chance_is_none(tiny_bundle: Bundle) -> None:
    with pytest.raises(ValueError, match=r"minimum_auroc must be in \[0\.5, 1\)"):
        judge(films(), tiny_bundle, minimum_auroc=0.4, rng=np.random.default_rng(1))
