"""What the OpenAPI document says that routes do not: its examples, and its errors, each a problem detail (RFC 9457)."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI

from firstread.edges.web import examples

__all__ = ["DocumentedApp", "problems"]

_WHEN = {
    400: "The body cannot be parsed.",
    401: "Nobody is logged in, and there is no token.",
    403: "The caller may not do this, or the request came from another site.",
    404: "There is no such film here, or nothing of the kind that was asked for.",
    405: "This is not done here.",
    409: "The film is not in a state for this; the detail says why.",
    413: "Too large, or too many films at once.",
    422: "The request does not fit; the detail says where.",
    429: "Too many requests; Retry-After says when to try again.",
    503: "The store is busy, or the server stops; Retry-After says when to try again.",
    507: "The disk is nearly full; nothing was stored.",
}
# Whatever is asked, these may be the answer.
_ALWAYS = (400, 401, 403, 405, 422, 429, 503)


class DocumentedApp(FastAPI):
    """An app whose document shows an example of whatever is sent or answered."""

    def openapi(self) -> dict[str, Any]:
        """Return the document; it is made when it is asked for the first time."""
        if self.openapi_schema is None:
            schemas = super().openapi()["components"]["schemas"]
            # Not in the models: FastAPI leaves out every null of what they say, and the example no longer fits.
            for name, example in examples.OF_SCHEMAS.items():
                schemas[name]["examples"] = [example]
        return super().openapi()


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return what a route's document says of its errors: those that every route has, and these."""
    return {status: _problem(status) for status in sorted({*_ALWAYS, *statuses})}


def _problem(status: int) -> dict[str, Any]:
    title = HTTPStatus(status).phrase
    example = {"type": "about:blank", "title": title, "status": status, "detail": _WHEN[status]}
    text = {"type": "string"}
    return {
        "description": _WHEN[status],
        "content": {
            "application/problem+json": {
                "schema": {
                    "title": "Problem",
                    "type": "object",
                    "required": ["type", "title", "status", "detail"],
                    "properties": {
                        "type": text,
                        "title": text,
                        "status": {"type": "integer"},
                        "detail": text,
                    },
                },
                "example": example,
            }
        },
    }
