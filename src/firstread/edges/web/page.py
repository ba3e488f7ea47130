"""The pages of the reading room; all that changes on them comes through the API."""

import re
from functools import cache
from pathlib import Path

from firstread import __version__
from firstread.terms import DISCLAIMER

__all__ = ["dashboard_page", "reading_room_page"]

_TEMPLATES = Path(__file__).parent / "templates"
_SCRIPTS = Path(__file__).parent / "static"
_IMPORTED = re.compile(r"""\bfrom "\./([^"]+\.js)";""")


@cache
def reading_room_page() -> str:
    """Return the page, which is the same for everybody."""
    return _render("reading_room.html.j2", "main.js")


@cache
def dashboard_page() -> str:
    """Return the page that looks back; the same for everybody, too."""
    return _render("dashboard.html.j2", "dashboard.js")


def _render(template: str, script: str) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template(template).render(
        version=__version__, disclaimer=DISCLAIMER, script=script, modules=_imported(script)
    )


def _imported(script: str) -> list[str]:
    """Return every module that a script needs: told of all, a browser fetches them at once, not layer by layer."""
    found, unseen = [script], [script]
    while unseen:
        for module in _IMPORTED.findall((_SCRIPTS / unseen.pop()).read_text("utf-8")):
            if module not in found:
                found.append(module)
                unseen.append(module)
    return found[1:]
