"""Figures of an audit: what splits hide, what changes do to a score, how figures fall as films get worse."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from firstread.evaluation.intervals import Figure, Interval
from firstread.reporting.plate import BLACK, DISEASED, GREY, NON_DISEASED, Plate, engrave

__all__ = ["corruption_plate", "counterfactual_plate", "id_map_plate", "inflation_plate"]

# Okabe and Ito's, in an order in which neighbours differ in lightness too.
_COLOURS = (BLACK, "#E69F00", "#0072B2", "#CC79A7", "#009E73")
_MARKS = "osD^v"
_DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1)))


def inflation_plate(
    figures: Mapping[str, Mapping[str, Figure]], *, what: str, name: str, footnote: str
) -> Plate:
    """Draw one figure of each model under each split.

    Args:
        figures: Model → split → figure.
        what: The figure's name, for the axis.
        name: Of the files.
        footnote: Films and intervals.
    """
    splits = list(next(iter(figures.values())))

    def draw(axes: Any) -> None:
        for number, (model, of_split) in enumerate(figures.items()):
            aside = (number - (len(figures) - 1) / 2) * 0.14
            points = [
                (place + aside, figure)
                for place, figure in enumerate(of_split.values())
                if isinstance(figure, Interval)
            ]
            _points(axes, points, number, label=model)
        missing = [
            place
            for place, split in enumerate(splits)
            if not any(isinstance(of_split[split], Interval) for of_split in figures.values())
        ]
        for place in missing:
            axes.text(place, 0.5, "not\ndefined", ha="center", va="center", color=GREY, fontsize=8)
        axes.set_xticks(range(len(splits)), splits)
        axes.set(ylabel=what, xlim=(-0.5, len(splits) - 0.5), ylim=(-0.02, 1.03))
        axes.grid(visible=False, axis="x")
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.07), ncols=min(len(figures), 4))

    return engrave(
        name,
        draw,
        title=f"{what} of the same models under four splits",
        reading=f"{what} with its 95 % interval. Where a model that sees no lung does well, the split or the data "
        "lets it; where a figure falls from left to right, the splits on the left flatter.",
        footnote=footnote,
    )


def counterfactual_plate(rows: Sequence[tuple[str, Figure, Figure, float]], *, footnote: str) -> Plate:
    """Draw how far probabilities move.

    Args:
        rows: Change, mean change, the change that 95 % of the films stay within, the worst.
        footnote: Films and intervals.
    """

    def draw(axes: Any) -> None:
        for place, (_, mean, most, worst) in enumerate(reversed(rows)):
            axes.plot([0, worst], [place, place], color=GREY, lw=0.8)
            axes.plot(
                worst, place, "x", color=BLACK, ms=5, label="the film that moves most" if not place else None
            )
            for figure, mark, colour, label in (
                (most, "|", DISEASED, "95 % of the films within"),
                (mean, "o", NON_DISEASED, "mean"),
            ):
                if isinstance(figure, Interval):
                    axes.plot([figure.low, figure.high], [place, place], color=colour, lw=3, alpha=0.4)
                    axes.plot(
                        figure.estimate,
                        place,
                        mark,
                        color=colour,
                        ms=6,
                        mew=2,
                        label=None if place else label,
                    )
        axes.set_yticks(range(len(rows)), [row[0] for row in reversed(rows)], fontsize=8)
        axes.set(xlabel="Change of probability, either way", xlim=(-0.01, 1.01))
        axes.grid(visible=False, axis="y")
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.13), ncols=3)

    return engrave(
        "counterfactuals",
        draw,
        title="What moves the probability and is no disease",
        reading="Each line is one change, made to every film; bands are 95 % intervals. A score that rests on lungs "
        "moves little.",
        footnote=footnote,
    )


def corruption_plate(curves: Mapping[str, Sequence[Figure]], *, what: str, name: str, footnote: str) -> Plate:
    """Draw how a figure falls with the strength of each corruption.

    Args:
        curves: Kind → figure at severity 0, 1, 2 …
        what: The figure's name, for the axis.
        name: Of the files.
        footnote: Films and intervals.
    """

    def draw(axes: Any) -> None:
        for number, (kind, figures) in enumerate(curves.items()):
            aside = (number - (len(curves) - 1) / 2) * 0.06
            points = [
                (place + aside, figure)
                for place, figure in enumerate(figures)
                if isinstance(figure, Interval)
            ]
            _points(axes, points, number, label=kind)
            axes.plot(
                [place for place, _ in points],
                [figure.estimate for _, figure in points],
                color=_COLOURS[number % len(_COLOURS)],
                ls=_DASHES[number % len(_DASHES)],
                lw=1.2,
            )
        axes.set(xlabel="Severity (0: the film as it is)", ylabel=what, ylim=(-0.02, 1.03))
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.13), ncols=len(curves))

    return engrave(
        name,
        draw,
        title=f"{what} as films get worse",
        reading=f"{what} with its 95 % interval, under corruptions of growing strength (Hendrycks and Dietterich, "
        "2019).",
        footnote=footnote,
    )


def id_map_plate(ranges: Sequence[tuple[str, str, int, int]], *, footnote: str) -> Plate:
    """Draw which stretches of patient numbers each part was made of.

    Args:
        ranges: Series, part, first and last number.
        footnote: Films.
    """
    series = list(dict.fromkeys(row[0] for row in ranges))
    parts = list(dict.fromkeys(row[1] for row in ranges))

    def draw(axes: Any) -> None:
        for number, part in enumerate(parts):
            for place, name in enumerate(reversed(series)):
                stretches = [
                    (first - 0.5, last - first + 1)
                    for of_series, of_part, first, last in ranges
                    if (of_series, of_part) == (name, part)
                ]
                axes.broken_barh(
                    stretches,
                    (place - 0.35, 0.7),
                    color=_COLOURS[number % len(_COLOURS)],
                    label=part if place == 0 else None,
                )
        axes.set_yticks(range(len(series)), list(reversed(series)))
        axes.set(xlabel="Patient number within its series")
        axes.grid(visible=False, axis="y")
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.13), ncols=len(parts))

    return engrave(
        "id_map",
        draw,
        title="Which patient numbers each part holds",
        reading="A few long stretches of one colour: the part was cut out as a block, and a random re-split of the "
        "rest says little about it. Many short ones: it was drawn at random.",
        footnote=footnote,
    )


def _points(axes: Any, points: Sequence[tuple[float, Interval]], number: int, *, label: str) -> None:
    if not points:
        return
    estimates = np.array([figure.estimate for _, figure in points])
    below = np.array([figure.estimate - figure.low for _, figure in points])
    above = np.array([figure.high - figure.estimate for _, figure in points])
    axes.errorbar(
        [place for place, _ in points],
        estimates,
        yerr=np.maximum([below, above], 0),  # rounding must not make one negative
        fmt=_MARKS[number % len(_MARKS)],
        color=_COLOURS[number % len(_COLOURS)],
        ms=5,
        lw=1,
        capsize=2,
        label=label,
    )
