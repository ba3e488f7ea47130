"""`firstread triage` as a whole process against the recipe most users would write."""

import json
import shutil
from pathlib import Path
from statistics import median

import whole_process
from figures import Figure, Goal, Report, ratio_of
from workbench import Workbench

__all__ = ["measure"]

_MEBIBYTE = 2**20


def measure(bench: Workbench) -> Report:
    """Return speed and memory on a folder, and the time to the first result."""
    return Report(
        (*_speed(bench), *_memory(bench), *_first_result(bench), *_one_pass(bench)),
        f"Films: {bench.films_in_words}. Times are of whole processes, from start to end; a pass is that of a process "
        "that runs already, from decoded pixels to a probability, alone.",
    )


def _speed(bench: Workbench) -> tuple[Figure, Figure]:
    n = len(bench.sources)
    ours, usual = _paired_seconds(bench, bench.films, n)
    rates = [tuple(n / seconds for seconds in side) for side in (ours, usual)]
    ratio = ratio_of(rates[0], rates[1])
    return (
        Figure(f"`firstread triage`, {n} films", "films/s", rates[0], ratio, Goal("≥ 4", ratio >= 4)),
        Figure(f"the usual recipe, {n} films", "films/s", rates[1]),
    )


def _memory(bench: Workbench) -> tuple[Figure, Figure]:
    commands = (bench.triage(bench.films), bench.usual_recipe(bench.films))
    rounds = [
        [whole_process.memory(command) for command in commands] for _ in range(bench.sizes.memory_rounds)
    ]
    ours, usual = (tuple(peak / _MEBIBYTE for peak in side) for side in zip(*rounds, strict=True))
    ratio = ratio_of(ours, usual)
    return (
        Figure("peak memory of `firstread triage`", "MiB", ours, ratio, Goal("≤ 0.25", ratio <= 0.25)),
        Figure("peak memory of the usual recipe", "MiB", usual),
    )


def _first_result(bench: Workbench) -> tuple[Figure, Figure]:
    """Time a folder of one film: its result is there when the process has printed it and ended."""
    folder = bench.folder / "one"
    folder.mkdir()
    shutil.copy(bench.sources[0], folder)
    ours, usual = _paired_seconds(bench, folder, 1)
    worst = max(ours)
    return (
        Figure("`firstread triage`, 1 film", "s", ours, ratio_of(ours, usual), Goal("≤ 1.5 s", worst <= 1.5)),
        Figure("the usual recipe, 1 film", "s", usual),
    )


def _one_pass(bench: Workbench) -> tuple[Figure, Figure]:
    command = bench.script(
        "one_film.py", bench.bundle, bench.folder / "usual.keras", bench.sources[0], bench.sizes.rounds
    )
    times = json.loads(whole_process.seconds(command).output.splitlines()[-1])
    ours, usual = tuple(times["bundle"]), tuple(times["usual"])
    middle = median(ours)
    return (
        Figure("one pass of the bundle", "ms", ours, ratio_of(ours, usual), Goal("≤ 8 ms", middle <= 8)),
        Figure("one pass of the stock classifier", "ms", usual),
    )


def _paired_seconds(bench: Workbench, films: Path, n: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Run A B A B …, after one of each that fills the file cache."""
    ours, usual = [], []
    for number in range(bench.sizes.rounds + 1):
        a = whole_process.seconds(bench.triage(films)).seconds
        bench.require_scored(n)
        b = whole_process.seconds(bench.usual_recipe(films)).seconds
        if number:
            ours.append(a)
            usual.append(b)
    return tuple(ours), tuple(usual)
