from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from firstread.data import sources, splits
from firstread.data.sources import manifest_file
from firstread.errors import DataError

Write = Callable[..., Path]

TWO = ["a.png,1,Doe", "b.png,0,Roe"]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes a manifest and an empty file for each film it names."""

    def write(*rows: str, header: str = "path,label,patient", films: bool = True) -> Path:
        (tmp_path / "manifest.csv").write_text("\n".join((header, *rows)) + "\n")
        for row in rows if films else ():
            (tmp_path / row.split(",")[0]).touch()
        return tmp_path

    return write


def test_a_list_becomes_films_in_its_own_order_and_forgets_who_they_are(write: Write) -> None:
    folder = write("b.png,Pneumonia,Roe", "a.png,0,Doe", "c.png,normal,Roe")

    films = sources.read(folder)

    assert ["b.png", "a.png", "c.png"] == [path.name for path in films.paths]
    assert [True, False, False] == films.diseased.tolist()
    assert ["all-1", "all-2", "all-1"] == [str(patient) for patient in films.patients]


def test_series_and_part_are_taken_when_they_are_stated(write: Write) -> None:
    folder = write("a.png,1,7,PA,train", "b.png,0,7,AP,test", header="path,label,patient,series,part")

    films = manifest_file.read_folder(folder)

    assert ("AP", "PA") == films.series
    assert ["train", "test"] == [film.folder_part for film in films.films]
    assert 2 == len(set(films.patients)), "number 7 of two series is two patients"


def test_a_view_position_is_kept_where_one_is_stated(write: Write) -> None:
    folder = write("a.png,1,7,PA", "b.png,0,8,", header="path,label,patient,view_position")

    assert ["PA", None] == [film.view_position for film in sources.read(folder).films]
    assert [None, None] == [film.view_position for film in sources.read(write(*TWO)).films]


def test_blocks_are_cut_in_the_order_of_the_list(write: Write) -> None:
    folder = write(*(f"{n}.png,{n % 2},p{99 - n // 2}" for n in range(16)))

    split = splits.id_block(sources.read(folder), blocks=4, tuning_block=0)

    assert ["0.png", "1.png", "2.png", "3.png"] == [path.name for path in split.tuning.paths]


@pytest.mark.parametrize("cell", ["nan", "NaN", "None", "n/a", "NULL"])
def test_a_cell_that_stands_for_no_patient_is_refused(write: Write, cell: str) -> None:
    """Else all films without a patient would be one patient's."""
    folder = write(f"a.png,1,{cell}", "b.png,0,Roe")

    with pytest.raises(DataError, match=f"line 2: every film must state its patient; received '{cell}'"):
        sources.read(folder)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "path;label;patient\na.png;1;Doe\n",
            "between commas; path, label, patient missing in 'path;label;patient'",
        ),
        ("", "path, label, patient missing in ''"),
        ("Path,Label,Patient\n", "path, label, patient missing in 'Path,Label,Patient'"),
    ],
)
def test_a_header_that_is_none_is_shown(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "manifest.csv").write_text(text)

    with pytest.raises(DataError) as refused:
        sources.read(tmp_path)

    assert words in str(refused.value)


def test_windows_line_ends_a_byte_order_mark_and_quoted_cells_are_read(tmp_path: Path) -> None:
    for name in ("a.png", "b, c.png"):
        (tmp_path / name).touch()
    (tmp_path / "manifest.csv").write_bytes(
        '\ufeffpath,label,patient\r\na.png,1,"Möller, Ünal"\r\n"b, c.png",0,患者\r\n'.encode()
    )

    assert ["a.png", "b, c.png"] == [path.name for path in sources.read(tmp_path).paths]


def test_a_path_too_long_to_open_is_named_by_its_line(write: Write) -> None:
    folder = write("a.png,1,Doe", f"{'x' * 5000}.png,0,Roe", films=False)
    (folder / "a.png").touch()

    with pytest.raises(DataError, match="line 3: the film must be there; its path cannot be opened"):
        sources.read(folder)


def test_a_folder_without_a_list_is_read_by_its_layout(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="must hold train, val or test"):
        sources.read(tmp_path)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["a.png,maybe,1", TWO[1]], r"line 2: the label must be one of .*; received 'maybe'"),
        (["a.png,,1", TWO[1]], "line 2: every film must state its label"),
        ([TWO[0], "b.png,0,"], "line 3: every film must state its patient"),
        ([TWO[0], "b.png,0"], "line 3: every film must state its patient"),
        (["a.png,1,1", "b.png,1,2"], "films of both classes; received 2 diseased of 2"),
        (["a.png,1,1", "a.png,0,2"], "must be in the manifest once; it came 2 times"),
    ],
)
def test_a_list_that_contradicts_itself_is_refused(write: Write, rows: list[str], words: str) -> None:
    with pytest.raises(DataError, match=words):
        manifest_file.read_folder(write(*rows))


@pytest.mark.parametrize("path", ["/etc/passwd", "../b.png", "gone.png"])
def test_only_files_of_the_folder_are_films(write: Write, path: str) -> None:
    with pytest.raises(DataError, match="line 2: the "):
        manifest_file.read_folder(write(f"{path},1,1", films=False))


def test_a_missing_column_is_named(write: Write) -> None:
    with pytest.raises(DataError, match="between commas; patient missing in"):
        manifest_file.read_folder(write("a.png,1", header="path,label"))


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"path,label,patient\n" + b'"' + b"x" * 200_000])
def test_what_is_no_list_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "manifest.csv").write_bytes(content)

    with pytest.raises(DataError, match=r"manifest\.csv"):
        sources.read(tmp_path)


def test_the_spreadsheets_mark_is_not_part_of_the_first_column(write: Write) -> None:
    folder = write(*TWO, header="\ufeffpath,label,patient")

    assert np.array_equal([True, False], sources.read(folder).diseased)
