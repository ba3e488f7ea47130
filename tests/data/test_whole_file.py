import os
import resource
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from firstread.data.whole_file import whole_or_not_at_all
from firstread.errors import OutputError


@pytest.fixture
def small_files_only() -> Iterator[None]:
    """Let no file grow past 1 MB, as a disk would that is nearly full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_block_that_ends_well_leaves_the_file_only(tmp_path: Path) -> None:
    file = tmp_path / "new" / "films.npy"

    with whole_or_not_at_all(file, needed_bytes=3) as stream:
        stream.write(b"abc")

    assert [file] == list(file.parent.iterdir())
    assert b"abc" == file.read_bytes()


def test_an_error_in_the_block_leaves_nothing(tmp_path: Path) -> None:
    def fails_half_way() -> None:
        with whole_or_not_at_all(tmp_path / "films.npy", needed_bytes=3) as stream:
            stream.write(b"ab")
            raise KeyError

    with pytest.raises(KeyError):
        fails_half_way()

    assert [] == list(tmp_path.iterdir())


def test_too_little_room_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with (
        pytest.raises(OutputError, match=r"1000000000 MB must be free; \d+ MB are. Make room"),
        whole_or_not_at_all(tmp_path / "films.npy", needed_bytes=10**15),
    ):
        pytest.fail("the block must not run")

    assert [] == list(tmp_path.iterdir())


@pytest.mark.usefixtures("small_files_only")
def test_a_disk_that_fills_leaves_nothing(tmp_path: Path) -> None:
    with (
        pytest.raises(
            OutputError, match=r"films.npy: must be writable \(2 MB\); File too large. Nothing was kept"
        ),
        whole_or_not_at_all(tmp_path / "films.npy", needed_bytes=2_000_000) as stream,
    ):
        stream.write(bytes(2_000_000))

    assert [] == list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")

    with (
        pytest.raises(OutputError, match=r"films\.npy: must be writable"),
        whole_or_not_at_all(tmp_path / "file" / "films.npy", needed_bytes=1),
    ):
        pytest.fail("the block must not run")


def test_what_a_killed_writer_left_is_removed_once_it_is_old(tmp_path: Path) -> None:
    """A fresh part may belong to another process that is writing it."""
    old, fresh = tmp_path / "films.npy.1.part", tmp_path / "films.npy.2.part"
    old.write_bytes(b"x")
    fresh.write_bytes(b"x")
    two_hours_ago = time.time() - 7200
    os.utime(old, (two_hours_ago, two_hours_ago))

    with whole_or_not_at_all(tmp_path / "films.npy", needed_bytes=1) as stream:
        stream.write(b"y")

    assert {fresh, tmp_path / "films.npy"} == set(tmp_path.iterdir())


def test_two_writers_of_one_file_do_not_disturb_each_other(tmp_path: Path) -> None:
    file = tmp_path / "films.npy"

    with whole_or_not_at_all(file, needed_bytes=1) as one:
        one.write(b"o")
        with whole_or_not_at_all(file, needed_bytes=1) as other:
            other.write(b"same")
        assert b"same" == file.read_bytes()
        one.write(b"ther")

    assert b"other" == file.read_bytes()
