"""Films lie under their hash, whole or not at all."""

import errno
import hashlib
import io
import os
import stat
from pathlib import Path
from types import SimpleNamespace

import pytest

from firstread.errors import StoreError, StoreFullError
from firstread.store.film_folder import FilmFolder, StoredFilm

FILM = b"a film" * 1000
SHA256 = hashlib.sha256(FILM).hexdigest()


def files_in(folder: Path) -> list[Path]:
    return [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]


def test_a_film_lies_under_the_hash_of_what_it_holds(tmp_path: Path) -> None:
    folder = FilmFolder(tmp_path / "films")

    assert StoredFilm(SHA256, len(FILM)) == folder.put(io.BytesIO(FILM))

    assert FILM == folder.path(SHA256).read_bytes()
    assert [Path(SHA256[:2], SHA256)] == files_in(folder.root)


def test_the_same_film_twice_is_one_file(tmp_path: Path) -> None:
    folder = FilmFolder(tmp_path / "films")
    folder.put(io.BytesIO(FILM))

    assert SHA256 == folder.put(io.BytesIO(FILM)).sha256

    assert 1 == len(files_in(folder.root))


def test_a_file_that_was_cut_short_is_replaced(tmp_path: Path) -> None:
    folder = FilmFolder(tmp_path / "films")
    folder.put(io.BytesIO(FILM))
    folder.path(SHA256).write_bytes(FILM[:10])

    folder.put(io.BytesIO(FILM))

    assert FILM == folder.path(SHA256).read_bytes()


def test_films_that_come_together_lie_each_under_its_hash_copies_once(tmp_path: Path) -> None:
    folder = FilmFolder(tmp_path / "films")

    stored = folder.put_all(map(io.BytesIO, (FILM, b"another", FILM)))

    assert [len(FILM), 7, len(FILM)] == [film.file_bytes for film in stored]
    assert {FILM, b"another"} == {folder.path(film.sha256).read_bytes() for film in stored}
    assert 2 == len(files_in(folder.root))


def test_every_film_is_on_the_disk_before_it_has_its_name_and_the_name_before_all_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = FilmFolder(tmp_path / "films")
    steps: list[str] = []
    sync, replace = os.fsync, Path.replace

    def synced(handle: int) -> None:
        steps.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "film")
        sync(handle)

    def rename(part: Path, target: Path) -> Path:
        named = replace(part, target)
        steps.append("name")
        return named

    monkeypatch.setattr("os.fsync", synced)
    monkeypatch.setattr(Path, "replace", rename)
    folder.put_all(map(io.BytesIO, (b"one", b"two")))

    # The new folders of films become durable in their own folder, too.
    assert ["film", "film", "name", "name", "folder", "folder", "folder"] == steps


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the numbers of all that is synced from now on."""
    inodes: list[int] = []
    sync = os.fsync

    def noted(handle: int) -> None:
        inodes.append(os.fstat(handle).st_ino)
        sync(handle)

    monkeypatch.setattr("os.fsync", noted)
    return inodes


@pytest.mark.parametrize("is_here", [False, True], ids=["its folder", "the film too"])
def test_a_folder_that_another_process_has_just_made_is_made_durable(
    tmp_path: Path, synced: list[int], is_here: bool
) -> None:
    """That one may not have synced it yet, and the power may go before it does."""
    folder = FilmFolder(tmp_path / "films")
    folder.path(SHA256).parent.mkdir()
    if is_here:
        folder.path(SHA256).write_bytes(FILM)

    folder.put(io.BytesIO(FILM))

    assert folder.root.stat().st_ino in synced


def test_the_folder_of_films_itself_is_made_durable(tmp_path: Path, synced: list[int]) -> None:
    """With every folder above it that is new."""
    folder = FilmFolder(tmp_path / "store" / "films")

    assert {tmp_path.stat().st_ino, (tmp_path / "store").stat().st_ino, folder.root.stat().st_ino} == set(
        synced
    )
    synced.clear()
    FilmFolder(tmp_path / "store" / "films")
    assert [] == synced


def test_when_one_of_several_breaks_off_nothing_is_left(tmp_path: Path) -> None:
    folder = FilmFolder(tmp_path / "films")

    with pytest.raises(StoreError, match="a film could not be stored"):
        folder.put_all([io.BytesIO(b"one"), Broken(FILM)])

    assert [] == files_in(folder.root)


@pytest.mark.parametrize(
    "name", ["../" * 20 + "etc/passwd", "", "A" * 64, "a" * 63, "/" + "a" * 63, "a" * 64 + "/"]
)
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        FilmFolder(tmp_path / "films").path(name)


def test_only_this_user_may_look_into_the_folder(tmp_path: Path) -> None:
    folder = FilmFolder(tmp_path / "films")
    folder.put(io.BytesIO(FILM))

    modes = {folder.root.stat().st_mode & 0o777, folder.path(SHA256).parent.stat().st_mode & 0o777}
    assert {0o700} == modes
    assert 0o600 == folder.path(SHA256).stat().st_mode & 0o777


class Broken(io.BytesIO):
    """An upload whose sender goes away."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() > 0:
            raise ConnectionResetError(errno.ECONNRESET, "gone")
        return super().read(min(size or 0, 100))


def test_an_upload_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    folder = FilmFolder(tmp_path / "films")

    with pytest.raises(StoreError, match="a film could not be stored"):
        folder.put(Broken(FILM))

    assert [] == files_in(folder.root)


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = FilmFolder(tmp_path / "films")

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StoreFullError, match="is full; nothing was stored"):
        folder.put(io.BytesIO(FILM))

    assert [] == files_in(folder.root)


def test_a_film_is_written_whole_however_little_the_disk_takes_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, write = FilmFolder(tmp_path / "films"), os.write
    monkeypatch.setattr("os.write", lambda handle, data: write(handle, data[:1000]))

    assert StoredFilm(SHA256, len(FILM)) == folder.put(io.BytesIO(FILM))

    assert FILM == folder.path(SHA256).read_bytes()


def test_a_disk_that_takes_no_advice_keeps_films_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_asked: int) -> None:
        raise OSError(errno.ENOSYS, "Function not implemented")

    folder = FilmFolder(tmp_path / "films")
    monkeypatch.setattr("os.posix_fadvise", refuse, raising=False)

    folder.put(io.BytesIO(FILM))

    assert FILM == folder.path(SHA256).read_bytes()


def test_room_is_asked_for_before_the_disk_is_full(tmp_path: Path) -> None:
    folder = FilmFolder(tmp_path / "films", reserve_bytes=2**60)

    with pytest.raises(StoreFullError, match=r"must keep .* MiB free; .* Remove films that were read"):
        folder.require_room(1)


def test_room_is_asked_for_the_smallest_film(tmp_path: Path) -> None:
    folder = FilmFolder(tmp_path / "films", reserve_bytes=2**60)

    with pytest.raises(StoreFullError, match="must keep"):
        folder.put(io.BytesIO(b"film"))

    assert [] == files_in(folder.root)


def test_room_is_asked_for_while_a_film_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others write too: what fitted when it began may not fit to its end."""
    free = iter(range(12, 0, -1))
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=next(free) * 2**20))
    folder = FilmFolder(tmp_path / "films", reserve_bytes=10 * 2**20)

    with pytest.raises(StoreFullError, match="must keep 10 MiB free; 10 MiB are, and 1 MiB came"):
        folder.put_all(map(io.BytesIO, (b"one", bytes(5 * 2**20))))

    assert [] == files_in(folder.root)


def test_a_disk_is_shared_with_what_lies_on_it(tmp_path: Path) -> None:
    folder = FilmFolder(tmp_path / "films")

    assert folder.shares_disk_with(tmp_path)
    assert not folder.shares_disk_with(Path("/dev"))


def test_what_a_stopped_process_left_behind_is_swept_after_an_hour(tmp_path: Path) -> None:
    folder = FilmFolder(tmp_path / "films")
    part = folder.root / "arriving" / "left"
    part.write_bytes(b"half")
    moment = part.stat().st_mtime

    assert 0 == folder.sweep(now=moment + 3599)
    assert 1 == folder.sweep(now=moment + 3601)

    assert [] == files_in(folder.root)


def test_only_a_whole_film_is_here(tmp_path: Path) -> None:
    folder = FilmFolder(tmp_path / "films")
    film = folder.put(io.BytesIO(FILM))

    assert [True, False, False] == [
        folder.has(each) for each in (film, StoredFilm(SHA256, 1), StoredFilm("a" * 64, 1))
    ]


def test_what_else_lies_beside_films_is_none(tmp_path: Path) -> None:
    """NFS keeps a file that is deleted while somebody reads it under a name of its own."""
    folder = FilmFolder(tmp_path / "films")
    folder.put(io.BytesIO(FILM))
    folder.path(SHA256).with_name(".nfs000000000012").write_bytes(FILM)

    assert [SHA256] == [name for name, _ in folder.stored()]


def test_stored_films_are_listed_and_removed(tmp_path: Path) -> None:
    folder = FilmFolder(tmp_path / "films")
    folder.put(io.BytesIO(FILM))
    assert [SHA256] == [name for name, _ in folder.stored()]

    folder.remove(SHA256)
    folder.remove(SHA256)

    assert [] == list(folder.stored())


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "films").write_text("a file")

    with pytest.raises(StoreError, match="the folder of films must be writable"):
        FilmFolder(tmp_path / "films")
