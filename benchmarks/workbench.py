"""What every part of the suite works with: sizes, films and the network, in one temporary folder."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import film_folders
import whole_process

__all__ = ["FULL", "QUICK", "Sizes", "Workbench", "set_up"]

_HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured.

    Args:
        films: Of original size, for whole processes.
        rounds: Of A B, for time.
        memory_rounds: Of A B, for memory.
        folder_films: In the large folder.
        folder_rounds: Of triage and the machine's limits.
        limit_films: That the limits are measured with.
        training_films: In one epoch.
        training_rounds: Of epoch and bare steps.
        few_films: Smaller training whose memory is compared.
        many_films: Larger one.
        training_memory_rounds: Of the two.
        served_films: Dropped onto the reading room.
        served_rounds: Of triage and the reading room.
        listed_films: In the long reading worklist.
    """

    films: int
    rounds: int
    memory_rounds: int
    folder_films: int
    folder_rounds: int
    limit_films: int
    training_films: int
    training_rounds: int
    few_films: int
    many_films: int
    training_memory_rounds: int
    served_films: int
    served_rounds: int
    listed_films: int


FULL = Sizes(140, 5, 3, 5000, 3, 1400, 768, 3, 1000, 5000, 1, 3000, 5, 100_000)
QUICK = Sizes(12, 1, 1, 60, 1, 24, 64, 1, 128, 192, 1, 60, 1, 2000)


@dataclass(frozen=True, slots=True)
class Workbench:
    """Everything a part needs.

    Args:
        folder: Temporary; parts write here.
        sizes: How much is measured.
        films: Folder of films of original size.
        films_in_words: What they are.
        bundle: The model on firstread's side.
    """

    folder: Path
    sizes: Sizes
    films: Path
    films_in_words: str
    bundle: Path

    @property
    def sources(self) -> list[Path]:
        """The films of original size."""
        return sorted(self.films.iterdir())

    def triage(self, films: Path) -> list[str]:
        """Return the command that ranks a folder, as a user would give it."""
        script = Path(sys.executable).with_name("firstread")
        firstread = [str(script)] if script.exists() else [sys.executable, "-m", "firstread"]
        return [*firstread, "triage", str(films), "--bundle", str(self.bundle), "--json", str(self.result)]

    @property
    def result(self) -> Path:
        """Where triage writes its JSON."""
        return self.folder / "worklist.json"

    def require_scored(self, n: int) -> None:
        """Refuse a figure whose films were not all scored."""
        scored = sum(e["status"] == "scored" for e in json.loads(self.result.read_text())["entries"])
        if scored != n:
            raise RuntimeError(f"Every film must be scored to be counted; {scored} of {n} were.")

    def usual_recipe(self, films: Path) -> list[str]:
        """Return the command of the recipe most users would write."""
        return self.script("usual_recipe.py", films, self.folder / "usual.keras")

    def script(self, name: str, *arguments: object) -> list[str]:
        """Return the command of one of the suite's own scripts."""
        return [sys.executable, str(_HERE / name), *(str(argument) for argument in arguments)]


def set_up(folder: Path, sizes: Sizes) -> Workbench:
    """Make films and network."""
    from firstread.inference import bundle as bundles

    sources, in_words = film_folders.originals(folder / "synthetic")
    films = folder / "films"
    chosen = sources[:: max(1, len(sources) // sizes.films)][: sizes.films]
    # Distinct copies: among the originals some are the same film twice, which firstread would score once.
    film_folders.distinct_copies(chosen, films, n=len(chosen))
    bench = Workbench(folder, sizes, films, in_words, folder / "bundle")
    whole_process.seconds(bench.script("networks.py", folder))
    if bench.bundle.is_dir():
        return bench
    return Workbench(folder, sizes, films, in_words, bundles.shipped())
