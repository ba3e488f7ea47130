"""What an error looks like from outside: problem details (RFC 9457) that name no patient, no file and no secret."""

import logging
import re
import traceback
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from firstread.errors import FirstreadError, ImageReadError, StoreBusyError, StoreError, StoreFullError

__all__ = ["Problem", "install", "of", "place_of", "problem_response"]

log = logging.getLogger(__name__)

_RETRY_AFTER_S = 2
# Names of our own fields look like this; what else a client sends as a name is not said back to it.
_FIELD = re.compile(r"[a-z][a-z_]{0,31}")
# Their words quote a value, or a name, that came with the request.
_QUOTING = ("value_error", "assertion_error", "extra_forbidden")


class Problem(Exception):  # noqa: N818  # RFC 9457 has the word
    """A request that is answered with an error.

    Args:
        status: HTTP status.
        title: What kind of problem it is; the status's own words when None.
        detail: What must hold, then what came; no patient, no name of a file.
        headers: Further headers of the answer.
    """

    def __init__(
        self,
        status: int,
        title: str | None = None,
        detail: str = "",
        *,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status = status
        self.title = title or HTTPStatus(status).phrase
        self.detail = detail
        self.headers = dict(headers or {})
        super().__init__(f"{status} {self.title}")


def problem_response(problem: Problem) -> Response:
    """Return the answer that tells of a problem."""
    return JSONResponse(
        {
            "type": "about:blank",
            "title": problem.title,
            "status": problem.status,
            "detail": problem.detail,
        },
        status_code=problem.status,
        headers=problem.headers,
        media_type="application/problem+json",
    )


def of(error: Exception) -> Problem:
    """Return the problem that an error is to whoever made the request."""
    match error:
        case Problem():
            return error
        case RequestValidationError():
            return Problem(422, detail=_what_does_not_fit(error.errors()))
        case HTTPException():
            detail = error.detail if isinstance(error.detail, str) else ""
            return Problem(error.status_code, detail=detail, headers=error.headers)
        case StoreBusyError():
            again = {"Retry-After": str(_RETRY_AFTER_S)}
            return Problem(503, detail="The store is busy; nothing was changed. Try again.", headers=again)
        case StoreFullError():
            return Problem(507, detail="There is no room left for more films; nothing was stored.")
        case StoreError():
            return Problem(503, detail="The store does not answer; nothing was changed.")
        case ImageReadError():
            # Its message begins with the name of the file.
            return Problem(422, detail=f"The file cannot become a radiograph: {error.refusal.value}.")
        case _:
            return Problem(500, detail="The server failed; what failed is in its log.")


def place_of(error: BaseException) -> str:
    """Return an error's kind and where it was raised, for the log.

    Not its message and not its values: libraries quote what they were given, and that may be a patient's name.
    """
    while isinstance(error, BaseExceptionGroup):  # of tasks: the first is why the others ended
        error = error.exceptions[0]
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{Path(frame.filename).name}:{frame.lineno} in {frame.name}" for frame in reversed(frames)]
    said = f"{type(error).__name__} at {' < '.join(places[:12]) or 'an unknown place'}"
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return said if cause is None else f"{said}; after {type(cause).__name__}"


def install(app: FastAPI) -> None:
    """Let every error of an app be answered as a problem."""
    for kind in (Problem, HTTPException, RequestValidationError, FirstreadError, Exception):
        app.add_exception_handler(kind, _answer)


def answer(error: Exception) -> Response:
    """Return the answer to an error, and log it when the fault is ours."""
    problem = of(error)
    if problem.status >= 500 and not isinstance(error, Problem):
        log.error("Answered %d: %s", problem.status, place_of(error))
    if problem.status in (204, 304):  # these have no body
        return Response(status_code=problem.status, headers=problem.headers)
    return problem_response(problem)


async def _answer(_request: Request, error: Exception) -> Response:
    return answer(error)


def _what_does_not_fit(errors: Any) -> str:
    found = [f"{_place(each)}: {_words(each)}" for each in errors]
    return f"The request does not fit: {'; '.join(found[:10])}."


def _place(error: Mapping[str, Any]) -> str:
    steps = error["loc"][:-1] if error["type"] == "extra_forbidden" else error["loc"]
    return ".".join(str(step) if isinstance(step, int) or _FIELD.fullmatch(step) else "…" for step in steps)


def _words(error: Mapping[str, Any]) -> str:
    kind: str = error["type"]
    return kind.replace("_", " ") if kind in _QUOTING else str(error["msg"])
