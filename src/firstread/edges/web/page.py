"""The page of the reading room; all that changes on it comes through the API."""

from functools import cache
from pathlib import Path

from firstread import __version__
from firstread.terms import DISCLAIMER

__all__ = ["reading_room_page"]

_TEMPLATES = Path(__file__).parent / "templates"


@cache
def reading_room_page() -> str:
    """Return the page, which is the same for everybody."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("reading_room.html.j2").render(version=__version__, disclaimer=DISCLAIMER)
