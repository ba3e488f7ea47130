"""What an API token may be used for."""

from enum import StrEnum

__all__ = ["Scope"]


class Scope(StrEnum):
    """One purpose; a token is for one or several."""

    FILMS_WRITE = "films:write"
    """Send films."""
    FILMS_READ = "films:read"
    """See films, the worklist and what was said of them."""
    READINGS_WRITE = "readings:write"
    """Say something of a film, and take it back."""
    METRICS_READ = "metrics:read"
    """Collect the numbers of the server, which name nobody; people need to be administrators for it."""
    ADMIN = "admin"
    """What only administrators may: remove films."""
