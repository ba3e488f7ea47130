"""What the answer with a film's pixels says of them in its headers."""

from typing import Any

from firstread.imaging.display import Displayed

__all__ = ["DESCRIBED", "of_film"]


def of_film(film: Displayed) -> dict[str, str]:
    """Return the headers that tell how a film's samples are read, and how it is first shown."""
    height, width = film.pixels.shape
    window = film.first_window
    return {
        "Film-Width": str(width),
        "Film-Height": str(height),
        "Film-Bits": str(film.bits),
        "Film-White": str(film.white),
        "Film-Stored-Width": str(film.stored_width),
        "Film-Stored-Height": str(film.stored_height),
        "Film-Window-Centre": str(window.centre),
        "Film-Window-Width": str(window.width),
        "Film-Window-Function": window.function,
        "Film-Value-Slope": str(window.slope),
        "Film-Value-Intercept": str(window.intercept),
    }


def _whole(description: str, example: int) -> dict[str, Any]:
    schema = {"type": "integer", "minimum": 1}
    return {"description": description, "required": True, "schema": schema, "example": example}


def _number(description: str, example: float) -> dict[str, Any]:
    return {"description": description, "required": True, "schema": {"type": "number"}, "example": example}


DESCRIBED = {
    "Film-Width": _whole("Samples in a row.", 2544),
    "Film-Height": _whole("Rows.", 3056),
    "Film-Bits": _whole("Bits of a sample: 8 or 16.", 16),
    "Film-White": _whole("The brightest grey level; 0 is the darkest.", 65535),
    "Film-Stored-Width": _whole("Columns of the stored film.", 2544),
    "Film-Stored-Height": _whole("Its rows.", 3056),
    "Film-Window-Centre": _number("Centre of the window to begin with, in grey levels.", 32759.5),
    "Film-Window-Width": _number("Its width: grey levels from black to white.", 9585.8),
    "Film-Window-Function": {
        "description": "How the file counts a window, as its VOI LUT Function says (PS3.3 C.11.2.1.2): LINEAR, "
        "centre and width are a half and a whole value more than the middle and the distance from black to white; "
        "LINEAR_EXACT, they are these.",
        "required": True,
        "schema": {"type": "string", "enum": ["LINEAR", "LINEAR_EXACT"]},
        "example": "LINEAR",
    },
    "Film-Value-Slope": _number(
        "Values of the file for one grey level; below 0 where its lowest value is shown white. 1, with an intercept of "
        "0, where a look-up table or a sigmoid has made the grey levels, or the file has no other values.",
        0.0625,
    ),
    "Film-Value-Intercept": _number("The file's value of grey level 0.", 0),
}
"""What each header says, for the OpenAPI document."""
