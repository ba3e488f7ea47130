"""How many films a figure needs before its interval is as narrow as wanted."""

import math

__all__ = ["films_for_auroc", "films_for_share"]


def films_for_share(expected: float, *, reach: float, level: float = 0.95) -> int:
    """Return the films of one class that give a sensitivity or specificity an interval of ± reach.

    Diseased films for a sensitivity, non-diseased ones for a specificity (Buderer, Academic Emergency Medicine 1996).
    Films of one patient count as less than one each: count patients.

    Args:
        expected: The share hoped for, in (0, 1).
        reach: Half the interval's width, in (0, 1).
        level: Confidence, in (0, 1).
    """
    if not (0 < expected < 1 and 0 < reach < 1):
        raise ValueError(f"expected and reach must be in (0, 1); received {expected} and {reach}.")
    return math.ceil((_z(level) / reach) ** 2 * expected * (1 - expected))


def films_for_auroc(expected: float, *, reach: float, diseased_share: float, level: float = 0.95) -> int:
    """Return the films that give an AUROC an interval of ± reach.

    From the standard error of Hanley and McNeil (Radiology 1982), with their exponential model of the scores.

    Args:
        expected: The AUROC hoped for, in (0.5, 1).
        reach: Half the interval's width, in (0, 1).
        diseased_share: Of the films, in (0, 1).
        level: Confidence, in (0, 1).
    """
    if not (0.5 < expected < 1 and 0 < reach < 1 and 0 < diseased_share < 1):
        raise ValueError(
            "expected must be in (0.5, 1), reach and diseased_share in (0, 1); "
            f"received {expected}, {reach} and {diseased_share}."
        )
    wanted = (reach / _z(level)) ** 2
    films = 2
    while films < 10_000_000 and _variance(expected, films, diseased_share) > wanted:
        films = math.ceil(films * 1.01)
    return films


def _variance(auroc: float, films: int, diseased_share: float) -> float:
    diseased = films * diseased_share
    others = films - diseased
    above_one = auroc / (2 - auroc) - auroc**2
    above_other = 2 * auroc**2 / (1 + auroc) - auroc**2
    return (auroc * (1 - auroc) + (diseased - 1) * above_one + (others - 1) * above_other) / (
        diseased * others
    )


def _z(level: float) -> float:
    from statistics import NormalDist

    return NormalDist().inv_cdf((1 + level) / 2)
