"""What a reading room looks back on: how many films came, how long they waited, whether they and the model changed."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass

from firstread.evaluation import drift
from firstread.evaluation.drift import Drift
from firstread.evaluation.intervals import Interval, share
from firstread.evaluation.shift import WARN_PERCENTAGE
from firstread.reading.ranked_films import RankedFilms
from firstread.reading.reader_agreement import FEWEST, ReaderAgreement, agreements_of
from firstread.reading.stretch import Stretch, window
from firstread.store import agreement, statistics, waits
from firstread.store.database import Transaction
from firstread.store.statistics import BANDS, OutcomeCounts
from firstread.store.store import Store
from firstread.store.waits import Waits
from firstread.store.windows import Window
from firstread.terms import Band, Refusal

__all__ = [
    "Bin",
    "Dashboard",
    "Disk",
    "ReadShare",
    "Refused",
    "Unread",
    "Waited",
    "gather",
]


@dataclass(frozen=True, slots=True)
class Bin:
    """What happened in one of the equal parts of a stretch.

    Args:
        begin: Seconds since 1970.
        arrived: Films that came.
        scored: Outcomes with a score; a film that several models scored counts for each.
        not_scored: Outcomes without.
        urgent: Of the films that were scored.
        review: As before.
        routine: As before.
        with_shift: Scored films that have a shift.
        unlike: Those called unlike the training films.
        median_shift: A percentage; None for fewer than `FEWEST` films.
    """

    begin: float
    arrived: int
    scored: int
    not_scored: int
    urgent: int
    review: int
    routine: int
    with_shift: int
    unlike: int
    median_shift: float | None


@dataclass(frozen=True, slots=True)
class Waited:
    """How long films of a band waited.

    Args:
        band: None for films without a score.
        n: How many.
        median_s: Half of them waited no longer; None for fewer than `FEWEST`.
        percentile_90_s: Nine of ten waited no longer; None as before.
    """

    band: Band | None
    n: int
    median_s: float | None
    percentile_90_s: float | None


@dataclass(frozen=True, slots=True)
class Unread:
    """Films that nobody has read, as they stand now.

    Args:
        kind: A band, "waiting" for the model, or "not_scored".
        n: How many.
        oldest_at: When the first of them arrived (seconds since 1970); None without a film.
    """

    kind: str
    n: int
    oldest_at: float | None


@dataclass(frozen=True, slots=True)
class ReadShare:
    """How many of the scored films have been read: where flagged films are read first, agreement looks too good.

    Args:
        flagged: Of those with this flag.
        n: Scored in the stretch.
        n_read: Read by now.
        share: With its interval; None for fewer than `FEWEST`.
    """

    flagged: bool
    n: int
    n_read: int
    share: Interval | None


@dataclass(frozen=True, slots=True)
class Refused:
    """Films that were not scored for one reason.

    Args:
        code: The reason.
        n: How many.
    """

    code: Refusal
    n: int


@dataclass(frozen=True, slots=True)
class Disk:
    """Room for films.

    Args:
        film_bytes: What the files of all films take.
        free_bytes: What is free on their disk.
        total_bytes: How large that is.
    """

    film_bytes: int
    free_bytes: int
    total_bytes: int


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A stretch of time in a reading room.

    Args:
        version: Number of the newest change that may be in it.
        period: How far back.
        begin: Seconds since 1970.
        now: When it was gathered (seconds since 1970); the last bin ends later.
        step_s: Length of a bin.
        fewest: Of fewer films only the number is stated.
        arrived: Films that came.
        arrived_per_hour: None for fewer than `fewest`.
        bins: The parts of the stretch.
        waits_for_model: From arrival to the first outcome, for outcomes of the stretch.
        waits_for_reader: From arrival to the first reading that was not taken back, for such readings of the stretch.
        unread: What waits now.
        median_shift: Of the films scored in the stretch; None for fewer than `fewest`.
        drift: What their shift says.
        refused: Films of the stretch that were not scored.
        read: How many of the films that were scored in the stretch have been read.
        agreements: The model against its readers.
        disk: Room for films now.
    """

    version: int
    period: Stretch
    begin: float
    now: float
    step_s: float
    fewest: int
    arrived: int
    arrived_per_hour: float | None
    bins: tuple[Bin, ...]
    waits_for_model: tuple[Waited, ...]
    waits_for_reader: tuple[Waited, ...]
    unread: tuple[Unread, ...]
    median_shift: float | None
    drift: Drift
    refused: tuple[Refused, ...]
    read: tuple[ReadShare, ...]
    agreements: tuple[ReaderAgreement, ...]
    disk: Disk


def gather(
    store: Store, ranked: RankedFilms, stretch: Stretch, *, now: float, utc_offset_s: float = 0.0
) -> Dashboard:
    """Look back on a stretch of time.

    Args:
        store: Films and all that is known of them.
        ranked: The films as they stand.
        stretch: How far back.
        now: Seconds since 1970.
        utc_offset_s: How far the clocks of whoever looks are ahead of UTC.

    Raises:
        StoreError: If the store does not answer.
    """
    seen = window(stretch, now=now, utc_offset_s=utc_offset_s)
    with store.database.read() as connection:
        outcomes = statistics.outcomes(connection, seen, unlike_from=WARN_PERCENTAGE)
        arrived = statistics.arrivals(connection, seen)
        n_arrived = int(arrived.sum())
        return Dashboard(
            version=ranked.version,
            period=stretch,
            begin=seen.begin,
            now=now,
            step_s=seen.step_s,
            fewest=FEWEST,
            arrived=n_arrived,
            arrived_per_hour=None if n_arrived < FEWEST else n_arrived / (now - seen.begin) * 3600,
            bins=_bins(connection, seen, arrived, outcomes),
            waits_for_model=_waited(waits.waits_for_model(connection, seen)),
            waits_for_reader=_waited(waits.waits_for_reader(connection, seen)),
            unread=_unread(ranked),
            median_shift=_median_shift(connection, seen, int(outcomes.with_shift().sum())),
            drift=drift.judge(
                int(outcomes.with_shift().sum()),
                unlike=int(outcomes.unlike().sum()),
                far=int(outcomes.far().sum()),
            ),
            refused=tuple(Refused(code, n) for code, n in outcomes.refusals().items()),
            read=(_read(outcomes, flagged=True), _read(outcomes, flagged=False)),
            agreements=agreements_of(agreement.agreements(connection, seen)),
            disk=_disk(connection, store),
        )


def _bins(
    connection: Transaction, seen: Window, arrived: statistics.Integers, outcomes: OutcomeCounts
) -> tuple[Bin, ...]:
    bands = dict(zip(BANDS, outcomes.bands().tolist(), strict=True))
    with_shift = outcomes.with_shift().tolist()
    columns = (
        arrived.tolist(),
        outcomes.scored().tolist(),
        outcomes.not_scored().tolist(),
        *(bands[band] for band in (Band.URGENT, Band.REVIEW, Band.ROUTINE)),
        with_shift,
        outcomes.unlike().tolist(),
        [
            median if n >= FEWEST else None
            for median, n in zip(statistics.median_shifts(connection, seen).tolist(), with_shift, strict=True)
        ],
    )
    return tuple(
        Bin(seen.begin + i * seen.step_s, *values) for i, values in enumerate(zip(*columns, strict=True))
    )


def _waited(waited: Sequence[Waits]) -> tuple[Waited, ...]:
    return tuple(
        Waited(films.band, films.n, films.median_s, films.percentile_90_s)
        if films.n >= FEWEST
        else Waited(films.band, films.n, None, None)
        for films in waited
    )


def _unread(ranked: RankedFilms) -> tuple[Unread, ...]:
    counts, oldest = ranked.counts(), ranked.oldest()
    kinds = (*(band.value for band in Band), "waiting", "not_scored")
    return tuple(Unread(kind, counts[kind], oldest.get(kind)) for kind in kinds)


def _median_shift(connection: Transaction, seen: Window, n: int) -> float | None:
    if n < FEWEST:
        return None
    whole = Window(seen.begin, seen.end - seen.begin, 1)
    return float(statistics.median_shifts(connection, whole)[0])


def _read(outcomes: OutcomeCounts, *, flagged: bool) -> ReadShare:
    read = outcomes.read_so_far(flagged=flagged)
    return ReadShare(flagged, read.n, read.n_read, share(read.n_read, read.n, fewest=FEWEST))


def _disk(connection: Transaction, store: Store) -> Disk:
    disk = shutil.disk_usage(store.films.root)
    return Disk(statistics.film_bytes(connection), disk.free, disk.total)
