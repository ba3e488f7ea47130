"""The console script as a user runs it: whole processes, pipes, kills."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from firstread.inference.bundle import Bundle

N_FILMS = 60


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of films."""
    folder = tmp_path_factory.mktemp("films")
    for i in range(N_FILMS):
        rng = np.random.default_rng(i)
        pixels = np.linspace(-50, 50, 700)[np.newaxis, :] + rng.normal(70 + 2 * i, 5, (600, 700))
        Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(folder / f"{i:02}.jpg", quality=90)
    return folder


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "firstread", "triage", *map(str, arguments)]


def test_the_console_script_ranks_a_folder(films: Path, tiny_bundle: Bundle, tmp_path: Path) -> None:
    done = subprocess.run(
        command(films, "--bundle", tiny_bundle.folder, "--json", tmp_path / "w.json", "--top", 3),
        check=False, capture_output=True, text=True, timeout=60,
    )  # fmt: skip

    assert (0, "") == (done.returncode, done.stderr)
    assert f"{N_FILMS} films: " in done.stdout
    probabilities = [
        entry["probability"] for entry in json.loads((tmp_path / "w.json").read_text())["entries"]
    ]
    assert sorted(probabilities, reverse=True) == probabilities
    assert N_FILMS == len(probabilities)


def test_a_reader_that_leaves_the_pipe_is_no_error(films: Path, tiny_bundle: Bundle) -> None:
    with subprocess.Popen(
        command(films, "--bundle", tiny_bundle.folder, "--csv", "-"),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        err = process.stderr.read().decode()
        process.wait(60)

    assert "Traceback" not in err
    assert "BrokenPipe" not in err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Only Linux has a disk that is always full.")
@pytest.mark.parametrize("result", [(), ("--csv", "-"), ("--json", "-")])
def test_a_full_disk_is_one_line_and_no_success(
    films: Path, tiny_bundle: Bundle, result: tuple[str, ...]
) -> None:
    """The table itself, or a result on standard output, is sent to a file that the disk has no room for."""
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command(films, "--bundle", tiny_bundle.folder, *result),
            check=False, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60,
        )  # fmt: skip

    assert 2 == done.returncode
    assert "No space left on device" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("blow", "code"), [(signal.SIGKILL, -9), (signal.SIGINT, 130)])
def test_an_ended_triage_leaves_no_half_result_and_no_process(
    films: Path, tiny_bundle: Bundle, tmp_path: Path, blow: signal.Signals, code: int
) -> None:
    """Struck in the middle of the films: heat maps written so far are whole, the worklist is the old one."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "w.json").write_text('"the old one"')
    with subprocess.Popen(
        command(
            films, "--bundle", tiny_bundle.folder, "--workers", 1, "--batch-size", 1,
            "--json", out / "w.json", "--html", out / "w.html", "--heatmaps", out / "maps",
        ),
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
    ) as process:  # fmt: skip
        assert process.stderr is not None
        until(lambda: len(list((out / "maps").glob("*.png"))) >= 2)
        process.send_signal(blow)
        err = process.stderr.read().decode()
        assert code == process.wait(20)

    assert "Traceback" not in err
    maps = list((out / "maps").glob("*.png"))
    assert 2 <= len(maps) < N_FILMS
    for path in maps:
        with Image.open(path) as overlay:
            overlay.load()
    assert '"the old one"' == (out / "w.json").read_text()
    assert not (out / "w.html").exists()
    until(lambda: not members(process.pid))


def until(holds: Callable[[], bool], *, timeout_s: float = 20.0) -> None:
    end = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < end, "It did not happen in time."
        time.sleep(0.02)


def members(group: int) -> list[int]:
    """Return the processes of a process group that still run."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, process_group = stat.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(process_group) == group and state != "Z":
            found.append(int(stat.parent.name))
    return found
