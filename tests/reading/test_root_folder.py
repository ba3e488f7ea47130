"""Nothing leads out of a root: no path, no link, and no folder that becomes a link while somebody looks."""

import contextlib
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from firstread.errors import ConfigError
from firstread.reading import root_folder
from firstread.reading.root_folder import FoundFile, NotTaken, RootFolder, Why

pytestmark = pytest.mark.skipif(
    os.open not in os.supports_dir_fd, reason="Roots need a system that opens by folder."
)

NOBODY = 65534


@pytest.fixture
def root(tmp_path: Path) -> RootFolder:
    """Return a root with two wards; beside it lies what nobody may see."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.dcm").write_bytes(b"secret")
    for path in ("a.dcm", "ward/1/b.dcm", "ward/1/c.dcm", "ward/2/d.dcm"):
        file = tmp_path / "archive" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(path.encode())
    return RootFolder(tmp_path / "archive")


def found(root: RootFolder, path: str = "") -> list[str]:
    return ["/".join(each.steps) for each in root.walk(path) if isinstance(each, FoundFile)]


def left(root: RootFolder, path: str = "") -> dict[str, Why]:
    return {"/".join(each.steps): each.why for each in root.walk(path) if isinstance(each, NotTaken)}


@contextlib.contextmanager
def unprivileged() -> Iterator[None]:
    """Become somebody to whom permissions apply; they do not apply to root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_every_file_is_found_folder_by_folder(root: RootFolder) -> None:
    assert ["a.dcm", "ward/1/b.dcm", "ward/1/c.dcm", "ward/2/d.dcm"] == found(root)
    assert ["ward/2/d.dcm"] == found(root, "ward/2") == found(root, "ward/2/")


def test_a_found_file_is_read(root: RootFolder) -> None:
    (file,) = root.walk("ward/2")

    assert isinstance(file, FoundFile)
    with file.open() as stream:
        assert b"ward/2/d.dcm" == stream.read()


def test_a_listing_tells_folders_by_name_and_files_by_number(root: RootFolder) -> None:
    (root.path / ".hidden").mkdir()
    (root.path / ".DS_Store").touch()
    (root.path / "link").symlink_to("ward")

    listed = root.listing("")

    assert (("ward",), 1, 1) == (listed.folders, listed.n_folders, listed.n_files)
    assert ("1", "2") == root.listing("ward").folders


def test_a_listing_ends_somewhere(root: RootFolder) -> None:
    for i in range(1001):
        (root.path / "ward" / "2" / f"{i:04}").mkdir()

    listed = root.listing("ward/2")

    assert (1000, 1001) == (len(listed.folders), listed.n_folders)


@pytest.mark.parametrize(
    "path",
    [
        "..",
        "../outside",
        "ward/../../outside",
        "/etc",
        "//etc",
        "ward//1",
        "./ward",
        "ward/.",
        "a\0b",
        "\ud800",
        "/",
        "x/" * 65,
    ],
)
def test_a_path_that_leads_elsewhere_is_refused(root: RootFolder, path: str) -> None:
    with pytest.raises(ValueError, match="A folder must"):
        root.listing(path)
    with pytest.raises(ValueError, match="A folder must"):
        list(root.walk(path))


@pytest.mark.parametrize("path", ["absent", "a.dcm", "ward/1/b.dcm", "y" * 300])
def test_what_is_no_folder_cannot_be_opened(root: RootFolder, path: str) -> None:
    with pytest.raises(OSError, match=r".+"):
        root.listing(path)


@pytest.mark.parametrize("target", ["../outside", "ward", "ward/1/b.dcm", "nowhere", "loop"])
def test_no_link_is_followed_wherever_it_leads(root: RootFolder, target: str) -> None:
    (root.path / "loop").symlink_to(target)

    with pytest.raises(OSError, match=r".+"):
        root.listing("loop")
    assert {"loop": Why.LINK} == left(root)
    assert 4 == len(found(root))


def test_a_folder_that_became_a_link_while_somebody_looked_is_not_followed(root: RootFolder) -> None:
    """Of two folders that were seen, one is exchanged before it is listed, one before a file in it is opened."""
    walk = root.walk("")
    file = next(each for each in walk if each.steps == ("ward", "1", "b.dcm"))
    assert isinstance(file, FoundFile)
    for ward in ("1", "2"):
        shutil.move(root.path / "ward" / ward, root.path.parent / f"moved {ward}")
        (root.path / "ward" / ward).symlink_to("../../outside")
    (root.path.parent / "outside" / "b.dcm").write_bytes(b"secret")

    with pytest.raises(OSError, match=r".+"):
        file.open()
    later = list(walk)
    assert NotTaken(("ward", "2"), Why.UNREADABLE) in later
    assert [("ward", "1", "c.dcm")] == [each.steps for each in later if isinstance(each, FoundFile)]


def test_a_file_that_became_a_link_is_not_followed(root: RootFolder) -> None:
    (file,) = root.walk("ward/2")
    assert isinstance(file, FoundFile)
    (root.path / "ward/2/d.dcm").unlink()
    (root.path / "ward/2/d.dcm").symlink_to("../../../outside/secret.dcm")

    with pytest.raises(OSError, match=r".+"):
        file.open()


def test_a_pipe_keeps_nobody_waiting(root: RootFolder) -> None:
    """Opened as a file, a pipe that nobody writes to would wait for ever."""
    (file,) = root.walk("ward/2")
    assert isinstance(file, FoundFile)
    (root.path / "ward/2/d.dcm").unlink()
    os.mkfifo(root.path / "ward/2/d.dcm")
    with socket.socket(socket.AF_UNIX) as listening:
        before = Path.cwd()
        os.chdir(root.path)  # a socket's path has 107 bytes at most
        try:
            listening.bind("socket")
        finally:
            os.chdir(before)

        assert {"ward/2/d.dcm": Why.NO_FILE, "socket": Why.NO_FILE} == left(root)
        with pytest.raises(OSError, match="no regular file any more"):
            file.open()


def test_what_may_not_be_opened_ends_nothing() -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        folder.chmod(0o755)
        (folder / "locked").mkdir(mode=0o700)
        (folder / "open").mkdir(mode=0o755)
        (folder / "open" / "a.dcm").touch(mode=0o600)
        (folder / "open" / "b.dcm").touch(mode=0o644)
        if os.geteuid() != 0:
            (folder / "locked").chmod(0)
            (folder / "open" / "a.dcm").chmod(0)
        root = RootFolder(folder)
        with unprivileged():
            walked = list(root.walk(""))
            opened = {each.steps[-1]: _opens(each) for each in walked if isinstance(each, FoundFile)}
            with pytest.raises(PermissionError):
                root.listing("locked")
    finally:
        (folder / "locked").chmod(0o700)
        shutil.rmtree(folder)

    assert NotTaken(("locked",), Why.UNREADABLE) in walked
    assert {"a.dcm": False, "b.dcm": True} == opened


def _opens(file: FoundFile) -> bool:
    try:
        file.open().close()
    except OSError:
        return False
    return True


def test_names_that_are_no_text_are_taken_and_not_listed(root: RootFolder) -> None:
    """File systems keep bytes; those that are no UTF-8 cannot be sent to a page, nor come back from it."""
    below = os.fsencode(root.path) + b"/caf\xe9"
    os.mkdir(below)  # noqa: PTH102  # pathlib has no names of bytes
    with open(below + b"/\xff.dcm", "wb") as file:  # noqa: PTH123
        file.write(b"film")

    assert (("ward",), 2) == (root.listing("").folders, root.listing("").n_folders)
    (odd,) = [
        each
        for each in root.walk("")
        if isinstance(each, FoundFile) and b"\xff" in os.fsencode(each.steps[-1])
    ]
    with odd.open() as stream:
        assert b"film" == stream.read()


def test_hidden_files_and_folders_are_left(root: RootFolder) -> None:
    (root.path / ".git").mkdir()
    (root.path / ".git" / "x.dcm").touch()
    (root.path / "ward" / ".DS_Store").touch()

    assert {".git": Why.HIDDEN, "ward/.DS_Store": Why.HIDDEN} == left(root)


def test_a_very_deep_folder_ends_nothing(root: RootFolder) -> None:
    """Every step is opened again from the root: without an end, depth would cost its square."""
    deepest = root.path.joinpath(*["d"] * 70)
    deepest.mkdir(parents=True)
    (deepest / "x.dcm").touch()

    assert {"/".join(["d"] * 65): Why.TOO_DEEP} == left(root)


def test_a_root_may_be_a_link_itself(root: RootFolder) -> None:
    (root.path.parent / "mounted").symlink_to("archive")

    assert 4 == len(found(RootFolder(root.path.parent / "mounted")))


def test_roots_are_called_by_their_last_name() -> None:
    roots = root_folder.root_folders(("/archive/chest", "/mnt/new"), store=Path("/room"))

    assert {"chest": Path("/archive/chest"), "new": Path("/mnt/new")} == {
        name: root.path for name, root in roots.items()
    }


def test_a_system_that_cannot_keep_to_roots_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "supports_dir_fd", set())

    assert {} == root_folder.root_folders((), store=Path("/room"))
    with pytest.raises(ConfigError, match=r"web\.roots must be empty on this system; received 1"):
        root_folder.root_folders(("/archive",), store=Path("/room"))


@pytest.mark.parametrize("store", ["archive", "archive/room", "."])
def test_no_root_holds_the_store_or_lies_in_it(tmp_path: Path, store: str) -> None:
    """Its database would be taken in as a film; a link in the way changes nothing."""
    (tmp_path / "archive" / "room").mkdir(parents=True)
    (tmp_path / "linked").symlink_to(tmp_path / "archive")

    with pytest.raises(ConfigError, match=r"web\.roots must lie apart from the folder of the store"):
        root_folder.root_folders((str(tmp_path / "linked"),), store=tmp_path / store)


@pytest.mark.parametrize("path", [".ssh", "ward/.cache"])
def test_a_hidden_folder_is_not_opened_by_its_name(root: RootFolder, path: str) -> None:
    with pytest.raises(ValueError, match="must not be a hidden one"):
        root.listing(path)
