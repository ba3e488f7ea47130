"""The door for who sits at this computer: an address with a token, new at every start and printed there alone."""

import hmac
from dataclasses import dataclass, field

from firstread.config import Web
from firstread.edges.web.doors.start_up import only_this_computer
from firstread.store.bearer_secrets import draw

__all__ = ["Launch", "draw_launch", "launch_url"]


@dataclass(frozen=True, slots=True)
class Launch:
    """The secrets of one start; they live in memory alone, and end with the process.

    Args:
        token: Stands in the address that is printed, and leaves it at once.
        cookie: What the browser gets for it.
    """

    token: str = field(repr=False)
    cookie: str = field(repr=False)
    _for_one_visit: list[str] = field(default_factory=list, repr=False)
    _spent: dict[str, str] = field(default_factory=dict, repr=False)

    def for_one_visit(self) -> str:
        """Return another token, which opens once, with a cookie of its own.

        A browser that is started with an address shows it to every user of this computer, in the list of processes. One
        of them may be quicker than the browser: as soon as that comes as the second, both stay outside.
        """
        self._for_one_visit.append(draw())
        return self._for_one_visit[-1]

    def opens(self, token: str) -> str | None:
        """Return the cookie for a token; None when it is none, in a time that does not tell how much of it is right."""
        for spent in [spent for spent in self._spent if _same(spent, token)]:
            del self._spent[spent]
        for unspent in [unspent for unspent in self._for_one_visit if _same(unspent, token)]:
            self._for_one_visit.remove(unspent)
            self._spent[unspent] = draw()
            return self._spent[unspent]
        return self.cookie if _same(self.token, token) else None

    def holds(self, cookie: str) -> bool:
        """Tell whether this is a cookie, in a time that does not depend on how much of it is right."""
        of_one_visit = [ours for ours in self._spent.values() if _same(ours, cookie)]
        return _same(self.cookie, cookie) or bool(of_one_visit)


def draw_launch(web: Web) -> Launch | None:
    """Return new secrets; None where others than this computer can reach the server."""
    return Launch(draw(), draw()) if only_this_computer(web) else None


def launch_url(web: Web, token: str, *, port: int | None = None) -> str:
    """Return the address to open.

    Args:
        web: Where the server listens.
        token: Of this start.
        port: The port it got, when it asked for any (0).
    """
    host = f"[{web.host}]" if ":" in web.host else web.host
    return f"http://{host}:{port or web.port}/?launch={token}"


def _same(ours: str, theirs: str) -> bool:
    return hmac.compare_digest(ours.encode(), theirs.encode("utf-8", "surrogatepass"))
