"""The command line as a whole."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from firstread import __version__

Run = Callable[..., Any]


def test_help_names_the_commands(firstread: Run) -> None:
    ran = firstread("--help")

    assert 0 == ran.code
    assert all(command in ran.out for command in ("triage", "train", "bundle"))


def test_the_version_is_the_package_s(firstread: Run) -> None:
    assert f"firstread {__version__}\n" == firstread("--version").out


def test_a_refusal_is_one_line_and_code_2(firstread: Run) -> None:
    ran = firstread("triage", "films", "--wait-cap", "-2")

    assert (2, "", "firstread: worklist.wait_cap must not be negative; received -2.\n") == (
        ran.code,
        ran.out,
        ran.err,
    )


def test_an_unknown_option_is_code_2(firstread: Run) -> None:
    assert 2 == firstread("triage", "films", "--nonsense").code


def test_an_interrupted_command_says_so(tmp_path: Path) -> None:
    """Ctrl-C: one line, the shell's own code, and no half result."""
    code = (
        "import os, signal; from firstread.edges.cli import app;"
        "app.app.command('wait')(lambda: os.kill(os.getpid(), signal.SIGINT)); app.main()"
    )

    ran = subprocess.run(
        [sys.executable, "-c", code, "wait"], capture_output=True, text=True, cwd=tmp_path, check=False
    )

    assert (130, "", "firstread: interrupted.\n") == (ran.returncode, ran.stdout, ran.stderr)


def test_help_loads_nothing_heavy() -> None:
    """What keeps `firstread --help` under 0.3 s, as a list instead of a stopwatch."""
    heavy = ["numpy", "PIL", "pydicom", "onnxruntime", "keras", "scipy", "sklearn", "jinja2", "rich.table"]
    code = f"import sys, firstread.edges.cli.app; print([m for m in {heavy} if m in sys.modules])"

    assert (
        "[]\n"
        == subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    )
