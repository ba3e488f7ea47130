"""What a whole process costs: time from start to end, and memory with its children's."""

import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass

import psutil

__all__ = ["Cost", "memory", "seconds"]

_EVERY_S = 0.02


@dataclass(frozen=True, slots=True)
class Cost:
    """One run of a command.

    Args:
        seconds: From before the process was started until it had ended.
        peak_bytes: Highest sum over the process and its descendants; None where it was not sampled.
        output: What it printed on standard output.
    """

    seconds: float
    peak_bytes: int | None
    output: str


def seconds(command: Sequence[str]) -> Cost:
    """Run a command and return its time; nothing else looks at it meanwhile."""
    return _run(command, sample=False)


def memory(command: Sequence[str]) -> int:
    """Run a command and return the highest sum of its processes' memory, in bytes.

    Every 20 ms the proportional set size (PSS) of the process and all its descendants is added up: a page that
    several of them share counts once. Where the system has no PSS, the unique set size stands in, which leaves
    shared pages out. Sampling costs time, so a run is measured either for time or for memory.
    """
    peak = _run(command, sample=True).peak_bytes
    if peak is None:
        raise RuntimeError(f"{command[0]}: the process must live long enough to be sampled; it did not.")
    return peak


def _run(command: Sequence[str], *, sample: bool) -> Cost:
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        began = time.perf_counter()
        process = psutil.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=errors)
        peak = _peak_of(process) if sample else None
        code = process.wait()
        took = time.perf_counter() - began
        output.seek(0)
        errors.seek(0)
        if code:
            raise RuntimeError(
                f"{' '.join(command)}\nmust succeed; exit code {code}.\n{errors.read()[-2000:]}"
            )
        return Cost(took, peak, output.read())


def _peak_of(process: psutil.Popen) -> int | None:
    """Sample until the process has ended."""
    peak = 0
    while process.poll() is None:
        peak = max(peak, _tree_bytes(process))
        time.sleep(_EVERY_S)
    return peak or None


def _tree_bytes(process: psutil.Popen) -> int:
    total = 0
    try:
        tree = [process, *process.children(recursive=True)]
    except psutil.Error:
        return 0
    for each in tree:
        try:
            facts = each.memory_full_info()
        except psutil.Error:  # it ended between the two calls
            continue
        total += int(getattr(facts, "pss", facts.uss))
    return total
