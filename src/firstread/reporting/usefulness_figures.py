"""What a probability and a flag are worth to a reader: reliability, predictive values, decision curve."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from firstread.evaluation.assessed_point import AssessedPoint
from firstread.evaluation.decision_curve import DecisionCurve
from firstread.evaluation.intervals import Figure, Interval, NotDefined
from firstread.evaluation.reliability import ReliabilityBin
from firstread.reporting.cells import interval_words, point_words
from firstread.reporting.plate import BLACK, DISEASED, GREY, NON_DISEASED, Plate, engrave

__all__ = ["decision_plate", "predictive_values_plate", "reliability_plate"]

_DASHES = ("-", "--", ":", "-.")


def reliability_plate(bins: Sequence[ReliabilityBin], slope: Figure, ece: Figure, footnote: str) -> Plate:
    """Draw the diseased fraction over the stated probability, with the films behind each mark."""
    filled = [(bin_, bin_.observed) for bin_ in bins if isinstance(bin_.observed, Interval)]

    def draw(axes: Any) -> None:
        axes.plot([0, 1], [0, 1], color=GREY, ls=":", lw=1)
        for bin_, observed in filled:
            low, high = observed.estimate - observed.low, observed.high - observed.estimate
            axes.errorbar(
                bin_.stated,
                observed.estimate,
                yerr=[[max(low, 0)], [max(high, 0)]],
                fmt="o",
                ms=5,
                lw=1.2,
                capsize=3,
                color=NON_DISEASED,
            )
        axes.set(xlabel="Stated probability (mean of the bin)", ylabel="Diseased fraction")
        axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
        axes.annotate("as stated", (0.62, 0.62), (0, -4), textcoords="offset points", va="top", color=GREY)
        _counts_below(axes, bins)

    return engrave(
        "reliability",
        draw,
        title="Reliability: does the probability mean what it says?",
        reading=f"Marks on the dotted line are right; above it, disease was commoner than stated. Calibration slope "
        f"{interval_words(slope)}; expected calibration error {interval_words(ece)}. Bars and numbers: films in each "
        "bin.",
        footnote=footnote,
    )


def _counts_below(axes: Any, bins: Sequence[ReliabilityBin]) -> None:
    """Draw a strip with the films of each bin under the diagram, on its scale of probability."""
    from mpl_toolkits.axes_grid1 import make_axes_locatable

    strip = make_axes_locatable(axes).append_axes("bottom", size="16%", pad=0.5, sharex=axes)
    axes.tick_params(labelbottom=True)
    middle = [(bin_.low + bin_.high) / 2 for bin_ in bins]
    counts = [bin_.n_films for bin_ in bins]
    strip.bar(middle, counts, width=[0.96 * (bin_.high - bin_.low) for bin_ in bins], color=GREY)
    for place, count in zip(middle, counts, strict=True):
        strip.annotate(
            f"{count:,}", (place, count), (0, 1), textcoords="offset points", ha="center", fontsize=7
        )
    strip.set(ylabel="Films", yticks=[], ylim=(0, 1.35 * max([*counts, 1])))
    strip.grid(visible=False)
    strip.tick_params(labelbottom=False, length=0)


def predictive_values_plate(points: Sequence[AssessedPoint], footnote: str) -> Plate:
    """Draw PPV and NPV over prevalence, which decides what a flag is worth."""

    def draw(axes: Any) -> None:
        for dashes, point in zip(_DASHES, points, strict=False):
            values = point.predictive_values
            if isinstance(values, NotDefined):
                continue
            for name, middle, low, high, colour in (
                ("PPV", values.ppv, values.ppv_low, values.ppv_high, DISEASED),
                ("NPV", values.npv, values.npv_low, values.npv_high, NON_DISEASED),
            ):
                axes.fill_between(values.prevalence, low, high, color=colour, alpha=0.15, lw=0)
                axes.plot(
                    values.prevalence,
                    middle,
                    color=colour,
                    ls=dashes,
                    label=f"{name}, {point_words(point.name)}",
                )
        axes.set_xscale("log")
        ticks = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.9]
        axes.set_xticks(ticks, [f"{100 * tick:g} %" for tick in ticks])
        axes.minorticks_off()
        axes.set(xlabel="Prevalence where the model is used (logarithmic)", ylabel="Predictive value")
        axes.set(ylim=(-0.01, 1.01))
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=max(len(points), 1))

    return engrave(
        "predictive_values",
        draw,
        title="PPV and NPV over prevalence",
        reading="Sensitivity and specificity are assumed to stay as they came out here; bands join their lower limits, "
        "and their upper ones. Where disease is rarer, more of the flags are false, whatever the AUROC.",
        footnote=footnote,
    )


def decision_plate(curve: DecisionCurve, footnote: str) -> Plate:
    """Draw net benefit over the risk from which a reader would want a film flagged."""

    def draw(axes: Any) -> None:
        risk = curve.threshold_probability
        axes.fill_between(
            risk, curve.model_low, curve.model_high, color=NON_DISEASED, alpha=0.2, lw=0, label="95 % band"
        )
        axes.plot(risk, curve.model, color=NON_DISEASED, label="flag by the model")
        axes.plot(risk, curve.flag_all, color=DISEASED, ls="--", label="flag every film")
        axes.axhline(0, color=BLACK, ls=":", lw=1.2, label="flag nobody")
        top = float(np.nanmax([*curve.model_high, *curve.flag_all, 0.01]))
        axes.set(
            xlabel="Risk from which a film should be flagged", ylabel="Net benefit (true positives a film)"
        )
        axes.set(xlim=(0, 1), ylim=(-0.25 * top, 1.08 * top))
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=4)

    return engrave(
        "decision_curve",
        draw,
        title="Decision curve",
        reading="The model is worth using at the risks where its line lies above both others; where its band reaches "
        "one of them, these films do not settle it. It holds at their prevalence only (Vickers and Elkin, 2006).",
        footnote=footnote,
    )
