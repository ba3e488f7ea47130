import io
import sys

import pytest

from firstread.edges.cli.progress import stages


class Terminal(io.StringIO):
    """Standard error that somebody watches."""

    def isatty(self) -> bool:
        return True


def test_stages_show_nothing_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    with stages() as show:
        show("Reading films", 1, 2)

    assert "" == capsys.readouterr().err


def test_each_stage_has_its_own_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")

    with stages() as show:
        show("Reading films", 2, 2)
        show("Changing films", 1, 46)

    assert "Reading films" in terminal.getvalue()
    assert "1/46" in terminal.getvalue()
