"""What a comparison of ways of training left on disk: one small file for each training, and the table of them all."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from firstread.errors import TrainingError
from firstread.evaluation.method_comparison import Judged, Method, compare
from firstread.evaluation.yardstick import Yardstick
from firstread.learning.run_folder import RunFolder
from firstread.reporting.search_table import search_table

__all__ = ["RESULT", "SCORES", "SearchFolder", "TrialResult"]

RESULT = "trial.json"
SCORES = "scores.csv"


@dataclass(frozen=True, slots=True)
class TrialResult:
    """One training of a comparison, judged.

    Args:
        judged: What it was found to do.
        seconds_judging: Beside those of its epochs.
        films_per_second: While it trained, tuning included.
        epochs_done: In all.
        epoch_kept: The one that was judged.
        films: Part → number of films.
        changes: Those that the mean change is taken over.
        hospitals: Name → SHA-256 of films from elsewhere.
        software: Package → version.
    """

    judged: Judged
    seconds_judging: float
    films_per_second: float
    epochs_done: int
    epoch_kept: int
    films: Mapping[str, int]
    changes: tuple[str, ...]
    hospitals: Mapping[str, str]
    software: Mapping[str, str]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        values = asdict(self)
        judged: dict[str, Any] = values.pop("judged")
        return judged | {"distance": self.judged.figures.distance} | values

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "TrialResult":
        """Return what `as_dict` wrote.

        Raises:
            TrainingError: If something is missing or unknown: another version wrote it.
        """
        rest = dict(values)
        rest.pop("distance", None)
        try:
            judged = {name: rest.pop(name) for name in Judged.__dataclass_fields__}
            rest["changes"] = tuple(rest["changes"])
            return cls(Judged(**judged | {"figures": Yardstick(**judged["figures"])}), **rest)
        except (KeyError, TypeError) as error:
            raise TrainingError(
                f"A trial's result must be of this version; {error}. Remove it to judge again."
            ) from error


@dataclass(frozen=True, slots=True)
class SearchFolder:
    """The folder of one comparison.

    Args:
        path: The folder.
    """

    path: Path

    def run(self, candidate: str, fold: str, seed: int) -> RunFolder:
        """Return the run folder of one training."""
        return RunFolder(self.path / "trials" / candidate / f"{fold}-seed-{seed}")

    def keep_candidates(self, why: Mapping[str, str]) -> None:
        """Write down what is compared, the base first; what was compared before stays, so that nothing is forgotten.

        Args:
            why: Candidate → why it is tried.

        Raises:
            TrainingError: If the folder cannot be written.
        """
        kept = self._candidates() if self._file.exists() else {}
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            RunFolder(self.path).write_json(
                self._file.name, {**why, **{k: v for k, v in kept.items() if k not in why}}
            )
        except OSError as error:
            raise TrainingError(f"{self.path}: the folder must be writable; {error.strerror}.") from error

    def results(self) -> list[TrialResult]:
        """Return every training that is finished and judged."""
        files = sorted(self.path.glob(f"trials/*/*/{RESULT}"))
        return [TrialResult.from_dict(RunFolder(file.parent).read_json(RESULT)) for file in files]

    def write_table(self) -> tuple[Method, ...]:
        """Write search.md and search.json from what is finished, and return their rows.

        Raises:
            TrainingError: If nothing is finished yet.
        """
        why = self._candidates()
        results = self.results()
        if not results:
            raise TrainingError(f"{self.path}: a table needs a finished training; there is none yet.")
        # Trials that were copied here from another comparison.
        unnamed = {result.judged.candidate for result in results} - why.keys()
        why |= dict.fromkeys(sorted(unnamed), "Not stated.")
        methods = compare([result.judged for result in results], order=list(why))
        RunFolder(self.path).write_json("search.json", _plain(methods, why, results))
        (self.path / "search.md").write_text(search_table(methods, why=why))
        return methods

    @property
    def _file(self) -> Path:
        return self.path / "candidates.json"

    def _candidates(self) -> dict[str, str]:
        return dict(RunFolder(self.path).read_json(self._file.name))


def _plain(
    methods: Sequence[Method], why: Mapping[str, str], results: Sequence[TrialResult]
) -> dict[str, Any]:
    rows = []
    for method in methods:
        row = asdict(method) | {"why": why[method.candidate]}
        for name in ("combined", "worst_block", "block_spread"):
            spread = getattr(method, name)
            if spread is not None:
                row[name] |= {"mean": spread.mean, "deviation": spread.deviation}
        if method.verdict is not None:
            row["verdict"] |= {"lower": method.verdict.lower, "better": method.verdict.better}
        rows.append(row)
    return {"base": next(iter(why)), "candidates": rows, "trials": [result.as_dict() for result in results]}
