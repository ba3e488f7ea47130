"""What a route asks of whoever calls it."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from firstread.edges.web.doors import dependencies
from firstread.edges.web.doors.identity import Door, Identity, person
from firstread.edges.web.problems import Problem
from firstread.store.scopes import Scope
from firstread.terms import Role


def call(dependency: Any, identity: object) -> Identity:
    found: Identity = asyncio.run(dependency(SimpleNamespace(state=SimpleNamespace(identity=identity))))
    return found


@pytest.mark.parametrize(
    "dependency",
    [dependencies.anybody, dependencies.reader, dependencies.admin, dependencies.scope("films:write")],
)
@pytest.mark.parametrize("identity", [None, "anna", {"name": "anna"}])
def test_nobody_unknown_passes(dependency: Any, identity: object) -> None:
    with pytest.raises(Problem) as raised:
        call(dependency, identity)

    assert (401, "Bearer") == (raised.value.status, raised.value.headers["WWW-Authenticate"])


def test_an_app_that_forgot_its_doors_lets_nobody_in() -> None:
    with pytest.raises(Problem, match="401"):
        asyncio.run(dependencies.anybody(SimpleNamespace(state=SimpleNamespace())))  # type: ignore[arg-type]


def test_readers_pass_but_not_as_administrators() -> None:
    anna = person("anna", Role.READER, Door.ACCOUNT)

    for dependency in (dependencies.anybody, dependencies.reader, dependencies.scope("readings:write")):
        assert anna == call(dependency, anna)
    with pytest.raises(Problem) as raised:
        call(dependencies.admin, anna)
    assert (403, "This needs the right admin, which this caller has not.") == (
        raised.value.status,
        raised.value.detail,
    )


def test_a_token_passes_by_its_scopes_and_not_by_its_role() -> None:
    program = Identity("gateway", Role.ADMIN, Door.TOKEN, frozenset({Scope.ADMIN}))

    assert program == call(dependencies.admin, program)
    with pytest.raises(Problem, match="403"):
        call(dependencies.reader, program)


def test_a_scope_that_does_not_exist_is_a_mistake_of_the_route() -> None:
    with pytest.raises(ValueError, match="films:burn"):
        dependencies.scope("films:burn")
