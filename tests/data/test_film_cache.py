import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest

from firstread.config import ReadLimits, Workers
from firstread.data.film_cache import FilmCache
from firstread.errors import DataError, OutputError
from firstread.imaging.prepare import Prepared, prepare
from firstread.imaging.preprocess import Recipe

MakeFolder = Callable[[Iterable[str]], Path]
RECIPE = Recipe(height=32, width=48)
NAMES = [f"{letter}.jpeg" for letter in "abcde"]


@pytest.fixture
def build(tmp_path: Path, two_workers: Workers) -> Callable[[Iterable[Path]], FilmCache]:
    """Return a builder of caches in one folder."""

    def build(paths: Iterable[Path]) -> FilmCache:
        return FilmCache.build(
            paths, RECIPE, folder=tmp_path / "cache", limits=ReadLimits(), workers=two_workers
        )

    return build


def test_rows_are_the_films_as_the_network_sees_them(
    make_folder: MakeFolder, build: Callable[[Iterable[Path]], FilmCache]
) -> None:
    """The oracle is `prepare` itself, film by film, in this process."""
    folder = make_folder(NAMES)
    paths = [folder / name for name in NAMES]

    cache = build(paths)

    expected = [prepare(paths[row], RECIPE, limits=ReadLimits()) for row in (3, 0)]
    assert all(isinstance(film, Prepared) for film in expected)
    assert np.array_equal(
        np.stack([film.pixels for film in expected if isinstance(film, Prepared)]), cache.rows([3, 0])
    )
    assert [1, 4] == cache.positions([paths[1], paths[4]]).tolist()
    assert (5, 32, 48) == cache.shape == (len(cache), 32, 48)


def test_a_cache_is_opened_again_until_a_film_or_the_recipe_changes(
    make_folder: MakeFolder, build: Callable[[Iterable[Path]], FilmCache], tmp_path: Path
) -> None:
    folder = make_folder(NAMES)
    paths = [folder / name for name in NAMES]
    cache = build(paths)
    where = tmp_path / "cache"

    assert cache == FilmCache.open(paths, RECIPE, folder=where) == build(paths)
    assert None is FilmCache.open(paths, Recipe(height=32, width=32), folder=where)
    assert None is FilmCache.open(paths[::-1], RECIPE, folder=where)
    os.utime(paths[0], (1, 1))
    assert None is FilmCache.open(paths, RECIPE, folder=where)


def test_a_cache_that_was_cut_short_is_built_again(
    make_folder: MakeFolder, build: Callable[[Iterable[Path]], FilmCache], tmp_path: Path
) -> None:
    paths = [make_folder(NAMES) / name for name in NAMES]
    whole = build(paths).file.read_bytes()

    for left in (whole[:-1], whole[:20], b"", b"PK\x03\x04"):
        build(paths).file.write_bytes(left)
        assert None is FilmCache.open(paths, RECIPE, folder=tmp_path / "cache")
        assert whole == build(paths).file.read_bytes()


def test_every_unreadable_film_is_named_and_nothing_is_left(
    make_folder: MakeFolder, build: Callable[[Iterable[Path]], FilmCache], tmp_path: Path
) -> None:
    folder = make_folder(NAMES)
    (folder / "b.jpeg").write_bytes((folder / "b.jpeg").read_bytes()[:700])
    (folder / "d.jpeg").write_bytes(b"")

    with pytest.raises(DataError, match=r"2 of 5 are not:\n.*b\.jpeg: .*\n.*d\.jpeg: The file is empty\."):
        build([folder / name for name in NAMES])

    assert [] == list((tmp_path / "cache").iterdir())


def test_a_film_that_is_gone_is_named(build: Callable[[Iterable[Path]], FilmCache], tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"gone\.jpeg: a film must be there; No such file"):
        build([tmp_path / "gone.jpeg"])


def test_no_films_make_no_cache(build: Callable[[Iterable[Path]], FilmCache]) -> None:
    with pytest.raises(DataError, match="at least one film; received none"):
        build([])


def test_a_folder_that_cannot_be_written_is_named(
    make_folder: MakeFolder, tmp_path: Path, two_workers: Workers
) -> None:
    paths = [make_folder(NAMES) / name for name in NAMES]
    (tmp_path / "file").write_text("x")

    with pytest.raises(OutputError, match="must be writable"):
        FilmCache.build(paths, RECIPE, folder=tmp_path / "file", limits=ReadLimits(), workers=two_workers)


def test_rows_and_positions_outside_the_cache_are_refused(
    make_folder: MakeFolder, build: Callable[[Iterable[Path]], FilmCache]
) -> None:
    cache = build([make_folder(NAMES) / "a.jpeg"])

    with pytest.raises(IndexError):
        cache.rows([1])
    with pytest.raises(DataError, match=r"other\.jpeg: the film must be in the cache"):
        cache.positions([Path("other.jpeg")])
    cache.file.unlink()
    with pytest.raises(DataError, match="the film cache must stay while it is in use"):
        cache.rows([0])


def test_progress_counts_to_the_end(make_folder: MakeFolder, tmp_path: Path, two_workers: Workers) -> None:
    paths = [make_folder(NAMES) / name for name in NAMES]
    seen: list[tuple[int, int]] = []

    FilmCache.build(
        paths,
        RECIPE,
        folder=tmp_path / "cache",
        limits=ReadLimits(),
        workers=two_workers,
        on_progress=lambda done, total: seen.append((done, total)),
    )

    assert [(done, 5) for done in range(1, 6)] == seen


BUILD = """
import sys
from pathlib import Path
from firstread.config import ReadLimits, Workers
from firstread.data.film_cache import FilmCache
from firstread.imaging.preprocess import Recipe
if __name__ == "__main__":
    paths = sorted(Path(sys.argv[1]).iterdir())
    FilmCache.build(paths, Recipe(), folder=Path(sys.argv[2]), limits=ReadLimits(), workers=Workers(processes=1),
                    on_progress=lambda done, total: print(done, flush=True))
"""


@pytest.mark.slow
def test_a_killed_build_leaves_nothing_that_looks_like_a_cache(
    make_folder: MakeFolder, tmp_path: Path, two_workers: Workers
) -> None:
    folder = make_folder([f"{n}.jpeg" for n in range(300)])
    (tmp_path / "build.py").write_text(BUILD)
    where = tmp_path / "cache"
    building = subprocess.Popen(
        [sys.executable, str(tmp_path / "build.py"), str(folder), str(where)],
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert building.stdout is not None
    assert b"1\n" == building.stdout.readline()
    os.killpg(building.pid, signal.SIGKILL)
    building.wait()
    building.stdout.close()
    time.sleep(0.1)

    paths = sorted(folder.iterdir())
    assert [".part"] == [file.suffix for file in where.iterdir()]
    assert None is FilmCache.open(paths, Recipe(), folder=where)
    assert 300 == len(
        FilmCache.build(paths, Recipe(), folder=where, limits=ReadLimits(), workers=two_workers)
    )
