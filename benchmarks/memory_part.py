"""Memory of a training with few films against one with many."""

import whole_process
from figures import Figure, Goal, Report, ratio_of
from workbench import Workbench

__all__ = ["measure"]

_MEBIBYTE = 2**20


def measure(bench: Workbench) -> Report:
    """Return the peak resident memory of both trainings."""
    few, many = bench.sizes.few_films, bench.sizes.many_films
    rounds = [
        [_peak(bench, n, number) for n in (few, many)] for number in range(bench.sizes.training_memory_rounds)
    ]
    of_few, of_many = (tuple(peak / _MEBIBYTE for peak in side) for side in zip(*rounds, strict=True))
    ratio = ratio_of(of_many, of_few)
    return Report(
        (
            Figure(f"training with {many:,} films", "MiB", of_many, ratio, Goal("≤ 1.10", ratio <= 1.1)),
            Figure(f"training with {few:,} films", "MiB", of_few),
        ),
        "Highest resident memory of the process, as the kernel counts it, over one epoch that visits every film and "
        "scores the tuning eighth. MobileNetV2, every setting as it ships; films made by NumPy.",
    )


def _peak(bench: Workbench, n: int, number: int) -> int:
    folder = bench.folder / f"memory-{number}-{n}"
    folder.mkdir()
    command = bench.script("training_memory.py", folder, n, bench.folder / "network.weights.h5")
    return int(whole_process.seconds(command).output.splitlines()[-1])
