import numpy as np
import pytest

from firstread.imaging.film_worker import decoded, encoded
from firstread.imaging.prepare import Prepared
from firstread.records import FilmFacts, Reason
from firstread.terms import Refusal, ViewPosition


@pytest.mark.parametrize("view", [None, ViewPosition.AP])
def test_a_prepared_film_survives_the_pipe(view: ViewPosition | None) -> None:
    """Also when its pixels hold the byte that ends the header."""
    facts = FilmFacts("ab", 5, 2000, 1000, view, synthetic=True)
    film = Prepared(np.full((3, 4), ord("\n"), np.uint8), facts, ("ein Ö", "zwei"))

    returned = decoded(encoded(film))

    assert isinstance(returned, Prepared)
    assert np.array_equal(film.pixels, returned.pixels)
    assert (film.facts, film.warnings) == (returned.facts, returned.warnings)


@pytest.mark.parametrize("of_machine", [True, False])
def test_a_reason_survives_the_pipe(of_machine: bool) -> None:
    reason = Reason(Refusal.TOO_SMALL, "95 × 80\nzu klein", of_machine=of_machine)

    assert reason == decoded(encoded(reason))


@pytest.mark.parametrize(
    "message", [b"", b"{}", b"[]", b"no json", b'{"reason": {"code": "bribed", "message": ""}}']
)
def test_what_no_worker_would_say_is_refused(message: bytes) -> None:
    """A worker that a film has taken over can at most get its film refused."""
    with pytest.raises((KeyError, TypeError, ValueError)):
        decoded(message)
