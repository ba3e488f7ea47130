from pathlib import Path

import pytest

from firstread.edges.cli import report_folder
from firstread.errors import OutputError

FILES = {"report.md": b"one", "figures/roc.svg": b"<svg/>"}


def names_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_folder_appears_with_everything(tmp_path: Path) -> None:
    report_folder.check(tmp_path / "new" / "report")
    report_folder.write(tmp_path / "new" / "report", FILES)

    assert [".firstread", "figures/roc.svg", "report.md"] == names_in(tmp_path / "new" / "report")
    assert ["report"] == [path.name for path in (tmp_path / "new").iterdir()]


def test_one_written_before_is_replaced_whole(tmp_path: Path) -> None:
    report_folder.write(tmp_path / "r", FILES)

    report_folder.check(tmp_path / "r")
    report_folder.write(tmp_path / "r", {"report.md": b"two"})

    assert [".firstread", "report.md"] == names_in(tmp_path / "r")
    assert b"two" == (tmp_path / "r" / "report.md").read_bytes()


@pytest.mark.parametrize("mine", ["notes.txt", "figures/mine.svg"])
def test_one_that_holds_something_of_ones_own_is_left_alone(tmp_path: Path, mine: str) -> None:
    report_folder.write(tmp_path / "r", FILES)
    (tmp_path / "r" / mine).write_text("mine")

    with pytest.raises(OutputError, match="holds a report and nothing else"):
        report_folder.check(tmp_path / "r")


def test_a_file_and_a_link_are_no_places(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path)

    for place in ("file", "link"):
        with pytest.raises(OutputError, match="new or empty folder"):
            report_folder.check(tmp_path / place)


def test_an_empty_folder_is_a_place(tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()

    report_folder.check(tmp_path / "r")
    report_folder.write(tmp_path / "r", FILES)

    assert "report.md" in names_in(tmp_path / "r")


def test_a_place_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")

    with pytest.raises(OutputError, match="file"):
        report_folder.check(tmp_path / "file" / "r")
    with pytest.raises(OutputError, match="could not be written"):
        report_folder.write(tmp_path / "file" / "r", FILES)


def test_when_a_file_cannot_be_written_the_folder_stays_as_it_was(tmp_path: Path) -> None:
    """A name that is a file and a folder at once cannot be written: the second of three files fails."""
    out = tmp_path / "report"
    report_folder.write(out, {"a.txt": b"1"})

    with pytest.raises(OutputError, match="the report could not be written"):
        report_folder.write(out, {"a.txt": b"2", "b": b"", "b/c.txt": b""})

    assert b"1" == (out / "a.txt").read_bytes()
    assert ["report"] == [path.name for path in tmp_path.iterdir()]
