"""One figure of a report, as SVG and as PNG: the same bytes from the same numbers, on any screen and in print."""

import io
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["BLACK", "DISEASED", "GREY", "NON_DISEASED", "Plate", "engrave"]

# Okabe and Ito's colours are told apart with any colour vision; they differ in lightness too, and every line has
# its own dashes or marks, so that a grey print keeps them apart.
DISEASED = "#D55E00"
NON_DISEASED = "#0072B2"
BLACK = "#000000"
GREY = "#6B6B6B"

_STYLE: dict[Any, object] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same letters on every machine
    "font.size": 9,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#E3E3E3",
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "lines.linewidth": 1.6,
    "hatch.linewidth": 0.6,
    "svg.hashsalt": "firstread",  # names inside an SVG come from chance otherwise
    "svg.fonttype": "path",
}
_DPI = 200
_FOOTNOTE_LETTERS_AN_INCH = 20


@dataclass(frozen=True, slots=True)
class Plate:
    """One figure.

    Args:
        name: Of its files, without end.
        title: What it shows.
        reading: How to read it, and what it shows in words for whoever cannot see it.
        svg: The figure as SVG.
        png: The figure as PNG.
    """

    name: str
    title: str
    reading: str
    svg: bytes
    png: bytes


def engrave(
    name: str, draw: Callable[[Any], None], *, title: str, reading: str, footnote: str, width_in: float = 6.2
) -> Plate:
    """Draw one figure.

    Args:
        name: Of its files, without end.
        draw: Puts everything onto matplotlib axes.
        title: What it shows; stands above the axes.
        reading: How to read it; stands beside it on the page.
        footnote: Films, split and intervals; stands below the axes, so that a copied figure keeps it.
        width_in: Width in inches.
    """
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with rc_context(_STYLE):
        figure = Figure(figsize=(width_in, 4.8), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        axes.set_title(title)
        draw(axes)
        below = textwrap.fill(footnote, round(_FOOTNOTE_LETTERS_AN_INCH * width_in))
        figure.supxlabel(below, fontsize=7, color=GREY, x=0.01, ha="left")
        svg, png = io.BytesIO(), io.BytesIO()
        figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None, "Title": title})
        figure.set_layout_engine("none")  # it stands: laying it out again takes a third of the time
        figure.savefig(png, format="png", dpi=_DPI, metadata={"Software": None, "Title": title})
    return Plate(name, title, reading, svg.getvalue(), png.getvalue())
