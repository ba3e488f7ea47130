"""Folders of the server that an administrator takes films from, where the settings name some."""

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import APIRouter

from firstread.edges.web import replies, root_schemas
from firstread.edges.web.documented import problems
from firstread.edges.web.doors.dependencies import Admin
from firstread.edges.web.problems import Problem
from firstread.edges.web.room import ServedRoom

__all__ = ["router"]

router = APIRouter(prefix="/roots", tags=["roots"], responses=problems())


@router.get("")
def roots(room: ServedRoom, _admin: Admin) -> root_schemas.RootList:
    """Return the folders of the server that films may be taken from; the settings name them (web.roots)."""
    return root_schemas.RootList(roots=list(room.taking_in.roots))


@router.post("/folder", responses=problems(404))
def folder_in_root(
    asked: root_schemas.FolderAsked, room: ServedRoom, _admin: Admin
) -> root_schemas.RootFolderOut:
    """Return the folders in a folder, and how many files lie in it; what files are called is not told.

    It is asked for in a body: a folder may be called by a patient's name, and addresses are kept in many places.
    """
    with _translated():
        found = room.taking_in.roots[asked.root].listing(asked.path)
    return root_schemas.RootFolderOut(
        root=asked.root,
        path=asked.path,
        folders=list(found.folders),
        n_folders=found.n_folders,
        n_files=found.n_files,
    )


@router.post("/take-in", status_code=202, responses=problems(404, 409))
def take_in(asked: root_schemas.FolderAsked, room: ServedRoom, admin: Admin) -> root_schemas.TakeInOut:
    """Begin to take in a folder and the folders in it; it goes on when the caller leaves.

    Links are not followed. Taking the same folder in again takes only what is new.
    """
    with _translated():
        begun = room.taking_in.start(asked.root, asked.path, sender=admin.name)
    if begun is None:
        raise Problem(409, detail="Another folder is being taken in; wait for its end, or cancel it.")
    return replies.take_in(begun)


@router.get("/take-in")
def take_in_now(room: ServedRoom, _admin: Admin) -> root_schemas.TakeInNow:
    """Say how far the take-in is that runs, or how the last one ended."""
    newest = room.taking_in.newest
    return root_schemas.TakeInNow(take_in=None if newest is None else replies.take_in(newest))


@router.delete("/take-in", status_code=204, responses=problems(409))
def cancel_take_in(room: ServedRoom, admin: Admin) -> None:
    """Stop the take-in that runs, after the films at hand; what was taken in stays."""
    if not room.taking_in.cancel(actor=admin.name):
        raise Problem(409, detail="No folder is being taken in.")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise Problem(422, detail=str(error)) from error
    # One answer to all of these: it tells nothing of what lies elsewhere.
    except (KeyError, OSError) as error:
        raise Problem(404, detail="There is no such folder here, or it may not be opened.") from error
