"""Factories for the command line's tests."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from firstread.config import Store as StoreSettings
from firstread.edges.cli.app import main
from firstread.edges.cli.reading_worklist import ReadingWorklist
from firstread.evaluation.operating_point import OperatingPoint
from firstread.records import FilmFacts, NotScored, Outcome, Reason, Scored, WorklistEntry
from firstread.terms import Band, Refusal, ViewPosition


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str


@pytest.fixture
def firstread(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Return a function that runs the command line in this process."""
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["firstread", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as leaving:
            code = int(leaving.code or 0)
        out, err = capfd.readouterr()
        return Ran(code, out, err)

    return run


@pytest.fixture
def store_settings(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> StoreSettings:
    """Return where the commands keep films: with SQLite, or each kind of database for a test that uses `database_url`.

    The folder is for `--folder`; a database that is not in it is named by the environment.
    """
    url = request.getfixturevalue("database_url") if "database_url" in request.fixturenames else None
    if url is not None:
        monkeypatch.setenv("FIRSTREAD_STORE__URL", url)
    return StoreSettings(folder=str(tmp_path / "store"), url=url, reserve_bytes=0)


@pytest.fixture
def film() -> Callable[..., Path]:
    """Return a function that writes a radiograph-like JPEG: a grey gradient with texture."""

    def write(path: Path, *, brightness: int = 120, size: tuple[int, int] = (300, 240)) -> Path:
        width, height = size
        rng = np.random.default_rng(brightness)
        ramp = np.linspace(-60, 60, width)[np.newaxis, :] + np.linspace(-20, 20, height)[:, np.newaxis]
        pixels = np.clip(brightness + ramp + rng.normal(0, 4, (height, width)), 0, 255).astype(np.uint8)
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(path, "JPEG", quality=90)
        return path

    return write


def facts(*, synthetic: bool = False) -> FilmFacts:
    return FilmFacts("ab" * 32, 1000, 600, 800, ViewPosition.PA, synthetic)


def outcomes() -> list[Outcome]:
    """Return one film of each kind, two of them with hostile names."""
    hostile = Path("films") / "<img src=x onerror=alert(1)>.jpg"
    return [
        Scored(hostile, facts(), 2.0, 0.91, True, Band.URGENT, 12.5, ("a <b>warning</b>",)),
        Scored(Path("films/b.png"), facts(synthetic=True), -1.0, 0.25, False, Band.REVIEW, None),
        NotScored(
            Path("films/[red]c\x1b[31m\n.csv"), Reason(Refusal.NOT_AN_IMAGE, "The file is not a picture.")
        ),
        Scored(Path("films/d.jpg"), facts(), -4.0, 0.001, False, Band.ROUTINE, 99.9, ("unlike", "others")),
    ]


@pytest.fixture
def worklist() -> ReadingWorklist:
    """Return a worklist with one film of each kind."""
    return ReadingWorklist(
        entries=tuple(WorklistEntry(i + 1, outcome) for i, outcome in enumerate(outcomes())),
        bundle={"name": "tiny", "sha256": "cd" * 32, "facts": {"licence": "Apache-2.0", "n": {"a": 1}}},
        operating_point=OperatingPoint("screening", 0.5, 0.95, 0.9, 60, 40),
        rule_out=OperatingPoint("rule_out", 0.2, 0.99, 0.7, 60, 40),
    )
