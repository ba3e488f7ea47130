"""Who makes a request, and what this one may do."""

from dataclasses import dataclass
from enum import StrEnum

from firstread.store.scopes import Scope
from firstread.terms import Role

__all__ = ["Door", "Identity", "person"]

_OF_ADMINS = frozenset({Scope.METRICS_READ, Scope.ADMIN})


class Door(StrEnum):
    """How somebody came in."""

    LAUNCH = "launch"
    """By the address that is printed when the server starts."""
    ACCOUNT = "account"
    """With a name and a password."""
    OIDC = "oidc"
    """By an OpenID Connect provider."""
    PROXY = "proxy"
    """By a proxy in front of the server."""
    TOKEN = "token"  # noqa: S105  # the name of a door
    """A program, with an API token."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody who was let in.

    Args:
        name: Whom readings and the audit log name.
        role: What this one may do.
        door: How this one came in.
        scopes: What may be done with this request; a token has fewer than its owner.
    """

    name: str
    role: Role
    door: Door
    scopes: frozenset[Scope]

    @property
    def caller(self) -> str:
        """Whose requests are counted together."""
        return f"{self.door.value} {self.name}"


def person(name: str, role: Role, door: Door) -> Identity:
    """Return the identity of somebody who came in through a door for people."""
    scopes = frozenset(Scope) if role is Role.ADMIN else frozenset(Scope) - _OF_ADMINS
    return Identity(name, role, door, scopes)
