"""Whether a request that changes something comes from our own page: a browser sends cookies for others, too."""

from collections.abc import Mapping

__all__ = ["why_refused"]

_SAFE = ("GET", "HEAD", "OPTIONS")


def why_refused(method: str, headers: Mapping[str, str], *, origin: str) -> str | None:
    """Return why a request is refused; None when it is not.

    A browser says itself where a request comes from, and no page can change what it says (Fetch Metadata, W3C). It says
    so over HTTPS and to this computer; over plain HTTP only Origin is left (RFC 6454).

    Args:
        method: HTTP method.
        headers: Of the request, by names in lower case.
        origin: Where browsers find the app.
    """
    if method in _SAFE:
        return None
    site = headers.get("sec-fetch-site")
    if site is not None:
        if site in ("same-origin", "none"):
            return None
        return "Sec-Fetch-Site must be same-origin or none: another site made this request."
    sent = headers.get("origin")
    if sent is None:
        return (
            "Sec-Fetch-Site or Origin must say where the request comes from; a program uses an API token "
            "(Authorization: Bearer) instead of a cookie."
        )
    host = headers.get("host", "")
    own = {origin.lower(), f"http://{host}".lower(), f"https://{host}".lower()}
    return (
        None if host and sent.lower() in own else "Origin must be the host: another site made this request."
    )
