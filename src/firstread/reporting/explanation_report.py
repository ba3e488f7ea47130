"""The account of a bundle's heat maps as JSON and as Markdown."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from firstread.evaluation.explained_films import ExplanationAccount
from firstread.evaluation.intervals import NotDefined
from firstread.reporting.cells import interval_words

__all__ = ["as_markdown", "as_values"]


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
    missing = int((~account.explained.found).sum())
    lines = [
        f"# {title}",
        "",
        footnote,
        "",
        f"The lungs of {missing} of {len(account.explained.films)} films could not be found; those films are left out "
        "of the shares. A field that is placed by an atlas is right to about a tenth of the film.",
        "",
        "| what | films | mean (95 % interval) | n films | n patients |",
        "|---|---|---|---|---|",
        *_lines(account),
        "",
        *(f"![{name}]({name}.svg)" for name in figures),
    ]
    return "\n".join(lines) + "\n"


def _lines(account: ExplanationAccount) -> Iterator[str]:
    for row in account.rows:
        yield f"| {row.words} | {row.group} | {interval_words(row.figure)} | {row.n_films:,} | {row.n_patients:,} |"


def _plain(values: Any) -> list[float | None]:
    """NaN is no JSON: where no film was asked there is null."""
    return [float(value) if np.isfinite(value) else None for value in values]
