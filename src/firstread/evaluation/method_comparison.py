"""Ways of training compared on films that were held out: which one is better, and by how much.

Every way is trained with the same seeds and judged on the same held-out films, so that ways are compared seed by seed.
The rule was fixed before any two ways were compared by it (docs/experiments.md says what had been looked at by then).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from firstread.errors import UndefinedMetricError
from firstread.evaluation.yardstick import GOALS, Yardstick

__all__ = [
    "ALL_VIEWS",
    "LOOK_ALIKES",
    "MOST_LOST_ELSEWHERE",
    "SEEDS_NEEDED",
    "Judged",
    "Method",
    "Spread",
    "Verdict",
    "combined",
    "compare",
]

LOOK_ALIKES = "look-alikes"
"""The fold that holds out non-diseased films which look diseased; any other fold is a contiguous block of patients."""

SEEDS_NEEDED = 3
"""Fewer say nothing of one way of training against another: a seed alone moves the figures."""

MOST_LOST_ELSEWHERE = 0.03
"""A way of training that lowers the AUROC on films of other hospitals by more, on average, does not count as better."""

ALL_VIEWS = "all views"

Elsewhere = Mapping[str, Mapping[str, float]]
"""Another hospital → view position, or `ALL_VIEWS` → AUROC."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One training and what it was found to do.

    Args:
        candidate: The way of training.
        fold: What was held out.
        seed: Of everything drawn.
        figures: On the held-out films.
        elsewhere: AUROC on films of other hospitals; the direction only, where their labels are weak.
        seconds: The epochs took.
    """

    candidate: str
    fold: str
    seed: int
    figures: Yardstick
    elsewhere: Elsewhere
    seconds: float


@dataclass(frozen=True, slots=True)
class Spread:
    """One number for each seed.

    Args:
        values: In the order of the seeds; at least one.
    """

    values: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Over the seeds."""
        return fmean(self.values)

    @property
    def deviation(self) -> float | None:
        """Standard deviation over the seeds; None for a single one."""
        return stdev(self.values) if len(self.values) > 1 else None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A way of training against the base.

    Args:
        seeds: Those both were trained with.
        folds: Those both were judged on with every one of these seeds.
        differences: Combined figure minus that of the base, seed by seed; below 0 is better.
        elsewhere: AUROC on films of other hospitals minus that of the base, mean over view positions and trainings;
            None where there are no such films.
    """

    seeds: tuple[int, ...]
    folds: tuple[str, ...]
    differences: tuple[float, ...]
    elsewhere: float | None

    @property
    def lower(self) -> int:
        """Seeds for which the combined figure is below that of the base."""
        return sum(difference < 0 for difference in self.differences)

    @property
    def lost_elsewhere(self) -> bool:
        """Whether too much is lost on films of other hospitals."""
        return self.elsewhere is not None and self.elsewhere < -MOST_LOST_ELSEWHERE

    @property
    def better(self) -> bool | None:
        """Whether the figure is lower for every one of enough seeds; None where there are too few seeds to say."""
        if len(self.seeds) < SEEDS_NEEDED:
            return None
        return self.lower == len(self.seeds) and not self.lost_elsewhere


@dataclass(frozen=True, slots=True)
class Method:
    """What is known of one way of training.

    Args:
        candidate: Its name.
        seeds: It was trained with.
        folds: It was judged on with every seed.
        combined: The figure that decides, on these folds; None where look-alikes are not among them.
        figures: Figure → mean over the seeds, on look-alikes; empty without them.
        worst_block: Distance on the worst block; None without blocks.
        block_spread: Standard deviation of the distances over the blocks; None with fewer than two.
        elsewhere: Films of other hospitals, "hospital, view position" → mean AUROC over the trainings of `figures`.
        seconds: Mean over all trainings.
        verdict: Against the base; None for the base itself and where the two have no seed or no look-alikes in common.
    """

    candidate: str
    seeds: tuple[int, ...]
    folds: tuple[str, ...]
    combined: Spread | None
    figures: Mapping[str, float]
    worst_block: Spread | None
    block_spread: Spread | None
    elsewhere: Mapping[str, float]
    seconds: float
    verdict: Verdict | None


def combined(distance: Mapping[str, float]) -> float:
    """Return the figure that decides: ½ look-alikes + ¼ mean over the blocks + ¼ worst block.

    Without blocks it is the distance on look-alikes alone, which must not be compared with a figure with blocks.

    Args:
        distance: Fold → distance from the goals, `Yardstick.distance`.

    Raises:
        UndefinedMetricError: If look-alikes were not held out.
    """
    if LOOK_ALIKES not in distance:
        raise UndefinedMetricError(
            f"The combined figure needs the fold {LOOK_ALIKES}; received {', '.join(distance) or 'no fold'}."
        )
    blocks = [value for fold, value in distance.items() if fold != LOOK_ALIKES]
    if not blocks:
        return distance[LOOK_ALIKES]
    return distance[LOOK_ALIKES] / 2 + fmean(blocks) / 4 + max(blocks) / 4


def compare(trainings: Iterable[Judged], *, order: Sequence[str]) -> tuple[Method, ...]:
    """Return what is known of every way of training that has a result.

    Args:
        trainings: In any order; each candidate, fold and seed once.
        order: Candidates as they are to be shown; the first is the base.
    """
    by_candidate: dict[str, _Trainings] = {name: {} for name in order}
    for one in trainings:
        by_candidate[one.candidate].setdefault(one.seed, {})[one.fold] = one
    base = by_candidate[order[0]]
    return tuple(
        _method(name, found, None if name == order[0] else base)
        for name, found in by_candidate.items()
        if found
    )


_Trainings = dict[int, dict[str, Judged]]  # seed → fold → training


def _method(name: str, found: _Trainings, base: _Trainings | None) -> Method:
    every = [one for by_fold in found.values() for one in by_fold.values()]
    alike = [one for one in every if one.fold == LOOK_ALIKES]
    seeds, folds = tuple(sorted(found)), _shared_folds(found.values())
    blocks = [[found[seed][fold].figures.distance for fold in folds if fold != LOOK_ALIKES] for seed in seeds]
    decided = LOOK_ALIKES in folds
    return Method(
        candidate=name,
        seeds=seeds,
        folds=folds,
        combined=Spread(tuple(_combined(found[seed], folds) for seed in seeds)) if decided else None,
        figures=_means([{name: getattr(one.figures, name) for name in GOALS} for one in alike]),
        worst_block=Spread(tuple(map(max, blocks))) if blocks[0] else None,
        block_spread=Spread(tuple(map(stdev, blocks))) if len(blocks[0]) > 1 else None,
        elsewhere=_means([_by_view(one.elsewhere) for one in alike]),
        seconds=fmean(one.seconds for one in every),
        verdict=None if base is None else _verdict(found, base),
    )


def _verdict(found: _Trainings, base: _Trainings) -> Verdict | None:
    seeds = tuple(sorted(set(found) & set(base)))
    folds = _shared_folds([which[seed] for which in (found, base) for seed in seeds])
    if LOOK_ALIKES not in folds:
        return None
    pairs = [(found[seed][fold].elsewhere, base[seed][fold].elsewhere) for seed in seeds for fold in folds]
    lost = [difference for one, other in pairs for difference in _differences(one, other)]
    return Verdict(
        seeds,
        folds,
        tuple(_combined(found[seed], folds) - _combined(base[seed], folds) for seed in seeds),
        fmean(lost) if lost else None,
    )


def _shared_folds(trainings: Iterable[Mapping[str, Judged]]) -> tuple[str, ...]:
    """Return the folds that every one has, look-alikes first."""
    sets = [set(by_fold) for by_fold in trainings]
    shared = set.intersection(*sets) if sets else set()
    return tuple(sorted(shared, key=lambda fold: (fold != LOOK_ALIKES, fold)))


def _combined(by_fold: Mapping[str, Judged], folds: Iterable[str]) -> float:
    return combined({fold: by_fold[fold].figures.distance for fold in folds})


def _differences(one: Elsewhere, other: Elsewhere) -> list[float]:
    """Return the differences in AUROC, view positions apart where they are known."""
    found = []
    for hospital in sorted(set(one) & set(other)):
        views = set(one[hospital]) & set(other[hospital])
        found += [one[hospital][view] - other[hospital][view] for view in views - {ALL_VIEWS} or views]
    return found


def _by_view(elsewhere: Elsewhere) -> dict[str, float]:
    return {f"{name}, {view}": value for name, views in elsewhere.items() for view, value in views.items()}


def _means(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return name → mean over the rows that have it."""
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: fmean(row[name] for row in rows if name in row) for name in names}
