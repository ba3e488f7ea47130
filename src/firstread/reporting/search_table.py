"""A comparison of ways of training as a page of Markdown: one row for each, and what was meant by it."""

from collections.abc import Mapping, Sequence

from firstread.evaluation.method_comparison import (
    LOOK_ALIKES,
    MOST_LOST_ELSEWHERE,
    SEEDS_NEEDED,
    Method,
    Spread,
    Verdict,
)
from firstread.reporting.cells import number

__all__ = ["search_table"]

_FIGURES: Mapping[str, str] = {
    "auroc": "AUROC",
    "accuracy": "accuracy",
    "specificity": "specificity at sensitivity ≥ .95",
    "broken_promise": "broken promise",
    "calibration_error": "ECE",
    "mean_change": "mean change",
}

_READING = f"""\
F is the figure that decides: ½ · distance on look-alikes + ¼ · mean distance over the blocks + ¼ · worst block; where
only look-alikes were held out, that distance alone. Distance: 0 is every goal reached, 1 what must be reached. ± is the
standard deviation over the seeds. AUROC to mean change are means over the seeds on look-alikes; worst block and spread
(standard deviation over the blocks) are distances. A way of training counts as better than the base, the first row,
when its F is lower for every one of at least {SEEDS_NEEDED} seeds, each compared with the base's of the same seed on
the folds that both have, and when the AUROC on films of other hospitals, view positions apart, falls by
{MOST_LOST_ELSEWHERE} at most on average. Of these only the direction says something where their labels are weak."""


def search_table(methods: Sequence[Method], *, why: Mapping[str, str]) -> str:
    """Return the page.

    Args:
        methods: The base first.
        why: Candidate → why it was tried.
    """
    elsewhere = list(dict.fromkeys(name for method in methods for name in method.elsewhere))
    has_blocks = any(method.worst_block for method in methods)
    columns = ["way of training", "seeds", "folds", "F", *_FIGURES.values()]
    columns += ["worst block", "spread over blocks"] if has_blocks else []
    columns += [*(f"AUROC {name}" for name in elsewhere), "minutes a training", "against the base"]
    rows = [_cells(method, elsewhere, has_blocks=has_blocks) for method in methods]
    lines = [_line(columns), _line(["---"] * len(columns)), *map(_line, rows)]
    known = {method.candidate for method in methods}
    reasons = [
        f"- **{name}**: {reason}{'' if name in known else ' (No training of it is finished.)'}"
        for name, reason in why.items()
    ]
    return "\n".join(["# Ways of training compared", "", *lines, "", _READING, "", *reasons]) + "\n"


def _cells(method: Method, elsewhere: Sequence[str], *, has_blocks: bool) -> list[str]:
    blocks = [_spread(method.worst_block), _spread(method.block_spread)] if has_blocks else []
    return [
        method.candidate,
        str(len(method.seeds)),
        _folds(method.folds),
        _spread(method.combined),
        *(number(method.figures[name]) if name in method.figures else "–" for name in _FIGURES),
        *blocks,
        *(number(method.elsewhere[name]) if name in method.elsewhere else "–" for name in elsewhere),
        f"{method.seconds / 60:.1f}",
        _verdict(method.verdict),
    ]


def _folds(folds: Sequence[str]) -> str:
    blocks = [fold for fold in folds if fold != LOOK_ALIKES]
    parts = [LOOK_ALIKES] if LOOK_ALIKES in folds else []
    parts += [f"{len(blocks)} block{'' if len(blocks) == 1 else 's'}"] if blocks else []
    return " + ".join(parts) or "none with every seed"


def _spread(spread: Spread | None) -> str:
    if spread is None:
        return "–"
    deviation = "" if spread.deviation is None else f" ± {spread.deviation:.2f}"
    return f"{spread.mean:.2f}{deviation}"


def _verdict(verdict: Verdict | None) -> str:
    if verdict is None:
        return "–"
    count = f"lower for {verdict.lower} of {len(verdict.seeds)}"
    words = {True: "better", False: "not better", None: f"undecided below {SEEDS_NEEDED} seeds"}
    lost = f"; AUROC elsewhere {number(verdict.elsewhere or 0)}" if verdict.lost_elsewhere else ""
    return f"{words[verdict.better]}: {count} on {_folds(verdict.folds)}{lost}"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
