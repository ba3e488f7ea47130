"""A reader's opinion of a film: what it says of the finding, and of the model's flag."""

from dataclasses import dataclass, replace

from firstread.errors import StoreError
from firstread.store import audit_log, changes, films, readings
from firstread.store.films import KeptFilm
from firstread.store.readings import NewReading, Reading
from firstread.store.store import Store
from firstread.terms import Change, LabelState, Verdict

__all__ = ["Opinion", "record", "undo"]


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a reader says: of the model's flag, or of the film itself.

    Args:
        verdict: Of the flag; None when the reader speaks of the film.
        finding: Whether there is pneumonia; None when the reader speaks of the flag.
        note: In the reader's words.
        blinded: The score was hidden until now.
    """

    verdict: Verdict | None = None
    finding: LabelState | None = None
    note: str = ""
    blinded: bool = False

    def __post_init__(self) -> None:
        if (self.verdict is None) == (self.finding is None):
            raise ValueError("An opinion is a verdict on the flag or a finding, one of the two.")
        if self.blinded and self.verdict is not None:
            raise ValueError("A blinded reader cannot agree with a score; the finding must be given.")


def record(store: Store, sha256: str, opinion: Opinion, *, reader: str, now: float) -> Reading | None:
    """Record what a reader says of a film; None when there is no such film.

    Raises:
        ValueError: If the opinion is on the flag of a film that has none.
        StoreError: If it cannot be written.
    """
    with store.database.write() as connection:
        film = films.by_sha256(connection, sha256)
        if film is None:
            return None
        if opinion.blinded and readings.read_by(connection, reader, [film.film_id]):
            # The score is shown to whoever has read the film.
            opinion = replace(opinion, blinded=False)
        reading = readings.add(connection, _reading(film, opinion, reader), now=now)
        changes.append(connection, [film.film_id], Change.READ, now=now)
        audit_log.append(
            connection,
            actor=reader,
            action="reading.add",
            subject=sha256,
            detail={"finding": reading.said.finding.value, "blinded": opinion.blinded},
            now=now,
        )
    return reading


def undo(
    store: Store, *, reader: str, now: float, number: int | None = None
) -> tuple[Reading, KeptFilm] | None:
    """Take back an opinion of a reader that holds, the last one where none is named; return it with its film.

    None when there is none.
    """
    with store.database.write() as connection:
        reading = readings.undo(connection, reader, now=now, number=number)
        if reading is None:
            return None
        found = films.by_ids(connection, [reading.said.film_id])
        if not found:
            raise StoreError("A reading must belong to a film; this film is gone.")
        changes.append(connection, [reading.said.film_id], Change.READ, now=now)
        audit_log.append(connection, actor=reader, action="reading.undo", subject=found[0].sha256, now=now)
    return reading, found[0]


def _reading(film: KeptFilm, opinion: Opinion, reader: str) -> NewReading:
    flagged = (
        film.outcome.flagged if film.outcome is not None and film.outcome.probability is not None else None
    )
    finding = opinion.finding or _finding(opinion.verdict, flagged)
    return NewReading(
        film_id=film.film_id,
        reader=reader,
        finding=finding,
        verdict=_verdict(finding, flagged),
        note=opinion.note,
        blinded=opinion.blinded,
        probability=None if film.outcome is None else film.outcome.probability,
        flagged=flagged,
    )


def _finding(verdict: Verdict | None, flagged: bool | None) -> LabelState:
    if flagged is None:
        raise ValueError("A verdict needs a flag to speak of; this film was not scored, so give the finding.")
    if verdict is Verdict.UNSURE:
        return LabelState.UNCERTAIN
    return LabelState.PRESENT if flagged == (verdict is Verdict.AGREE) else LabelState.ABSENT


def _verdict(finding: LabelState, flagged: bool | None) -> Verdict | None:
    if flagged is None:
        return None
    if finding not in (LabelState.PRESENT, LabelState.ABSENT):
        return Verdict.UNSURE
    return Verdict.AGREE if flagged == (finding is LabelState.PRESENT) else Verdict.DISAGREE
