"""The headers of an answer with pixels say all that a program needs to show them."""

import jsonschema_rs
import numpy as np

from firstread.edges.web import film_headers
from firstread.imaging.display import Displayed
from firstread.imaging.first_window import FirstWindow

FILM = Displayed(
    np.zeros((20, 30), np.uint16), 65535, 40, 60, FirstWindow(32759.5, 9585.75, -0.0625, 4095, "LINEAR")
)


def test_each_header_says_what_the_film_is() -> None:
    assert {
        "Film-Width": "30",
        "Film-Height": "20",
        "Film-Bits": "16",
        "Film-White": "65535",
        "Film-Stored-Width": "60",
        "Film-Stored-Height": "40",
        "Film-Window-Centre": "32759.5",
        "Film-Window-Width": "9585.75",
        "Film-Window-Function": "LINEAR",
        "Film-Value-Slope": "-0.0625",
        "Film-Value-Intercept": "4095",
    } == film_headers.of_film(FILM)


def test_a_film_without_a_window_begins_with_all_its_levels() -> None:
    told = film_headers.of_film(Displayed(np.zeros((9, 9), np.uint8), 255, 9, 9))

    assert ("127.5", "255", "LINEAR_EXACT") == tuple(
        told[f"Film-Window-{name}"] for name in ("Centre", "Width", "Function")
    )


def test_every_header_is_described_with_an_example_that_fits() -> None:
    assert film_headers.of_film(FILM).keys() == film_headers.DESCRIBED.keys()
    for said in film_headers.DESCRIBED.values():
        assert said["description"].endswith(".")
        assert jsonschema_rs.is_valid(said["schema"], said["example"])
