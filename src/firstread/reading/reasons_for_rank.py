"""Why a film stands where it stands, in a sentence: the ranking rule, and what it makes of this film."""

from firstread.reading.ranked_films import Place
from firstread.store.films import KeptFilm

__all__ = ["rule", "why"]


def rule(wait_cap: int) -> str:
    """Return the ranking rule in words, as the settings of a room make it.

    Args:
        wait_cap: Places a film may stand below its order of arrival.
    """
    return (
        "The more urgent band first, within a band the higher probability. No film stands more than "
        f"{wait_cap:,} place{'s' * (wait_cap != 1)} below its order of arrival (the wait cap of this room); films "
        "that came together are one arrival. A film without a score keeps its place in the order of arrival. What is "
        "no film at all is listed last."
    )


def why(film: KeptFilm, place: Place) -> str:
    """Return the sentence that answers "why is this here?".

    Args:
        film: The film.
        place: Where it stands.
    """
    if place.rank is None:
        return "This film was read; nobody waits for it."
    if place.arrival is None or place.latest is None:
        return "This file is no film; such files are listed after all films."
    came = f"{_ordinal(place.arrival)} of {place.n_unread} unread films to arrive"
    if film.outcome is None:
        return f"Not scored yet: it keeps its place in the order of arrival ({came})."
    if film.outcome.probability is None or film.outcome.band is None:
        return (
            f"Not scored: it keeps its place in the order of arrival ({came}), so that it is not passed over."
        )
    score = f"{film.outcome.band.value} with a probability {_in_words(film.outcome.probability)}"
    return f"{score}; {came}. {_moved(place.rank, place.arrival, place.latest)}"


def _moved(rank: int, arrival: int, latest: int) -> str:
    if rank < arrival:
        n = arrival - rank
        return f"It moved up {n} place{'s' * (n > 1)}: the films it passed are less urgent and may wait."
    if rank == latest:
        return "It stands at the last place the rule allows it: no further film may pass it."
    limit = f"The rule lets it stand at place {latest} at the latest."
    if rank == arrival:
        return f"It stands where it arrived. {limit}"
    n = rank - arrival
    return f"{n} more urgent film{'s' * (n > 1)} that came later go{'es' * (n == 1)} first. {limit}"


def _in_words(probability: float) -> str:
    """Return a probability that never claims certainty, as the page says it."""
    if probability > 0.995:
        return "above 99 %"
    return "below 1 %" if probability < 0.005 else f"of {100 * probability:.0f} %"


def _ordinal(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"
