"""A training as somebody at a terminal sees it: its films, an estimate, a bar with the time left, a line an epoch."""

from datetime import timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from firstread.learning.data_set import DataSet
    from firstread.learning.estimate import Estimate
    from firstread.learning.run_folder import EpochRow, State

__all__ = ["TrainingProgress", "duration"]


class TrainingProgress:
    """Prints to standard error, so that standard output holds the result alone."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(elapsed_when_finished=True),
            TextColumn("{task.fields[note]}"),
            console=self._console,
        )
        self._decoding = self._progress.add_task("Decoding films", total=None, visible=False, note="")
        self._epoch = self._progress.add_task("Epoch", total=None, visible=False, note="")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def read(self, films: "DataSet") -> None:
        """Print how many films of each folder are for what."""
        for source in films.sources:
            tuned = len(set(films.split.tuning.paths) & set(source.manifest.paths))
            use = f"{len(source.manifest) - tuned:,} films learned from, {tuned:,} tuned on"
            left_out = (
                f"; {source.left_out:,} left out, their patients are tuned or tested on in {films.sources[0].name}"
                if source.left_out
                else ""
            )
            self._console.print(f"{source.name}: {use}{left_out}.", highlight=False, markup=False)

    def training_began(self, number: int, trainings: int, seed: int) -> None:
        """Print which of several trainings begins or goes on."""
        self._console.print(f"Training {number} of {trainings}, seed {seed}", highlight=False)

    def decoded(self, done: int, films: int) -> None:
        """Move the bar of the decoding."""
        self._progress.update(self._decoding, completed=done, total=films, visible=True)

    def estimated(self, estimate: "Estimate") -> None:
        """Print what the training will cost on this machine."""
        memory = (
            "" if estimate.memory_bytes is None else f"; memory about {estimate.memory_bytes / 1e9:.1f} GB"
        )
        shared = "" if not estimate.devices else f", batches shared by {', '.join(estimate.devices)}"
        self._console.print(
            f"On this machine{shared}: {estimate.films_per_second:.0f} films/s, an epoch in "
            f"{duration(estimate.seconds_per_epoch)}, {estimate.epochs} epochs in {duration(estimate.seconds)} "
            f"at most{memory}.",
            highlight=False,
        )

    def stepped(self, epoch: int, step: int, steps: int) -> None:
        """Move the bar of the epoch."""
        if step == 1:
            self._progress.reset(
                self._epoch, total=steps, description=f"Epoch {epoch}", visible=True, note=""
            )
        note = "judging on the tuning films" if step == steps else ""
        self._progress.update(self._epoch, completed=step, note=note)

    def epoch_ended(self, row: "EpochRow", state: "State") -> None:
        """Print a line."""
        kept = "  kept" if state.best_epoch == row.epoch else ""
        self._console.print(
            f"epoch {row.epoch:3d}  {row.stage:8s}  loss {row.loss:.4f}  tuning loss {row.tuning_loss:.4f}  "
            f"AUROC {row.tuning_auroc:.4f}  specificity at .95 {row.tuning_specificity:.3f}  "
            f"{duration(row.seconds)}{kept}",
            highlight=False,
        )


def duration(seconds: float) -> str:
    """Return a time as hours, minutes and seconds: "0:02:05"."""
    return str(timedelta(seconds=round(seconds)))
