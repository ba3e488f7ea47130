"""The run of `firstread search`: options become values, Keras is loaded, somebody watches."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from firstread.errors import ConfigError

if TYPE_CHECKING:
    from firstread.evaluation.method_comparison import Method
    from firstread.learning.candidates import Candidate

__all__ = ["Asked", "candidates_of", "compare", "other_hospitals"]


@dataclass(frozen=True, slots=True)
class Asked:
    """Options of the command.

    Args:
        folder: Of films.
        candidates: TOML file.
        folds: Names between commas.
        seeds: How many.
        external: NAME=DIR each.
        weights: Where a candidate starts that does not say.
        backend: Keras' engine; None for the usual one.
    """

    folder: Path
    candidates: Path
    folds: str
    seeds: int
    external: Sequence[str]
    weights: str
    backend: str | None


def compare(asked: Asked, *, run: Path, cache: Path | None) -> "tuple[Method, ...]":
    """Compare what was asked for; what is finished already is not trained again."""
    from firstread import config
    from firstread.edges.cli.search_progress import SearchProgress
    from firstread.edges.cli.train import cache_folder
    from firstread.learning.backend import choose

    candidates = candidates_of(asked)
    elsewhere = other_hospitals(asked.external)
    chosen = choose(asked.backend)
    from firstread.learning import search as learning  # Keras loads with the backend chosen above

    folds = tuple(name.strip() for name in asked.folds.split(",") if name.strip())
    wanted = learning.Wanted(candidates, folds, asked.seeds, elsewhere)
    with SearchProgress() as progress:
        return learning.search(
            asked.folder,
            run,
            wanted,
            config=config.load(),
            backend=chosen,
            cache_folder=cache or cache_folder(),
            observer=progress,
        )


def candidates_of(asked: Asked) -> "tuple[Candidate, ...]":
    """Return the ways of training that the file names; those that name no weights start from the ones asked for."""
    from firstread.config import Config, with_changes
    from firstread.learning.candidates import read_candidates

    usual = with_changes(Config(), "training", {"weights": asked.weights})
    return read_candidates(asked.candidates, config=usual)


def other_hospitals(external: Sequence[str]) -> dict[str, Path]:
    """Return name → folder of NAME=DIR.

    Raises:
        ConfigError: If one is not written so, or a name comes twice.
    """
    found: dict[str, Path] = {}
    for text in external:
        name, equals, folder = text.partition("=")
        if not (name and equals and folder) or name in found:
            raise ConfigError(f"--external must be NAME=DIR, each name once; received {text!r}.")
        found[name] = Path(folder)
    return found
