"""Text in the cells of a CSV file, so that no spreadsheet runs it and no cell breaks its line."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

__all__ = ["cell", "joined", "line"]

# A cell that begins so is run as a formula; the wide signs as well, where East Asian text is set. A program that takes
# another separator than the comma begins cells where we do not.
_FORMULA = re.compile(r"((?:^|[;,|\"])\s*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")
# A note may have several lines.
_BREAK = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]+")
# What commands a terminal, or turns the direction of what follows.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# Spreadsheets take it for "this is text".
_TEXT_MARK = "'"


def cell(value: object) -> str:
    """Return a value as a cell holds it: nothing for None, true and false in lower case, text that is only text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    # Numbers may begin with a minus; no number of ours is text.
    return str(value) if isinstance(value, int | float) else _text(str(value))


def joined(values: Iterable[object]) -> str:
    """Return several values in one cell, with semicolons between; a semicolon in a value becomes a comma."""
    return cell("; ".join(cell(value).replace(";", ",") for value in values))


def line(cells: Sequence[str]) -> str:
    """Return one line of a CSV file."""
    stream = io.StringIO()
    csv.writer(stream).writerow(cells)
    return stream.getvalue()


def _text(text: str) -> str:
    text = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", _BREAK.sub(" ", text))
    return _FORMULA.sub(rf"\1{_TEXT_MARK}", text)
