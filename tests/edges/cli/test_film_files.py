"""Every file that was named is found exactly once."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from firstread.edges.cli import film_files
from firstread.edges.cli.destinations import OWN_FOLDER_MARK
from firstread.records import NotScored
from firstread.terms import Refusal


def touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def found(*arguments: Path, recursive: bool = True, leave_out: tuple[Path, ...] = ()) -> list[str]:
    """Return names, in order; what could not be opened has its reason behind it."""
    entries = film_files.collect(arguments, recursive=recursive, leave_out=leave_out).entries
    return [
        f"{entry.path.name}:{entry.reason.code.value}" if isinstance(entry, NotScored) else entry.name
        for entry in entries
    ]


def test_files_come_in_the_order_given_and_below_a_folder_by_name(tmp_path: Path) -> None:
    touch(
        tmp_path / "in/b.jpg",
        tmp_path / "in/a.csv",
        tmp_path / "in/z/c.dcm",
        tmp_path / "in/y/d",
        tmp_path / "x.png",
    )

    assert ["x.png", "a.csv", "b.jpg", "d", "c.dcm"] == found(tmp_path / "x.png", tmp_path / "in")


def test_paths_begin_as_the_user_wrote_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(tmp_path / "in/a.jpg")
    monkeypatch.chdir(tmp_path)

    assert (Path("in/a.jpg"),) == film_files.collect([Path("in")]).paths


def test_a_folder_s_folders_can_be_left_alone(tmp_path: Path) -> None:
    touch(tmp_path / "a.jpg", tmp_path / "deep/b.jpg")

    assert ["a.jpg"] == found(tmp_path, recursive=False)


def test_a_file_reached_in_several_ways_counts_once(tmp_path: Path) -> None:
    touch(tmp_path / "a.jpg")
    (tmp_path / "link.jpg").symlink_to("a.jpg")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to("self")

    assert ["a.jpg", "self:unreadable"] == found(tmp_path, tmp_path / "a.jpg", tmp_path / "loop", tmp_path)


def test_a_linked_folder_is_looked_into(tmp_path: Path) -> None:
    touch(tmp_path / "archive/a.jpg")
    (tmp_path / "in").mkdir()
    (tmp_path / "in/linked").symlink_to(tmp_path / "archive")

    assert ["a.jpg"] == found(tmp_path / "in")


def test_hidden_files_are_left_out_and_counted_unless_they_are_named(tmp_path: Path) -> None:
    touch(tmp_path / ".DS_Store", tmp_path / ".git/a.jpg", tmp_path / "b.jpg")

    assert 2 == film_files.collect([tmp_path]).hidden
    assert [".DS_Store", "b.jpg"] == found(tmp_path / ".DS_Store", tmp_path)


def test_what_this_program_writes_is_no_film(tmp_path: Path) -> None:
    touch(
        tmp_path / "a.jpg",
        tmp_path / "list.csv",
        tmp_path / "maps/a.png",
        tmp_path / "maps" / OWN_FOLDER_MARK,
    )

    everything = film_files.collect([tmp_path], leave_out=[tmp_path / "list.csv"])

    assert (tmp_path / "a.jpg",) == everything.entries
    assert 1 == everything.own_folders


def test_what_is_missing_or_no_file_is_listed_with_the_reason(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "dangling").symlink_to("nowhere")

    assert ["dangling:not_found", "pipe:not_an_image", "gone:not_found"] == found(tmp_path, tmp_path / "gone")


@pytest.fixture
def nobody(tmp_path: Path) -> Iterator[None]:
    """Run as a user whom permissions hold; root may open anything."""
    if os.geteuid() != 0:
        yield
        return
    for folder in (tmp_path, *tmp_path.parents[:3]):
        if str(folder).startswith(("/tmp/", "/var/tmp/")):  # noqa: S108 - where pytest made it
            folder.chmod(0o755)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_folder_that_may_not_be_opened_is_listed(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    touch(tmp_path / "locked/a.jpg", tmp_path / "b.jpg")
    (tmp_path / "locked").chmod(0)
    request.getfixturevalue("nobody")

    entries = film_files.collect([tmp_path]).entries

    refused = entries[1]
    assert isinstance(refused, NotScored)
    assert (Refusal.NO_PERMISSION, "This user may not open the folder.") == (
        refused.reason.code,
        refused.reason.message,
    )
    assert tmp_path / "b.jpg" == entries[0]
