import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from firstread.config import ReadLimits, Workers
from firstread.errors import WorkerError
from firstread.imaging.film_pool import FilmPool
from firstread.imaging.prepare import Prepared, prepare
from firstread.imaging.preprocess import Recipe
from firstread.records import Reason
from firstread.terms import Refusal

MIB = 2**20
# What a worker runs in these tests: the first letters of a file's name say what opening it does.
PREPARER = """
import ctypes, os, sys, time
import numpy as np
from firstread.imaging.prepare import Prepared
from firstread.records import FilmFacts, Reason
from firstread.terms import Refusal

def play(source, recipe, *, limits):
    deed = source.name.partition("-")[0]
    if deed == "crash":
        ctypes.string_at(0)
    elif deed == "hang":
        time.sleep(600)
    elif deed == "eat":
        kept = bytearray(2 ** 33)
    elif deed == "lie":
        os.write(int(__import__("json").loads(sys.argv[1])["handle"]), b"\\0\\0\\0\\4junk")
        time.sleep(5)
    elif deed == "slow":
        time.sleep(0.3)
    elif deed == "refuse":
        return Reason(Refusal.OUT_OF_MEMORY, "as prepare would say")
    elif deed == "once" and not os.path.exists(str(source) + ".tried"):
        open(str(source) + ".tried", "w").close()
        ctypes.string_at(0)
    return Prepared(np.full((recipe.height, recipe.width), 7, np.uint8), FilmFacts("", 1, 9, 9))
"""


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the name of a preparer whose films crash, hang and eat memory on demand."""
    (tmp_path / "films_that_misbehave.py").write_text(PREPARER)
    monkeypatch.syspath_prepend(str(tmp_path))
    return "films_that_misbehave:play"


def pool(*, processes: int = 2, timeout_s: float = 20.0, memory_mib: int = 640, **options: Any) -> FilmPool:
    workers = Workers(processes=processes, timeout_s=timeout_s, memory_bytes=memory_mib * MIB)
    return FilmPool(Recipe(height=32, width=32), limits=ReadLimits(), workers=workers, **options)


def codes(pairs: Iterator[tuple[Path, Prepared | Reason]]) -> list[str]:
    return [outcome.code if isinstance(outcome, Reason) else "prepared" for _, outcome in pairs]


def children() -> list[int]:
    return [process.pid for process in psutil.Process().children()]


def test_the_pool_prepares_what_prepare_does_in_the_order_of_the_paths(film_folder: Path) -> None:
    paths = sorted(film_folder.iterdir())[::-1]
    (film_folder / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    paths.insert(2, film_folder / "broken.jpg")
    paths.append(film_folder / "gone.jpg")

    with pool() as workers:
        outcomes = list(workers.prepare_all(paths))

    assert paths == [path for path, _ in outcomes]
    for path, outcome in outcomes:
        expected = prepare(path, Recipe(height=32, width=32), limits=ReadLimits())
        assert type(expected) is type(outcome)
        if isinstance(expected, Prepared) and isinstance(outcome, Prepared):
            assert np.array_equal(expected.pixels, outcome.pixels)
            assert expected.facts == outcome.facts
        else:
            assert expected == outcome


def test_a_film_that_crashes_costs_only_itself(play: str) -> None:
    names = [f"fine-{n}" for n in range(20)]
    names[5] = "crash-a"
    names[6] = "crash-b"

    with pool(preparer=play) as workers:
        outcomes = codes(workers.prepare_all(map(Path, names)))

    assert [Refusal.CRASHED if name.startswith("crash") else "prepared" for name in names] == outcomes


def test_a_film_that_inherits_a_crash_is_tried_again(play: str, tmp_path: Path) -> None:
    """The film before may have left the damage; a fresh worker shows whose it is."""
    with pool(processes=1, preparer=play) as workers:
        assert ["prepared"] == codes(workers.prepare_all([tmp_path / "once-x"]))


def test_a_film_that_hangs_costs_its_time_and_only_itself(play: str) -> None:
    names = ["fine-1", "hang-2", "fine-3", "fine-4", "fine-5"]
    started = time.monotonic()

    with pool(processes=1, timeout_s=0.5, preparer=play) as workers:
        outcomes = [outcome for _, outcome in workers.prepare_all(map(Path, names))]

    assert time.monotonic() - started < 10
    reason = outcomes.pop(1)
    assert Reason(Refusal.TIMEOUT, "The film took more than 0.5 seconds to open.") == reason
    assert all(isinstance(outcome, Prepared) for outcome in outcomes)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits address space reliably")
def test_a_film_that_eats_memory_costs_only_itself(play: str) -> None:
    """Eight gigabytes at once: the worker's MemoryError ends the worker, not the machine."""
    with pool(processes=1, memory_mib=128, preparer=play) as workers:
        outcomes = codes(workers.prepare_all(map(Path, ["fine-1", "eat-2", "fine-3"])))

    assert "prepared" == outcomes[0] == outcomes[2]
    assert outcomes[1] in (Refusal.CRASHED, Refusal.OUT_OF_MEMORY)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits address space reliably")
def test_a_real_film_too_big_for_its_worker_says_so(
    tmp_path: Path, make_file: Callable[..., bytes], film_folder: Path
) -> None:
    big = tmp_path / "big.png"
    big.write_bytes(make_file(np.zeros((5000, 6000, 3), np.uint8), "PNG", compress_level=1))
    fine = film_folder / "1.jpg"

    with pool(processes=1, memory_mib=64) as workers:
        assert ["prepared", Refusal.OUT_OF_MEMORY, "prepared"] == codes(
            workers.prepare_all([fine, big, fine])
        )


def test_a_worker_that_ends_of_its_own_will_blames_no_film(play: str) -> None:
    """After an out-of-memory film the worker retires; the films behind it must not pay."""
    names = ["refuse-1", *(f"fine-{n}" for n in range(12))]

    with pool(processes=1, preparer=play) as workers:
        assert [Refusal.OUT_OF_MEMORY, *["prepared"] * 12] == codes(workers.prepare_all(map(Path, names)))


def test_a_worker_that_talks_nonsense_is_replaced(play: str) -> None:
    with pool(processes=1, preparer=play) as workers:
        assert [Refusal.CRASHED, "prepared"] == codes(workers.prepare_all(map(Path, ["lie-1", "fine-2"])))


def test_a_worker_killed_from_outside_costs_no_more_than_its_film(play: str) -> None:
    with pool(processes=1, preparer=play) as workers:
        outcomes = workers.prepare_all(Path(f"slow-{n}") for n in range(4))
        next(outcomes)
        psutil.Process().children()[0].kill()
        rest = codes(outcomes)

    assert 3 == len(rest)
    assert Counter(rest)["prepared"] >= 2


def test_paths_are_drawn_lazily_and_a_bounded_number_ahead(play: str) -> None:
    drawn = 0

    def endless() -> Iterator[Path]:
        nonlocal drawn
        while True:
            drawn += 1
            yield Path(f"fine-{drawn}")

    with pool(preparer=play) as workers:
        outcomes = workers.prepare_all(endless())
        for _ in range(500):
            next(outcomes)
        ahead = drawn - 500

    assert 0 <= ahead <= 100


def test_an_error_in_the_paths_reaches_the_caller(play: str) -> None:
    def paths() -> Iterator[Path]:
        yield Path("fine-1")
        raise LookupError("the folder went away")

    with pool(preparer=play) as workers, pytest.raises(LookupError, match="went away"):
        list(workers.prepare_all(paths()))


def test_two_callers_may_share_a_pool(play: str) -> None:
    results: dict[int, list[str]] = {}

    with pool(preparer=play) as workers:

        def call(number: int) -> None:
            results[number] = codes(workers.prepare_all(Path(f"fine-{n}") for n in range(200)))

        threads = [threading.Thread(target=call, args=(number,)) for number in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert [["prepared"] * 200] * 3 == [results[number] for number in range(3)]


def test_no_process_and_no_zombie_is_left(play: str) -> None:
    before = children()

    with pool(timeout_s=0.3, preparer=play) as workers:
        outcomes = workers.prepare_all(map(Path, ["crash-1", "hang-2", *(f"fine-{n}" for n in range(99))]))
        next(outcomes)

    assert before == children()


def test_a_closed_pool_says_so(play: str) -> None:
    with pool(preparer=play) as workers:
        outcomes = workers.prepare_all(Path(f"slow-{n}") for n in range(9))
        next(outcomes)
    workers.close()

    with pytest.raises(WorkerError, match="must be open to prepare films"):
        workers.submit(Path("fine-1"))


def test_workers_that_cannot_start_are_an_error_and_no_loop() -> None:
    with pool(preparer="no_such_module:play") as workers, pytest.raises(WorkerError, match="must start"):
        list(workers.prepare_all([Path("film")]))


def test_workers_are_light(film_folder: Path) -> None:
    """No pydicom before the first DICOM file."""
    others = set(psutil.Process().children())  # pools that other tests keep
    with pool() as workers:
        assert 6 == len(list(workers.prepare_all(sorted(film_folder.iterdir()))))
        resident = [process.memory_info().rss for process in set(psutil.Process().children()) - others]

    assert max(resident) < 64 * MIB


@pytest.mark.films
@pytest.mark.parametrize("folder", ["dicom", "hostile", "ood/photos"])
def test_real_and_hostile_files_all_get_an_outcome(folder: str, public_films: Path) -> None:
    """Nothing may crash this process, hang for more than ten seconds, or take more than a gigabyte."""
    paths = sorted(path for path in (public_films / folder).rglob("*") if path.is_file())
    before = psutil.Process().memory_info().rss

    with pool(timeout_s=8) as workers:
        outcomes = []
        peak = 0
        for path, outcome in workers.prepare_all(paths):
            outcomes.append((path, outcome))
            if len(outcomes) % 50 == 0:
                peak = max(peak, *(process.memory_info().rss for process in psutil.Process().children()))

    assert paths == [path for path, _ in outcomes]
    failed = [
        p.name for p, o in outcomes if isinstance(o, Reason) and o.code in (Refusal.CRASHED, Refusal.TIMEOUT)
    ]
    assert [] == failed
    assert peak < 512 * MIB
    assert psutil.Process().memory_info().rss - before < 128 * MIB


SCRIPT = """
import sys, time
from pathlib import Path
from firstread.config import ReadLimits, Workers
from firstread.imaging.film_pool import FilmPool
from firstread.imaging.preprocess import Recipe

with FilmPool(Recipe(), limits=ReadLimits(), workers=Workers(processes=2)) as pool:
    for path, outcome in pool.prepare_all([Path(name) for name in sys.argv[1:]]):
        print(path.name, type(outcome).__name__, flush=True)
    print("waiting", *(w._process.pid for w in pool._workers), flush=True)
    if "wait" in sys.argv:
        time.sleep(60)
"""


@pytest.mark.parametrize("how", ["-c", "script"])
def test_a_script_needs_no_guarded_main_module(how: str, film_folder: Path, tmp_path: Path) -> None:
    """Notebooks and scripts run at top level; a pool that imported them again would run them again."""
    (tmp_path / "script.py").write_text(SCRIPT)
    start = ["-c", SCRIPT] if how == "-c" else [str(tmp_path / "script.py")]

    done = subprocess.run(
        [sys.executable, *start, "1.jpg", "2.jpg"],
        cwd=film_folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert ["1.jpg Prepared", "2.jpg Prepared"] == done.stdout.splitlines()[:2]
    assert "" == done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGINT])
def test_workers_end_with_their_parent(blow: signal.Signals, film_folder: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, "1.jpg", "wait"],
        cwd=film_folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    line = next(line for line in parent.stdout if line.startswith("waiting"))
    workers = [psutil.Process(int(pid)) for pid in line.split()[1:]]

    os.kill(parent.pid, blow)
    _, errors = parent.communicate(timeout=20)

    _, alive = psutil.wait_procs(workers, timeout=10)
    assert [] == alive
    assert 2 == len(workers)
    assert errors.count("Traceback") == (
        1 if blow is signal.SIGINT else 0
    )  # the script's own, not the workers'
