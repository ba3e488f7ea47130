"""What an error looks like from outside."""

from typing import Any

import pytest
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from firstread.edges.web import problems
from firstread.edges.web.problems import Problem
from firstread.errors import (
    BundleError,
    ConfigError,
    ImageReadError,
    StoreBusyError,
    StoreError,
    StoreFullError,
)
from firstread.terms import Refusal

CANARY = "DOE^JANE"


def test_a_problem_is_answered_as_rfc_9457_has_it() -> None:
    answer = problems.problem_response(
        Problem(413, detail="Too many films.", headers={"Connection": "close"})
    )

    assert (413, "application/problem+json", "close") == (
        answer.status_code,
        answer.headers["content-type"],
        answer.headers["connection"],
    )
    assert (
        b'{"type":"about:blank","title":"Request Entity Too Large","status":413,"detail":"Too many films."}'
        == bytes(answer.body)
    )


def test_a_title_may_be_said() -> None:
    assert ("No such film", "Not Found") == (Problem(404, "No such film").title, Problem(404).title)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Problem(409, detail="It cannot be shown."), 409),
        (HTTPException(405, headers={"Allow": "GET"}), 405),
        (StoreBusyError(CANARY), 503),
        (StoreFullError(CANARY), 507),
        (StoreError(CANARY), 503),
        (ImageReadError(Refusal.TRUNCATED, f"{CANARY}.dcm ends early"), 422),
        (BundleError(CANARY), 500),
        (ConfigError(CANARY), 500),
        (ValueError(CANARY), 500),
        (KeyError(CANARY), 500),
        (OSError(28, CANARY, CANARY), 500),
    ],
)
def test_every_error_has_a_status_and_names_nobody(error: Exception, status: int) -> None:
    problem = problems.of(error)

    assert status == problem.status
    assert CANARY not in f"{problem.title}{problem.detail}{problem.headers}{problem}"


def test_who_meets_a_busy_store_is_told_to_try_again() -> None:
    assert {"Retry-After": "2"} == problems.of(StoreBusyError("")).headers


def test_a_method_that_is_not_allowed_says_which_are() -> None:
    assert {"Allow": "GET"} == problems.of(HTTPException(405, headers={"Allow": "GET"})).headers


def test_a_film_that_cannot_be_read_says_why_by_its_code() -> None:
    problem = problems.of(ImageReadError(Refusal.TRUNCATED, "x"))

    assert "The file cannot become a radiograph: truncated." == problem.detail


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            {"type": "missing", "loc": ("body", "films"), "msg": "Field required", "input": CANARY},
            "The request does not fit: body.films: Field required.",
        ),
        (
            {"type": "value_error", "loc": ("query", "q"), "msg": f"Value error, {CANARY}"},
            "The request does not fit: query.q: value error.",
        ),
        (
            {"type": "extra_forbidden", "loc": ("body", "doe"), "msg": "Extra inputs are not permitted"},
            "The request does not fit: body: extra forbidden.",
        ),
        (
            {"type": "int_parsing", "loc": ("body", CANARY, 3), "msg": "Input should be a valid integer"},
            "The request does not fit: body.….3: Input should be a valid integer.",
        ),
    ],
)
def test_what_does_not_fit_is_said_in_our_words(error: dict[str, Any], said: str) -> None:
    assert said == problems.of(RequestValidationError([error])).detail


def test_the_place_of_an_error_is_its_kind_and_where_it_was_raised() -> None:
    def raise_it() -> None:
        try:
            raise KeyError(CANARY)
        except KeyError as error:
            raise ValueError(CANARY) from error

    with pytest.raises(ValueError, match="DOE") as raised:
        raise_it()
    place = problems.place_of(raised.value)

    assert place.startswith("ValueError at test_problems.py:")
    assert " in raise_it < test_problems.py:" in place
    assert place.endswith("; after KeyError")
    assert CANARY not in place


def test_the_place_of_a_group_is_that_of_its_first_error() -> None:
    assert "KeyError at an unknown place" == problems.place_of(ExceptionGroup("x", [KeyError("y")]))


@pytest.mark.parametrize("status", [204, 304])
def test_some_answers_have_no_body(status: int) -> None:
    assert b"" == bytes(problems.answer(HTTPException(status)).body)


def test_only_what_is_our_fault_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    problems.answer(Problem(503, detail="meant"))
    problems.answer(HTTPException(404))
    assert "" == caplog.text
    problems.answer(ValueError(CANARY))

    assert "Answered 500: ValueError at" in caplog.text
    assert CANARY not in caplog.text
