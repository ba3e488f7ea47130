"""A document as one self-contained page, or as Markdown beside its figures."""

import base64
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from firstread.reporting.document import Document

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["as_html", "as_markdown"]

_TEMPLATES = Path(__file__).parent / "templates"


def as_html(document: Document) -> str:
    """Return a page that needs no network, no script and no other file, on screen and on paper."""
    style = (_TEMPLATES / "report.css").read_text(encoding="utf-8")
    return _environment().get_template("report.html.j2").render(document=document, style=style)


def as_markdown(document: Document, *, figures: str) -> str:
    """Return the document as Markdown; films are left out.

    Args:
        document: What to write.
        figures: Folder of the figures' files, as seen from the Markdown file.
    """
    return _environment().get_template("report.md.j2").render(document=document, figures=figures)


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(enabled_extensions=("html.j2",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["base64"] = lambda content: base64.b64encode(content).decode("ascii")
    environment.filters["cell"] = _cell
    return environment


def _cell(text: str) -> str:
    """Return text that stays in its cell of a Markdown table; a file's name may hold anything."""
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;") or " "
