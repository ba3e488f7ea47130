"""What people may do."""

from firstread.edges.web.doors.identity import Door, person
from firstread.store.scopes import Scope
from firstread.terms import Role


def test_readers_may_do_all_but_what_is_for_administrators() -> None:
    reader, admin = (person("anna", role, Door.ACCOUNT) for role in (Role.READER, Role.ADMIN))

    assert {Scope.ADMIN, Scope.METRICS_READ} == admin.scopes - reader.scopes
    assert {Scope.FILMS_READ, Scope.FILMS_WRITE, Scope.READINGS_WRITE} == reader.scopes


def test_one_name_at_two_doors_is_two_callers() -> None:
    assert person("anna", Role.READER, Door.OIDC).caller != person("anna", Role.READER, Door.PROXY).caller
