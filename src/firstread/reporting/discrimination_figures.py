"""How well the scores tell diseased from non-diseased films: ROC, precision–recall, histograms."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from firstread.evaluation.assessed_point import AssessedPoint
from firstread.evaluation.assessment import RocBand, ScoreHistogram
from firstread.evaluation.intervals import Figure, Interval
from firstread.evaluation.precision_recall import PrecisionRecall
from firstread.reporting.cells import interval_words, point_words
from firstread.reporting.plate import BLACK, DISEASED, GREY, NON_DISEASED, Plate, engrave

__all__ = ["histogram_plate", "precision_recall_plate", "roc_plate"]

_MARKS = "osD^vP"
_CORNER = 0.25  # good models differ here only


def roc_plate(roc: RocBand, auroc: Figure, points: Sequence[AssessedPoint], footnote: str) -> Plate:
    """Draw sensitivity over 1 − specificity with its band; predicted and achieved operating points."""

    def draw(axes: Any) -> None:
        _curve(axes, roc, points)
        axes.set(xlabel="1 − specificity", ylabel="Sensitivity", xlim=(-0.01, 1.01), ylim=(-0.01, 1.01))
        axes.set_aspect("equal")
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=3)
        corner = axes.inset_axes((0.44, 0.1, 0.52, 0.52), xlim=(-0.005, _CORNER), ylim=(1 - _CORNER, 1.005))
        _curve(corner, roc, points)
        corner.set_title("upper left corner", fontsize=8, fontweight="normal")
        corner.tick_params(labelsize=7)

    return engrave(
        "roc",
        draw,
        title="ROC curve",
        reading=f"Area {interval_words(auroc)}. A filled mark is what an operating point achieves here, with its "
        "interval both ways; the hollow one is what the tuning films predicted.",
        footnote=footnote,
        width_in=5.4,
    )


def _curve(axes: Any, roc: RocBand, points: Sequence[AssessedPoint]) -> None:
    axes.fill_between(
        roc.false_positive_fraction, roc.low, roc.high, color=NON_DISEASED, alpha=0.2, lw=0, label="95 % band"
    )
    axes.plot(roc.false_positive_fraction, roc.sensitivity, color=NON_DISEASED, label="ROC curve")
    axes.plot([0, 1], [0, 1], color=GREY, ls=":", lw=1, label="chance")
    for mark, point in zip(_MARKS, points, strict=False):
        _point(axes, point, mark)


def _point(axes: Any, point: AssessedPoint, mark: str) -> None:
    """Draw where a point was predicted, hollow, and where it came out, filled."""
    predicted = point.predicted
    hollow = {"ms": 9, "mfc": "none", "color": BLACK, "ls": "none"}
    axes.plot(
        1 - predicted.specificity,
        predicted.sensitivity,
        mark,
        **hollow,
        label=f"{point_words(point.name)}, predicted",
    )
    sensitivity, specificity = point.sensitivity, point.specificity
    if not (isinstance(sensitivity, Interval) and isinstance(specificity, Interval)):
        return
    axes.errorbar(
        1 - specificity.estimate,
        sensitivity.estimate,
        xerr=_reach(1 - specificity.estimate, 1 - specificity.high, 1 - specificity.low),
        yerr=_reach(sensitivity.estimate, sensitivity.low, sensitivity.high),
        fmt=mark,
        ms=5,
        lw=1,
        capsize=2,
        color=DISEASED,
        label=f"{point_words(point.name)}, achieved",
    )


def _reach(estimate: float, low: float, high: float) -> list[list[float]]:
    """Return error bars as matplotlib wants them; rounding must not make one negative."""
    return [[max(estimate - low, 0.0)], [max(high - estimate, 0.0)]]


def precision_recall_plate(
    curve: PrecisionRecall, auprc: Figure, points: Sequence[AssessedPoint], footnote: str
) -> Plate:
    """Draw PPV over sensitivity; the operating points as achieved."""

    def draw(axes: Any) -> None:
        axes.plot(curve.sensitivity, curve.ppv, color=NON_DISEASED, drawstyle="steps-post", label="model")
        axes.axhline(curve.prevalence, color=GREY, ls=":", lw=1, label="chance: the prevalence here")
        for mark, point in zip(_MARKS, points, strict=False):
            sensitivity, ppv = point.sensitivity, point.ppv
            if isinstance(sensitivity, Interval) and isinstance(ppv, Interval):
                axes.errorbar(
                    sensitivity.estimate,
                    ppv.estimate,
                    xerr=_reach(sensitivity.estimate, sensitivity.low, sensitivity.high),
                    yerr=_reach(ppv.estimate, ppv.low, ppv.high),
                    fmt=mark,
                    ms=5,
                    lw=1,
                    capsize=2,
                    color=DISEASED,
                    label=point_words(point.name),
                )
        axes.set(
            xlabel="Sensitivity (recall)", ylabel="PPV (precision)", xlim=(-0.01, 1.01), ylim=(-0.01, 1.01)
        )
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=2)

    return engrave(
        "precision_recall",
        draw,
        title="Precision and recall",
        reading=f"Average precision {interval_words(auprc)}; chance gives the prevalence of these films. "
        "Where disease is rarer, the whole curve lies lower.",
        footnote=footnote,
    )


def histogram_plate(histogram: ScoreHistogram, points: Sequence[AssessedPoint], footnote: str) -> Plate:
    """Draw how many films of each class have which probability, one class above the line and one below."""

    def draw(axes: Any) -> None:
        width = np.diff(histogram.edges)
        shared = {"width": width, "align": "edge", "edgecolor": "white", "lw": 0.4}
        start = histogram.edges[:-1]
        axes.bar(start, histogram.diseased, color=DISEASED, hatch="////", label="diseased", **shared)
        axes.bar(start, -histogram.non_diseased, color=NON_DISEASED, label="non-diseased", **shared)
        axes.axhline(0, color=BLACK, lw=0.8)
        for style, point in zip(("-", "--", ":", "-."), points, strict=False):
            label = f"{point_words(point.name)}: {point.threshold:.3f}"
            axes.axvline(point.threshold, color=BLACK, ls=style, lw=1.1, label=label)
        # A few films among hundreds are what a reader looks for: counts below 10 stay visible.
        axes.set_yscale("symlog", linthresh=10, linscale=1)
        _count_ticks(axes, int(max(histogram.diseased.max(), histogram.non_diseased.max(), 1)))
        axes.set(xlabel="Calibrated probability", ylabel="Films (non-diseased below the line)", xlim=(0, 1))
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=4)

    return engrave(
        "scores",
        draw,
        title="Probabilities of diseased and non-diseased films",
        reading="Above the line diseased, below it non-diseased films; counts on a scale that is even to 10 and "
        "logarithmic beyond, so that the few in the wrong place can be seen.",
        footnote=footnote,
    )


def _count_ticks(axes: Any, largest: int) -> None:
    """Label counts on both sides of the line as counts: nobody sees −10 films."""
    marks = [count for count in (3, 10, 30, 100, 300, 1000, 3000, 10_000, 100_000) if count <= largest]
    ticks = [-count for count in reversed(marks)] + [0, *marks]
    axes.set_yticks(ticks, [f"{abs(count):,}" for count in ticks])
    axes.minorticks_off()
