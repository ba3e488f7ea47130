"""Values of the store become what the API says; a score that must stay hidden goes no further than this."""

from collections.abc import Collection, Sequence
from typing import Any

from firstread.edges.web import root_schemas, schemas
from firstread.edges.web.doors.identity import Identity
from firstread.edges.web.header_schemas import HeaderFactsOut, WindowOut
from firstread.edges.web.naming_schemas import ReceivedNames
from firstread.edges.web.schemas import moment
from firstread.imaging.header_facts import HeaderFacts
from firstread.reading.intake import place_of
from firstread.reading.ranked_films import RankedFilms
from firstread.reading.taking_in import TakeIn
from firstread.store.copies import Copy
from firstread.store.deliveries import Received
from firstread.store.films import KeptFilm
from firstread.store.outcomes import KeptOutcome
from firstread.store.readings import Reading
from firstread.store.scopes import Scope
from firstread.terms import Band, Receipt

__all__ = [
    "counts",
    "film",
    "header_facts",
    "hidden_from",
    "named",
    "reading",
    "received_films",
    "row",
    "without_names",
]


def received_films(answers: Sequence[Received], sender: Identity) -> schemas.ReceivedFilms:
    """Return what became of files that were sent."""
    return schemas.ReceivedFilms(films=[_received(answer, sender) for answer in answers])


def named(answers: Sequence[Received | None], sender: Identity) -> ReceivedNames:
    """Return what became of files that were named and not sent."""
    return ReceivedNames(films=[None if answer is None else _received(answer, sender) for answer in answers])


def _received(answer: Received, sender: Identity) -> schemas.ReceivedFilm:
    # What others called a film tells those nothing who may send films and see none.
    first = answer.first if Scope.FILMS_READ in sender.scopes else None
    return schemas.ReceivedFilm(film=answer.sha256, receipt=answer.receipt, first=first)


def counts(ranked: RankedFilms, *, hidden: bool) -> schemas.Counts:
    """Return how many films there are of each kind."""
    counted = schemas.Counts(**ranked.counts())
    return counted.model_copy(update=dict.fromkeys(Band)) if hidden else counted


def row(film: KeptFilm, rank: int | None, *, hidden: bool) -> schemas.Row:
    """Return a film as a list shows it."""
    return schemas.Row(**_row(film, rank, hidden))


def film(
    kept: KeptFilm,
    rank: int | None,
    readings: list[Reading],
    copies: Sequence[Copy] = (),
    *,
    has_heat_map: bool,
    hidden: bool,
) -> schemas.FilmOut:
    """Return a film with all that is known of it."""
    outcome, facts = kept.outcome, kept.outcome.facts if kept.outcome else None
    low, high = (outcome.interval if outcome and not hidden else None) or (None, None)
    return schemas.FilmOut(
        **_row(kept, rank, hidden),
        file_bytes=kept.file_bytes,
        height=facts.height if facts else None,
        width=facts.width if facts else None,
        view_position=facts.view_position if facts else None,
        probability_low=low,
        probability_high=high,
        bundle=outcome.bundle_sha256 if outcome else None,
        scored_at=moment(outcome.scored_at) if outcome else None,
        has_heat_map=has_heat_map and not hidden,
        readings=[] if hidden else [reading(each, kept.sha256) for each in readings],
        copies=[schemas.CopyOut(name=each.name, folder=each.folder) for each in copies],
    )


def header_facts(facts: HeaderFacts) -> HeaderFactsOut:
    """Return how a file was made and stored."""
    windows = [WindowOut(centre=centre, width=width) for centre, width in facts.windows or ()]
    return HeaderFactsOut(**facts.as_dict() | {"windows": windows})


def without_names(film: schemas.FilmOut) -> schemas.FilmOut:
    """Return a film without what people wrote: names of file and folder, and readers' notes."""
    said = [each.model_copy(update={"note": ""}) for each in film.readings]
    return film.model_copy(update={"name": "", "folder": "", "copies": [], "readings": said})


def reading(given: Reading, sha256: str) -> schemas.ReadingOut:
    """Return a reading of a film."""
    return schemas.ReadingOut(
        reading=given.number,
        film=sha256,
        reader=given.said.reader,
        finding=given.said.finding,
        verdict=given.said.verdict,
        note=given.said.note,
        blinded=given.said.blinded,
        read_at=moment(given.read_at),
    )


def take_in(now: TakeIn) -> root_schemas.TakeInOut:
    """Return how far a folder is taken in."""
    receipts = now.taken.receipts
    return root_schemas.TakeInOut(
        root=now.root,
        path=now.path,
        sender=now.sender,
        stage=now.stage,
        began_at=moment(now.began_at),
        n_found=now.n_found,
        n_ended=now.taken.n_files,
        new=receipts[Receipt.NEW],
        known=receipts[Receipt.KNOWN],
        copies=receipts[Receipt.COPY],
        left=dict(now.taken.left),
        named=[
            root_schemas.NotTakenOut(
                path="/".join(filter(None, place_of("/".join(each.steps)))), why=each.why
            )
            for each in now.taken.named
        ],
        problem=now.problem,
    )


def hidden_from(film_id: int, *, blinded: bool, read_by_caller: Collection[int]) -> bool:
    """Return whether a score must not be shown: a blinded reader sees it after having read the film."""
    return blinded and film_id not in read_by_caller


def _row(film: KeptFilm, rank: int | None, hidden: bool) -> dict[str, Any]:
    outcome = film.outcome
    shown: dict[str, Any] = {
        "film": film.sha256,
        "rank": None if hidden else rank,
        "name": film.name,
        "folder": film.folder,
        "n_copies": film.n_copies,
        "arrived_at": moment(film.arrived_at),
        "state": _state(outcome),
        "read": film.is_read,
    }
    if outcome is None:
        return shown
    shown["synthetic"] = outcome.facts is not None and outcome.facts.synthetic
    if outcome.reason is not None:
        # Why a file is no film is no hint at a finding.
        shown["reason"] = schemas.ReasonOut(code=outcome.reason.code, message=outcome.reason.message)
    return shown if hidden else shown | _score(outcome)


def _state(outcome: KeptOutcome | None) -> str:
    if outcome is None:
        return "waiting"
    return "not_scored" if outcome.probability is None else "scored"


def _score(outcome: KeptOutcome) -> dict[str, Any]:
    return {
        "band": outcome.band,
        "probability": outcome.probability,
        "flagged": None if outcome.probability is None else outcome.flagged,
        "shift": outcome.shift,
        "warnings": list(outcome.warnings),
    }
