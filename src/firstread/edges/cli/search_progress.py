"""A comparison of ways of training as somebody at a terminal sees it: what is left, and a line for each training."""

from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from firstread.edges.cli.training_progress import duration

if TYPE_CHECKING:
    from firstread.errors import FirstreadError
    from firstread.learning.estimate import Estimate
    from firstread.learning.run_folder import EpochRow, State
    from firstread.learning.search_record import TrialResult
    from firstread.learning.trial import Trial

__all__ = ["SearchProgress"]


class SearchProgress:
    """Prints to standard error, so that standard output holds the result alone."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[note]}"),
            console=self._console,
            transient=True,
        )
        self._decoding = self._progress.add_task("Decoding films", total=None, visible=False, note="")
        self._trials = self._progress.add_task("Trainings", total=None, visible=False, note="")
        self._epoch = self._progress.add_task("Epoch", total=None, visible=False, note="")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def decoded(self, done: int, films: int) -> None:
        """Move the bar of the decoding; it goes when all are decoded."""
        self._progress.update(self._decoding, completed=done, total=films, visible=done < films)

    def estimated(self, estimate: "Estimate") -> None:
        """Show what this training will cost at most."""
        self._progress.update(self._epoch, note=f"at most {duration(estimate.seconds)} for this training")

    def stepped(self, epoch: int, step: int, steps: int) -> None:
        """Move the bar of the epoch."""
        self._progress.update(
            self._epoch, description=f"Epoch {epoch}", completed=step, total=steps, visible=True
        )

    def epoch_ended(self, row: "EpochRow", state: "State") -> None:
        """Say nothing: the run folder holds a line for each epoch."""

    def trial_began(self, trial: "Trial", number: int, trials: int, seconds_left: float | None) -> None:
        """Show which training it is and what is left."""
        left = "" if seconds_left is None else f", about {duration(seconds_left)} left"
        note = f"{trial.candidate.name}, {trial.fold.name}, seed {trial.seed}{left}"
        self._progress.update(self._trials, completed=number - 1, total=trials, visible=True, note=note)
        if not self._console.is_terminal:
            self._console.print(f"{number} of {trials}: {note}", highlight=False, soft_wrap=True)

    def trial_failed(self, trial: "Trial", error: "FirstreadError") -> None:
        """Print why."""
        self._console.print(
            f"{trial.candidate.name}, {trial.fold.name}, seed {trial.seed}: no figures; {error}",
            highlight=False,
            soft_wrap=True,
            markup=False,
        )

    def trial_ended(self, result: "TrialResult") -> None:
        """Print a line."""
        judged, figures = result.judged, result.judged.figures
        self._console.print(
            f"{judged.candidate}, {judged.fold}, seed {judged.seed}: distance {figures.distance:.2f}  "
            f"AUROC {figures.auroc:.4f}  specificity at .95 {figures.specificity:.3f}  "
            f"broken promise {figures.broken_promise:.3f}  mean change {figures.mean_change:.3f}  "
            f"{result.epochs_done} epochs in {duration(judged.seconds)}, {result.films_per_second:.0f} films/s",
            highlight=False,
            soft_wrap=True,
        )
