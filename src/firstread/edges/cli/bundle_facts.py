"""A bundle's facts as tables for the screen."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from firstread.edges.cli.reading_worklist import printable
from firstread.evaluation.intervals import Interval
from firstread.evaluation.point_remarks import order_remark, range_remark
from firstread.inference.bundle import Bundle
from firstread.terms import DISCLAIMER

__all__ = ["facts_table", "points_table"]


_NAME_WIDTH = 34  # what is left of 80 columns must hold a sentence


def facts_table(bundle: Bundle) -> Table:
    """Return where the model comes from, one fact a line."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim", overflow="fold", max_width=_NAME_WIDTH)
    table.add_column(overflow="fold")
    for name, value in (
        ("bundle", bundle.folder),
        ("sha256", bundle.sha256),
        ("input", f"{bundle.recipe.height} × {bundle.recipe.width} pixels"),
        ("heat maps", "yes"),
        ("neither ruled out nor certain", "from {:.3f} to below {:.3f}".format(*bundle.abstain_band)),
        ("says how unusual a film is", "no" if bundle.shift is None else "yes"),
        ("refuses what is no frontal chest film", "no" if bundle.frontal is None else "yes"),
        *_flat(bundle.facts),
    ):
        table.add_row(Text(printable(name)), Text(printable(value)))
    return table


def points_table(bundle: Bundle) -> Table:
    """Return the operating points as fixed on tuning films and, below, the range for another stretch of patients."""
    caption = "\n\n".join((*_remarks(bundle), DISCLAIMER))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, caption=caption, caption_justify="left")
    for heading in ("Operating point", "Probability", "Sensitivity", "Specificity", "Tuning films"):
        table.add_column(heading, justify="left" if heading == "Operating point" else "right")
    for name, point in bundle.operating_points.items():
        films = f"{point.n_diseased:,} + {point.n_non_diseased:,}"
        rates = (
            _rate(point.sensitivity, point.predicted_sensitivity),
            _rate(point.specificity, point.predicted_specificity),
        )
        table.add_row(Text(printable(name)), f"{point.threshold:.3f}", *rates, films)
    return table


def _remarks(bundle: Bundle) -> Iterator[str]:
    points = bundle.operating_points
    screening = points["screening"]
    yield from filter(
        None,
        (
            range_remark(screening.predicted_sensitivity, screening.predicted_specificity),
            order_remark({name: point.threshold for name, point in points.items()}),
        ),
    )


def _rate(achieved: float, predicted: Interval | None) -> str:
    """Return the rate on tuning films and, where it is known, the 95 % range on another stretch of patients."""
    below = "" if predicted is None else f"\n{100 * predicted.low:.1f}–{predicted.high:.1%}"
    return f"{achieved:.1%}{below}"


def _flat(facts: Mapping[str, Any], beginning: str = "") -> Iterator[tuple[str, str]]:
    for name, value in facts.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{beginning}{name}.")
        else:
            yield beginning + name, value if isinstance(value, str) else json.dumps(value, default=str)
