"""The server itself: whether it is well, who calls, and which models score here."""

from fastapi import APIRouter

from firstread import __version__
from firstread.edges.web import schemas
from firstread.edges.web.documented import problems
from firstread.edges.web.doors.dependencies import Anybody, Reader
from firstread.edges.web.room import ServedRoom
from firstread.store import outcomes, queue
from firstread.store.scopes import Scope

__all__ = ["router"]

router = APIRouter(tags=["server"], responses=problems())


@router.get("/health")
def health(room: ServedRoom) -> schemas.Health:
    """Say that the server and its store answer, and how many films wait."""
    with room.store.database.read() as connection:
        queued = queue.count(connection)
    return schemas.Health(status="ok", version=__version__, waiting=queued.waiting, leased=queued.leased)


@router.get("/session")
def session(room: ServedRoom, caller: Anybody) -> schemas.SessionOut:
    """Say who is calling."""
    return schemas.SessionOut(
        name=caller.name,
        role=caller.role.value,
        door=caller.door.value,
        takes_folders=bool(room.taking_in.roots) and Scope.ADMIN in caller.scopes,
    )


@router.get("/bundles")
def bundles(room: ServedRoom, _reader: Reader) -> schemas.BundleList:
    """Return every model that scored films here, with its operating points."""
    with room.store.database.read() as connection:
        used = outcomes.bundles(connection)
    return schemas.BundleList(
        bundles=[
            schemas.BundleOut(
                sha256=bundle.sha256,
                name=bundle.name,
                operating_points={
                    name: schemas.OperatingPointOut(**point)
                    for name, point in bundle.operating_points.items()
                },
                prevalence=bundle.prevalence,
                current=bundle.sha256 == room.bundle.sha256,
            )
            for bundle in used
        ]
    )
