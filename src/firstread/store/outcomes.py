"""What the model said of a film, or why it was not scored: one row for each film and bundle, never two."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Row, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from firstread.records import FilmFacts, NotScored, Outcome, Reason, Scored
from firstread.store import tables
from firstread.terms import Band, Refusal, ViewPosition

__all__ = [
    "HeatMap",
    "KeptOutcome",
    "NewOutcome",
    "UsedBundle",
    "bundle_id",
    "bundles",
    "from_row",
    "heat_map",
    "record",
]

HeatMap = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class NewOutcome:
    """What a worker found out.

    Args:
        film_id: The film.
        outcome: Scored, or not, with its reason.
        interval: Lower and upper limit of the probability; None when the bundle cannot tell.
        heat_map: Where the network saw pneumonia, shape (h, w), 0..1; None without one.
    """

    film_id: int
    outcome: Outcome
    interval: tuple[float, float] | None = None
    heat_map: HeatMap | None = None


@dataclass(frozen=True, slots=True)
class KeptOutcome:
    """What the store holds of an outcome.

    Args:
        probability: Calibrated, in [0, 1]; None when the film was not scored.
        interval: Lower and upper limit of the probability; None when there is none.
        flagged: The probability reaches the operating point.
        band: How soon it should be read; None when the film was not scored.
        shift: How unlike the tuning films it is, a percentage; None when the bundle cannot tell.
        reason: Why it was not scored; None when it was.
        warnings: What a reader should know, in words.
        facts: What the file says of itself, without identity; None when it could not be read.
        bundle_sha256: The model.
        scored_at: Seconds since 1970.
    """

    probability: float | None
    interval: tuple[float, float] | None
    flagged: bool
    band: Band | None
    shift: float | None
    reason: Reason | None
    warnings: tuple[str, ...]
    facts: FilmFacts | None
    bundle_sha256: str
    scored_at: float


@dataclass(frozen=True, slots=True)
class UsedBundle:
    """A model that films were queued for.

    Args:
        sha256: What it is called everywhere.
        name: Of its folder.
        operating_points: Threshold, sensitivity and specificity of each, by name.
        prevalence: Of disease, in (0, 1): the one that its probabilities refer to; None when it is not known.
    """

    sha256: str
    name: str
    operating_points: Mapping[str, Mapping[str, float]]
    prevalence: float | None = None


def bundles(connection: Connection) -> list[UsedBundle]:
    """Return every bundle that films were queued for, the newest first."""
    rows = connection.execute(select(tables.bundle).order_by(tables.bundle.c.id.desc()))
    return [UsedBundle(row.sha256, row.name, row.operating_points, row.prevalence) for row in rows]


def bundle_id(connection: Connection, used: UsedBundle, *, now: float) -> int:
    """Return the number of a bundle, and write it down when it was not used before."""
    found = connection.scalar(select(tables.bundle.c.id).where(tables.bundle.c.sha256 == used.sha256))
    if found is not None:
        return int(found)
    created = connection.execute(
        insert(tables.bundle).returning(tables.bundle.c.id),
        {**asdict(used), "first_used_at": now},
    )
    return int(created.scalar_one())


def record(connection: Connection, found: Sequence[NewOutcome], *, bundle_id: int, now: float) -> None:
    """Write outcomes; one that is there already stays as it is."""
    if found:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        connection.execute(
            dialect.insert(tables.outcome).on_conflict_do_nothing(),
            [_row(new, bundle_id, now) for new in found],
        )


def heat_map(connection: Connection, film_id: int) -> HeatMap | None:
    """Return the heat map of a film's newest outcome, shape (h, w), 0..1; None when there is none."""
    columns = tables.outcome.c
    row = connection.execute(
        select(columns.heat_map, columns.heat_map_rows)
        .where(columns.film_id == film_id)
        .order_by(columns.id.desc())
        .limit(1)
    ).first()
    if row is None or row.heat_map is None:
        return None
    return np.frombuffer(row.heat_map, np.float16).reshape(row.heat_map_rows, -1).astype(np.float32)


def from_row(row: Row[Any]) -> KeptOutcome:
    """Return the outcome in a row that has the columns of `outcome`, and `bundle_sha256`."""
    return KeptOutcome(
        probability=row.probability,
        interval=None if row.probability_low is None else (row.probability_low, row.probability_high),
        flagged=row.flagged,
        band=None if row.band is None else Band(row.band),
        shift=row.shift,
        reason=None if row.reason_code is None else Reason(Refusal(row.reason_code), row.reason),
        warnings=tuple(row.warnings),
        facts=_facts(row.facts),
        bundle_sha256=row.bundle_sha256,
        scored_at=row.scored_at,
    )


def _row(new: NewOutcome, bundle_id: int, now: float) -> dict[str, object]:
    outcome = new.outcome
    heat = None if new.heat_map is None else np.asarray(new.heat_map, np.float16)
    low, high = new.interval or (None, None)
    row: dict[str, object] = {
        "film_id": new.film_id,
        "bundle_id": bundle_id,
        "probability_low": low,
        "probability_high": high,
        "shift": outcome.shift,
        "warnings": list(outcome.warnings),
        "facts": None if outcome.facts is None else asdict(outcome.facts),
        "heat_map": None if heat is None else heat.tobytes(),
        "heat_map_rows": None if heat is None else heat.shape[0],
        "scored_at": now,
    }
    return row | (_not_scored(outcome) if isinstance(outcome, NotScored) else _scored(outcome))


def _scored(outcome: Scored) -> dict[str, object]:
    return {
        "scored": True,
        "logit": outcome.logit,
        "probability": outcome.probability,
        "flagged": outcome.flagged,
        "band": outcome.band.value,
        "reason_code": None,
        "reason": None,
    }


def _not_scored(outcome: NotScored) -> dict[str, object]:
    return {
        "scored": False,
        "logit": None,
        "probability": None,
        "flagged": False,
        "band": None,
        "reason_code": outcome.reason.code.value,
        "reason": outcome.reason.message,
    }


def _facts(stored: dict[str, Any] | None) -> FilmFacts | None:
    if stored is None:
        return None
    view = stored["view_position"]
    return FilmFacts(**stored | {"view_position": None if view is None else ViewPosition(view)})
