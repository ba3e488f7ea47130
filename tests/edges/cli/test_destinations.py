"""A result is whole or absent, and never replaces a film."""

from pathlib import Path

import pytest

from firstread.edges.cli import destinations
from firstread.errors import OutputError


def test_a_result_appears_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")

    with destinations.written(path) as stream:
        stream.write(b"new")
        assert "old" == path.read_text()

    assert "new" == path.read_text()
    assert [path] == list(tmp_path.iterdir())


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_interrupted_result_leaves_what_was_there(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")

    def interrupted() -> None:
        with destinations.written(path) as stream:
            stream.write(b"half")
            raise error

    with pytest.raises(error):
        interrupted()
    assert "old" == path.read_text()
    assert [path] == list(tmp_path.iterdir())


def test_a_full_disk_is_said_in_one_line(tmp_path: Path) -> None:
    words = r"a\.csv: the result could not be written; No space left on device\."

    with pytest.raises(OutputError, match=words), destinations.written(tmp_path / "a.csv"):
        raise OSError(28, "No space left on device")


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    link = tmp_path / "link.csv"
    link.symlink_to("real.csv")

    with destinations.written(link) as stream:
        stream.write(b"x")

    assert link.is_symlink()
    assert b"x" == (tmp_path / "real.csv").read_bytes()


def test_missing_folders_are_made(tmp_path: Path) -> None:
    destinations.check_file(tmp_path / "new/deep/a.csv", [".csv"])

    assert (tmp_path / "new/deep").is_dir()
    assert [] == list((tmp_path / "new/deep").iterdir())


def test_a_film_is_not_replaced_by_a_result(tmp_path: Path) -> None:
    """`--csv films/*` puts the first film's name behind the option."""
    film = tmp_path / "a.jpg"
    film.touch()

    with pytest.raises(OutputError, match=r"a\.jpg: only a file that ends in \.csv or \.txt is replaced"):
        destinations.check_file(film, [".txt", ".csv"])


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("folder", "must go to a file; this is a folder"),
        ("file/a.csv", "the folder must be writable; "),
    ],
)
def test_refuses_what_cannot_be_written(tmp_path: Path, place: str, words: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()

    with pytest.raises(OutputError, match=words):
        destinations.check_file(tmp_path / place, [".csv"])


def test_refuses_a_device() -> None:
    with pytest.raises(OutputError, match="to a file or, as -, to standard output"):
        destinations.check_file(Path("/dev/null"), [".csv"])


def test_refuses_two_results_in_one_place(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="every result needs its own place"):
        destinations.refuse_clashes([tmp_path / "a", tmp_path / "b/../a"])


def test_heat_maps_never_go_among_other_files(tmp_path: Path) -> None:
    """Their folder is passed by afterwards, and so would be the films in it."""
    (tmp_path / "film.jpg").touch()

    with pytest.raises(OutputError, match="must go to a new or empty folder"):
        destinations.check_own_folder(tmp_path)


def test_heat_maps_may_go_where_they_went_before(tmp_path: Path) -> None:
    destinations.check_own_folder(tmp_path / "maps")
    (tmp_path / "maps/a.png").touch()

    destinations.check_own_folder(tmp_path / "maps")
