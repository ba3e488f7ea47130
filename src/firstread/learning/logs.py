"""The log of a run: CSV for people, TensorBoard for the curious, a picture for the hurried."""

import csv
from dataclasses import asdict, fields
from pathlib import Path

from firstread.learning.run_folder import EpochRow, RunFolder, State

__all__ = ["plot_curves", "write_all"]


def write_all(run: RunFolder, state: State) -> None:
    """Write log, curves and TensorBoard events of the epochs so far.

    All are rewritten from the state, so that after a kill they never hold an epoch twice.
    """
    _write_csv(run.log, state.epochs)
    _write_tensorboard(run.tensorboard, state.epochs)
    plot_curves(run.curves, state)


def _write_csv(file: Path, epochs: tuple[EpochRow, ...]) -> None:
    part = file.with_suffix(".part")
    with part.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, [f.name for f in fields(EpochRow)])
        writer.writeheader()
        writer.writerows(asdict(row) for row in epochs)
    part.replace(file)


def _write_tensorboard(folder: Path, epochs: tuple[EpochRow, ...]) -> None:
    """Write events with tensorboardX, which needs no TensorFlow, so that every backend has them."""
    from tensorboardX import SummaryWriter

    folder.mkdir(exist_ok=True)
    for old in folder.glob("events.*"):
        old.unlink()
    with SummaryWriter(str(folder)) as writer:
        for row in epochs:
            values = asdict(row)
            for name in (
                "loss",
                "tuning_loss",
                "tuning_auroc",
                "tuning_specificity",
                "learning_rate",
                "seconds",
            ):
                writer.add_scalar(name, values[name], row.epoch)


def plot_curves(file: Path, state: State) -> None:
    """Draw loss, AUROC and specificity by epoch; a line marks the epoch that was kept."""
    from matplotlib.figure import Figure

    epoch = [row.epoch for row in state.epochs]
    figure = Figure(figsize=(10, 3.6), layout="constrained")
    losses, ranking = figure.subplots(1, 2)
    losses.plot(epoch, [row.loss for row in state.epochs], "o-", label="training (augmented, weighted)")
    losses.plot(epoch, [row.tuning_loss for row in state.epochs], "s-", label="tuning")
    losses.set(xlabel="epoch", ylabel="loss (nats)", ylim=(0, None))
    ranking.plot(epoch, [row.tuning_auroc for row in state.epochs], "s-", label="tuning AUROC")
    ranking.plot(
        epoch,
        [row.tuning_specificity for row in state.epochs],
        "^-",
        label="tuning specificity at sensitivity ≥ 0.95",
    )
    ranking.set(xlabel="epoch", ylim=(None, 1.0))
    for axes in (losses, ranking):
        if state.best_epoch:
            axes.axvline(
                state.best_epoch, color="grey", linestyle=":", label=f"kept: epoch {state.best_epoch}"
            )
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.grid(alpha=0.3)
        axes.legend(fontsize=8)
    figure.savefig(file, dpi=110)
