"""Ways of training compared, counted by hand."""

from collections.abc import Mapping

import pytest

from firstread.errors import UndefinedMetricError
from firstread.evaluation.method_comparison import (
    ALL_VIEWS,
    LOOK_ALIKES,
    Judged,
    Method,
    Spread,
    combined,
    compare,
)
from firstread.evaluation.yardstick import Yardstick


def figures(distance: float) -> Yardstick:
    """Return figures of which every one is as far as the distance says: 0 at its goal, 1 at the least."""
    return Yardstick(
        auroc=0.994 - 0.006 * distance,
        accuracy=0.965 - 0.02 * distance,
        specificity=0.97 - 0.05 * distance,
        broken_promise=0.03 + 0.02 * distance,
        calibration_error=0.025 + 0.025 * distance,
        mean_change=0.02 + 0.03 * distance,
        tuning_auroc=0.997,
        sensitivity_achieved=0.95,
        specificity_achieved=0.95,
    )


def judged(
    candidate: str,
    fold: str,
    distance: float,
    seed: int = 20,
    elsewhere: Mapping[str, Mapping[str, float]] | None = None,
) -> Judged:
    return Judged(candidate, fold, seed, figures(distance), elsewhere or {}, seconds=60.0)


def only_second(*trainings: Judged) -> Method:
    _, method = compare(trainings, order=("base", "other"))
    return method


def test_half_of_the_figure_is_look_alikes_a_quarter_the_mean_block_and_a_quarter_the_worst() -> None:
    """½ · 2 + ¼ · (1 + 2 + 3) / 3 + ¼ · 3 = 2.25."""
    distance = {LOOK_ALIKES: 2.0, "block-0": 1.0, "block-1": 2.0, "block-2": 3.0}

    assert 2.25 == combined(distance)


def test_look_alikes_alone_are_the_figure_and_nothing_is_without_them() -> None:
    assert 2.0 == combined({LOOK_ALIKES: 2.0})
    with pytest.raises(UndefinedMetricError, match="needs the fold look-alikes; received block-0"):
        combined({"block-0": 1.0})


def test_a_method_is_described_by_means_over_its_seeds() -> None:
    """Seed 20: ½ · 1 + ¼ · 2 + ¼ · 3 = 1.75; seed 21: ½ · 3 + ¼ · 2 + ¼ · 3 = 2.75; blocks at 1 and 3 both times."""
    trainings = [
        judged("base", fold, distance, seed)
        for seed, alike in ((20, 1.0), (21, 3.0))
        for fold, distance in ((LOOK_ALIKES, alike), ("block-0", 1.0), ("block-1", 3.0))
    ]

    (method,) = compare(trainings, order=("base",))

    assert (20, 21) == method.seeds
    assert (LOOK_ALIKES, "block-0", "block-1") == method.folds
    assert method.combined is not None
    assert (1.75, 2.75) == pytest.approx(method.combined.values)
    assert 2.25 == pytest.approx(method.combined.mean)
    assert 0.5**0.5 == pytest.approx(method.combined.deviation)
    assert 0.994 - 0.006 * 2 == pytest.approx(method.figures["auroc"])
    assert method.worst_block is not None
    assert (3.0, 3.0) == pytest.approx(method.worst_block.values)
    assert method.block_spread is not None
    assert (2**0.5, 2**0.5) == pytest.approx(method.block_spread.values)
    assert 60 == method.seconds
    assert method.verdict is None


def test_one_seed_has_no_deviation() -> None:
    assert Spread((1.0,)).deviation is None


@pytest.mark.parametrize(
    ("distances", "better"),
    [((0.9, 1.9, 2.9), True), ((0.9, 1.9, 3.0), False), ((0.9, 1.9), None)],
    ids=["lower for all three", "lower for two of three", "two seeds are too few"],
)
def test_better_is_lower_for_every_one_of_three_seeds(
    distances: tuple[float, ...], better: bool | None
) -> None:
    """The base has 1, 2 and 3: each seed is compared with its own, so the spread of the base does not count."""
    base = [judged("base", LOOK_ALIKES, float(seed), seed) for seed in (1, 2, 3)]
    others = [judged("other", LOOK_ALIKES, value, seed) for seed, value in enumerate(distances, start=1)]

    verdict = only_second(*base, *others).verdict

    assert verdict is not None
    assert better is verdict.better
    assert sum(value < seed for seed, value in enumerate(distances, start=1)) == verdict.lower


def test_only_what_both_were_judged_on_is_compared() -> None:
    """The base is bad on a block that the other never saw; that must not make the other better."""
    method = only_second(
        judged("base", LOOK_ALIKES, 1.0), judged("base", "block-0", 4.0), judged("other", LOOK_ALIKES, 2.0)
    )

    assert method.verdict is not None
    assert (LOOK_ALIKES,) == method.verdict.folds
    assert (1.0,) == pytest.approx(method.verdict.differences)


def test_a_fold_that_one_seed_lacks_is_left_out_of_all() -> None:
    (method,) = compare(
        [
            judged("base", LOOK_ALIKES, 1.0, 20),
            judged("base", "block-0", 4.0, 20),
            judged("base", LOOK_ALIKES, 2.0, 21),
        ],
        order=("base",),
    )

    assert (LOOK_ALIKES,) == method.folds
    assert method.combined is not None
    assert (1.0, 2.0) == pytest.approx(method.combined.values)
    assert method.worst_block is None


def test_without_look_alikes_or_a_seed_in_common_there_is_no_verdict() -> None:
    assert only_second(judged("base", "block-0", 1.0), judged("other", "block-0", 0.5)).verdict is None
    assert (
        only_second(judged("base", LOOK_ALIKES, 1.0, 20), judged("other", LOOK_ALIKES, 0.5, 21)).verdict
        is None
    )


@pytest.mark.parametrize(("pa", "better"), [(0.77, True), (0.73, False)])
def test_what_loses_too_much_on_another_hospital_does_not_count(pa: float, better: bool) -> None:
    """AP stays at .80, PA falls from .80: by .03, .015 on average, or by .07, .035; all views together do not count."""
    before = {"adults": {ALL_VIEWS: 0.9, "AP": 0.8, "PA": 0.8}}
    after = {"adults": {ALL_VIEWS: 0.1, "AP": 0.8, "PA": pa}}
    base = [judged("base", LOOK_ALIKES, 2.0, seed, before) for seed in (1, 2, 3)]
    others = [judged("other", LOOK_ALIKES, 1.0, seed, after) for seed in (1, 2, 3)]

    method = only_second(*base, *others)

    assert method.verdict is not None
    assert (pa - 0.8) / 2 == pytest.approx(method.verdict.elsewhere)
    assert better is method.verdict.better
    assert pa == pytest.approx(method.elsewhere["adults, PA"])


def test_without_view_positions_all_films_count() -> None:
    method = only_second(
        judged("base", LOOK_ALIKES, 1.0, elsewhere={"adults": {ALL_VIEWS: 0.8}}),
        judged("other", LOOK_ALIKES, 1.0, elsewhere={"adults": {ALL_VIEWS: 0.7}}),
    )

    assert method.verdict is not None
    assert -0.1 == pytest.approx(method.verdict.elsewhere)
