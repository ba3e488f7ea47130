"""The pages of the reading room; all that changes on them comes through the API."""

from functools import cache
from pathlib import Path

from firstread import __version__
from firstread.terms import DISCLAIMER

__all__ = ["dashboard_page", "reading_room_page"]

_TEMPLATES = Path(__file__).parent / "templates"


@cache
def reading_room_page() -> str:
    """Return the page, which is the same for everybody."""
    return _render("reading_room.html.j2")


@cache
def dashboard_page() -> str:
    """Return the page that looks back; the same for everybody, too."""
    return _render("dashboard.html.j2")


def _render(template: str) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template(template).render(version=__version__, disclaimer=DISCLAIMER)
