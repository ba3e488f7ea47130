"""Which films a request asks for: said the same way to the list, the exports and the reports."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Form, Query

from firstread.edges.web import replies, schemas
from firstread.edges.web.room import Room
from firstread.reading.ranked_films import RankedFilms, Selection, Sort, State
from firstread.store import copies, films, readings
from firstread.terms import Band

__all__ = ["Asked", "AskedByForm", "FilmsAskedFor", "Named", "films_in_full"]

# In these orders a list says nothing of scores.
_BLIND_SORTS = (Sort.ARRIVED, Sort.NAME, Sort.FOLDER)
# Films that are in memory at a time.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class FilmsAskedFor:
    """The films of a request.

    Args:
        selection: Which, and in which order; of a blinded reader nothing in it says anything of scores.
        blinded: Scores are hidden until the caller has read the film.
    """

    selection: Selection
    blinded: bool


def _asked(
    state: Annotated[State, Query(description="Which films are listed.")] = State.UNREAD,
    band: Annotated[
        list[Band],
        Query(examples=[["URGENT", "REVIEW"]], description="Only these bands; all when none is given."),
    ] = [],  # noqa: B006 - FastAPI copies it
    folder: Annotated[
        str | None,
        Query(max_length=4096, examples=["night/3"], description="Only this folder and those below it."),
    ] = None,
    q: Annotated[
        str,
        Query(
            max_length=200,
            examples=["film"],
            description="Only films that came under a folder and name that contain this.",
        ),
    ] = "",
    sort: Annotated[Sort, Query(description="By what the list is ordered.")] = Sort.RANK,
    descending: Annotated[bool, Query(description="From the last to the first.")] = False,
    blinded: Annotated[bool, Query(description="Hide scores, and any order made of them.")] = False,
) -> FilmsAskedFor:
    if blinded:
        by = sort if sort in _BLIND_SORTS else Sort.ARRIVED
        selection = Selection(state, frozenset(), folder, q, by, descending, hides_ranks=True)
        return FilmsAskedFor(selection, blinded)
    return FilmsAskedFor(Selection(state, frozenset(band), folder, q, sort, descending), blinded)


def _asked_by_form(
    state: Annotated[State, Form()] = State.UNREAD,
    band: Annotated[list[Band], Form()] = [],  # noqa: B006 - FastAPI copies it
    folder: Annotated[str | None, Form(max_length=4096)] = None,
    q: Annotated[str, Form(max_length=200)] = "",
    sort: Annotated[Sort, Form()] = Sort.RANK,
    descending: Annotated[bool, Form()] = False,
    blinded: Annotated[bool, Form()] = False,
) -> FilmsAskedFor:
    return _asked(state, band, folder, q, sort, descending, blinded)


Asked = Annotated[FilmsAskedFor, Depends(_asked)]
"""The films that the query of a request asks for."""
AskedByForm = Annotated[FilmsAskedFor, Depends(_asked_by_form)]
"""The films that a form asks for: nothing of it stands in an address, which browsers keep and print."""
Named = Annotated[
    bool,
    Query(description="With names of files and folders, and readers' notes: they may tell who a patient is."),
]


def films_in_full(
    room: Room,
    ranked: RankedFilms,
    asked: FilmsAskedFor,
    *,
    reader: str,
    named: bool = True,
    at_most: int | None = None,
) -> Iterator[schemas.FilmOut]:
    """Yield films with all that is known of them, in their order; few are in memory at a time.

    Order and ranks are those of one moment. What else is told of a film is as it is when the film's turn comes; one
    that was removed in the meantime is left out.

    Args:
        room: Holds them.
        ranked: The films as they stand.
        asked: Which of them.
        reader: Who asks.
        named: With names of files and folders, and readers' notes.
        at_most: So many of them; None means all.
    """
    rows = ranked.select(asked.selection)[:at_most]
    for start in range(0, rows.size, _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        rank = dict(zip(ranked.film_ids(some), map(ranked.rank, some), strict=True))
        # A transaction for each stretch: who downloads slowly must not hold the database.
        with room.store.database.read() as connection:
            found = films.by_ids(connection, list(rank))
            said = readings.of_films(connection, list(rank))
            named_again = copies.of_films(connection, list(rank), at_most=schemas.MOST_COPIES)
            seen = readings.read_by(connection, reader, list(rank)) if asked.blinded else set()
        for film in found:
            whole = replies.film(
                film,
                rank[film.film_id],
                readings.newest_of_each_reader(said.get(film.film_id, ())),
                named_again.get(film.film_id, ()),
                has_heat_map=False,
                hidden=replies.hidden_from(film.film_id, blinded=asked.blinded, read_by_caller=seen),
            )
            yield whole if named else replies.without_names(whole)
