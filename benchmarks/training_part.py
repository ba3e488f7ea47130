"""Training through the whole pipeline, against the bare step on films in memory and against malloc as it comes."""

import json
from collections.abc import Sequence

import whole_process
from figures import Figure, Goal, Report, ratio_of
from firstread.config import Training
from workbench import Workbench

__all__ = ["measure"]

# malloc stays as it is where the environment speaks of it; this is what malloc does anyway.
_AS_IT_COMES = ("env", "MALLOC_ARENA_TEST=8")


def measure(bench: Workbench) -> Report:
    """Return films per second of real epochs and of bare steps between them."""
    folder = bench.folder / "training"
    folder.mkdir()
    (folder / "network.weights.h5").hardlink_to(bench.folder / "network.weights.h5")
    n = bench.sizes.training_films
    command = bench.script("training_steps.py", folder, n, bench.sizes.training_rounds)
    rates = _rates(command)
    pipeline, augmented, plain = (rates[name] for name in ("pipeline", "augmented", "plain"))
    loose = _rates([*_AS_IT_COMES, *command])["pipeline"]
    ratio, side = ratio_of(pipeline, augmented), Training().side
    return Report(
        (
            Figure(f"an epoch of {n} films", "films/s", pipeline, ratio, Goal("≥ 0.90", ratio >= 0.9)),
            Figure("bare step, augmentation in it", "films/s", augmented),
            Figure(
                "an epoch, against the step without augmentation",
                "films/s",
                pipeline,
                ratio_of(pipeline, plain),
            ),
            Figure("bare step, no augmentation", "films/s", plain),
            Figure(
                "an epoch, against one whose memory goes back", "films/s", pipeline, ratio_of(pipeline, loose)
            ),
            Figure("an epoch whose memory goes back to the kernel after each step", "films/s", loose),
        ),
        f"MobileNetV2, films of {side} × {side}, batches of 32, the stage in which the backbone learns, every "
        "setting as it ships. An epoch: films from the memory-mapped cache through Keras' fit with progress and "
        "bookkeeping, until its last step. Bare step: the same compiled model on one batch that stays in TensorFlow's "
        "memory. Memory goes back: a second process, after the first, in which malloc works as it comes.",
    )


def _rates(command: Sequence[str]) -> dict[str, tuple[float, ...]]:
    printed = whole_process.seconds(command).output.splitlines()[-1]
    return {name: tuple(values) for name, values in json.loads(printed).items()}
