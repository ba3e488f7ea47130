"""Where the heat lies, whether two ways of asking agree, and what the score does without it."""

from typing import Any

import numpy as np

from firstread.evaluation.explained_films import CURVES, ORDERS, ExplanationAccount
from firstread.reporting.plate import BLACK, DISEASED, GREY, NON_DISEASED, Plate, engrave

__all__ = ["explanation_plates"]

_CLASSES = (("diseased", DISEASED, "//"), ("non-diseased", NON_DISEASED, ""))
_LINES = {"heat map": (DISEASED, "-"), "occlusion": (NON_DISEASED, "--"), "random": (GREY, ":")}


def explanation_plates(account: ExplanationAccount, *, footnote: str) -> tuple[Plate, ...]:
    """Draw what can be drawn of these films."""
    plates = [_mean_heat_plate(account, group, footnote) for group, _, _ in _CLASSES if _n(account, group)]
    for name, title, label, reading in (
        (
            "in_thorax",
            "Heat between the lungs' outer borders",
            "Share of the heat inside the thorax",
            "Heat spread evenly over the film would lie at the dotted line. Evidence for pneumonia further left than "
            "it is not evidence from the lungs.",
        ),
        (
            "agreement",
            "Do heat map and occlusion agree?",
            "Rank correlation over the places of a film",
            "1: both put the places of the film into the same order. 0: they have nothing to do with each other.",
        ),
    ):
        if np.isfinite(account.explained.answers[name]).any():
            plates.append(_histogram_plate(account, name, title, label, reading, footnote))
    plates += [
        _curve_plate(account, curve, footnote)
        for curve in CURVES
        if np.isfinite(account.curves[curve, ORDERS[0]].mean).any()
    ]
    return tuple(plates)


def _n(account: ExplanationAccount, group: str) -> int:
    return int(account.explained.groups[group].sum())


def _mean_heat_plate(account: ExplanationAccount, group: str, footnote: str) -> Plate:
    members = account.explained.groups[group]
    mean = account.explained.heat_map[members].mean(axis=0)

    def draw(axes: Any) -> None:
        shown = axes.imshow(mean, cmap="cividis", vmin=0, vmax=1, extent=(0, 1, 1, 0))
        side = len(account.explained.lungs)
        along = (np.arange(side) + 0.5) / side
        axes.contour(along, along, account.explained.lungs, levels=[0.5], colors="white", linewidths=1.6)
        axes.set(xticks=[], yticks=[])
        axes.grid(visible=False)
        axes.figure.colorbar(shown, ax=axes, label="Mean heat, 0 to 1")

    return engrave(
        f"mean-heat-{group}",
        draw,
        title=f"Mean heat map of {int(members.sum()):,} {group} films",
        reading="White: where most of the films have lung, by the atlas. The film's right is the patient's left.",
        footnote=footnote,
        width_in=5.4,
    )


def _histogram_plate(
    account: ExplanationAccount, name: str, title: str, label: str, reading: str, footnote: str
) -> Plate:
    answers = account.explained.answers[name]
    low = -1.0 if name == "agreement" else 0.0
    edges = np.linspace(low, 1, 41)
    chance = 0.0 if name == "agreement" else float(np.nanmean(account.explained.answers["thorax_area"]))

    def draw(axes: Any) -> None:
        for group, colour, hatch in _CLASSES:
            values = answers[account.explained.groups[group]]
            values = values[np.isfinite(values)]
            if values.size:
                weights = np.full(values.size, 1 / values.size)
                axes.hist(
                    values,
                    edges,
                    weights=weights,
                    color=colour,
                    alpha=0.55,
                    hatch=hatch,
                    label=f"{group}, {values.size:,} films",
                )
        axes.axvline(chance, color=BLACK, ls=":", lw=1.2, label="chance")
        axes.set(xlabel=label, ylabel="Fraction of the films", xlim=(low, 1))
        axes.legend(loc="upper left")

    return engrave(name.replace("_", "-"), draw, title=title, reading=reading, footnote=footnote)


def _curve_plate(account: ExplanationAccount, curve: str, footnote: str) -> Plate:
    n = int(np.isfinite(account.explained.curves[curve, ORDERS[0]]).all(axis=1).sum())
    verb = {"deletion": "taken away", "insertion": "given back"}[curve]

    def draw(axes: Any) -> None:
        for order in ORDERS:
            band, (colour, dashes) = account.curves[curve, order], _LINES[order]
            along = np.linspace(0, 1, band.mean.size)
            axes.fill_between(along, band.low, band.high, color=colour, alpha=0.18, lw=0)
            axes.plot(
                along,
                band.mean,
                color=colour,
                ls=dashes,
                label="in random order" if order == "random" else f"by {order}",
            )
        axes.set(
            xlabel=f"Fraction of the film {verb}",
            ylabel="Mean probability before calibration",
            xlim=(0, 1),
            ylim=(0, 1.01),
        )
        axes.legend(loc="lower left")

    better = {"deletion": "The faster the probability falls", "insertion": "The faster it rises"}[curve]
    return engrave(
        curve,
        draw,
        title=f"{curve.capitalize()}: {n:,} flagged films, hottest places first",
        reading=f"{better}, compared with a random order, the more of the evidence the map names.",
        footnote=footnote,
    )
