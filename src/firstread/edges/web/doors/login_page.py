"""The page that asks who is there; it says what is possible, and never what was wrong."""

import functools
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from starlette.responses import HTMLResponse

from firstread.edges.web.doors.entrance import Entrance
from firstread.edges.web.doors.identity import Door
from firstread.edges.web.doors.start_up import open_doors

__all__ = ["login_page"]

_TEMPLATES = Path(__file__).parent.parent / "templates"


def login_page(
    entrance: Entrance, *, said: str = "", status: int = 200, headers: dict[str, str] | None = None
) -> HTMLResponse:
    """Return the page.

    Args:
        entrance: The doors.
        said: Why the page is shown again, in one of our own sentences.
        status: HTTP status.
        headers: Further headers.
    """
    doors = open_doors(entrance.doors)
    page = _template().render(
        said=said,
        by_password=Door.ACCOUNT in doors,
        by_provider=Door.OIDC in doors,
        by_launch=entrance.launch is not None,
    )
    return HTMLResponse(page, status_code=status, headers=headers)


@functools.cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("login.html.j2")
