"""The account of a bundle's heat maps as JSON and as Markdown."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from firstread.evaluation.explained_films import CURVES, ExplanationAccount, Row
from firstread.evaluation.intervals import NotDefined
from firstread.reporting.cells import interval_words

__all__ = ["as_markdown", "as_values"]

_QUESTIONS = (
    (
        "Where the heat lies",
        "Heat that is spread evenly over the film has the share of the field it is looked for in: compare the two.",
        ("in_lungs", "lungs_area", "in_thorax", "thorax_area"),
    ),
    (
        "Whether covering places of the film says the same",
        "Occlusion covers one place after the other and asks how far the score falls. A map that hardly changes when "
        "the last unit is random shows the film and not what the network thinks of it.",
        ("agreement", "overlap", "random_head"),
    ),
    (
        "What the score does when the hottest places go, and when they come first",
        "Of flagged films. All figures here are of the probability **before calibration**, the logistic function of "
        "the raw score: it is no probability of disease, and lies elsewhere than those on a reading worklist. After a "
        "sharp calibration every film of these curves lies at the ceiling, whatever is shown of it, and no order could "
        "be told from another. The last figures are what counts: how much better than a random order.",
        ("empty", *CURVES),
    ),
)
"""Heading, what to look for, and how the names of its figures begin."""


def as_values(account: ExplanationAccount, about: Mapping[str, Any]) -> dict[str, Any]:
    """Return the account as plain values for JSON.

    Args:
        account: The figures.
        about: Which bundle on which films, plain values.
    """
    return {
        **about,
        "level": account.level,
        "resamples": account.repeats,
        "lungs_not_found": int((~account.explained.found).sum()),
        "figures": [
            {
                "name": row.name,
                "words": row.words,
                "group": row.group,
                **(
                    {"not_defined": row.figure.reason}
                    if isinstance(row.figure, NotDefined)
                    else asdict(row.figure)
                ),
                "n_films": row.n_films,
                "n_patients": row.n_patients,
            }
            for row in account.rows
        ],
        "curves_of": "mean probability before calibration",
        "curves": [
            {
                "curve": curve,
                "order": order,
                "mean": _plain(band.mean),
                "low": _plain(band.low),
                "high": _plain(band.high),
            }
            for (curve, order), band in account.curves.items()
        ],
    }


def as_markdown(account: ExplanationAccount, *, title: str, footnote: str, figures: tuple[str, ...]) -> str:
    """Return the account as Markdown: every figure with its interval and its n.

    Args:
        account: The figures.
        title: Of the page.
        footnote: Films, split and intervals.
        figures: Names of the pictures beside it.
    """
    lost, flagged = ~account.explained.found, account.explained.flagged
    lines = [
        f"# {title}",
        "",
        footnote,
        "",
        f"The lungs of {lost.sum()} of {len(lost)} films could not be found, {(lost & flagged).sum()} of them among "
        f"the {flagged.sum()} flagged ones; those films are left out of the shares. A field that is placed by an atlas "
        "is right to about a tenth of the film.",
        "",
        *_sections(account),
        *(f"![{name}]({name}.svg)" for name in figures),
    ]
    return "\n".join(lines) + "\n"


def _sections(account: ExplanationAccount) -> Iterator[str]:
    for heading, says, names in _QUESTIONS:
        rows = [row for row in account.rows if row.name.startswith(names)]
        if rows:
            yield from (f"## {heading}", "", says, "")
            yield from (
                "| what | films | mean (95 % interval) | n films | n patients |",
                "|---|---|---|---|---|",
            )
            yield from _lines(rows)
            yield ""


def _lines(rows: Sequence[Row]) -> Iterator[str]:
    """Yield table rows; what is measured is said once, before its first group of films."""
    before = ""
    for row in rows:
        what = "" if row.words == before else row.words
        before = row.words
        yield f"| {what} | {row.group} | {interval_words(row.figure)} | {row.n_films:,} | {row.n_patients:,} |"


def _plain(values: Any) -> list[float | None]:
    """NaN is no JSON: where no film was asked there is null."""
    return [float(value) if np.isfinite(value) else None for value in values]
