"""A cell is text: no spreadsheet runs it, and no name breaks a line."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstread.edges.web import spreadsheet


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (0.25, "0.25"),
        (-1.5, "-1.5"),
        (7, "7"),
        ("a.png", "a.png"),
        ("=1+1", "'=1+1"),
        ("+49", "'+49"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  =1", "  '=1"),
        # A spreadsheet in Japanese takes these for the same.
        ("\uff1d1", "'\uff1d1"),
        # One that takes another separator begins cells here.
        ("a;=1", "a;'=1"),
        ('x",=1', "x\",'=1"),
        ("a=b", "a=b"),
        ("two\r\nlines", "two lines"),
        ("\t=1", " '=1"),
        ("red\x1b[31m", "red\ufffd[31m"),
        ("gpj.\u202eexe", "gpj.\ufffdexe"),
    ],
)
def test_a_value_becomes_a_cell(value: object, cell: str) -> None:
    assert cell == spreadsheet.cell(value)


def test_several_values_keep_apart_in_one_cell() -> None:
    assert "a, b; '=c; ; true" == spreadsheet.joined(["a; b", "=c", None, True])


@given(st.lists(st.text(), min_size=1))
def test_a_line_is_read_back_as_its_cells_and_none_is_a_formula(values: list[str]) -> None:
    """The csv module of Python is the oracle; `;` is how a spreadsheet in German would take the line apart."""
    cells = [spreadsheet.cell(value) for value in values]

    (row,) = csv.reader(io.StringIO(spreadsheet.line(cells), newline=""))

    assert cells == row
    for separated in (row, *csv.reader(io.StringIO(spreadsheet.line(cells), newline=""), delimiter=";")):
        assert not [cell for cell in separated if cell.lstrip().startswith(("=", "+", "-", "@"))]
