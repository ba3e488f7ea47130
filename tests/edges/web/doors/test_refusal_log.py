"""Who was not let in."""

from collections.abc import Callable
from typing import Any

import pytest

from firstread.edges.web.doors.refusal_log import RefusalLog
from firstread.store import audit_log
from firstread.store.audit_log import Verified
from firstread.store.store import Store

pytestmark = pytest.mark.usefixtures("database_url")

Audited = Callable[[], Any]


def refuse(log: RefusalLog, loop: Any, action: str = "login.failed", times: int = 1) -> None:
    for _ in range(times):
        loop.run(log.record(action, reason="a reason", address="192.0.2.1"))


def test_a_refusal_is_nobodys_doing(store: Store, clock: Any, loop: Any, audited: Audited) -> None:
    refuse(RefusalLog(store, clock), loop)

    (event,) = audited()
    assert ("nobody", "login.failed", "", clock.at) == (event.actor, event.action, event.subject, event.at)
    assert {"reason": "a reason", "address": "192.0.2.1"} == event.detail


def test_a_flood_is_counted_and_not_written(store: Store, clock: Any, loop: Any, audited: Audited) -> None:
    log = RefusalLog(store, clock)
    refuse(log, loop, times=500)
    assert 20 == len(audited())
    clock.at += 10
    refuse(log, loop, times=2)

    assert 21 == len(audited())
    assert 480 == audited()[-1].detail["left_out_before"]


def test_a_flood_of_one_kind_does_not_hide_another(
    store: Store, clock: Any, loop: Any, audited: Audited
) -> None:
    log = RefusalLog(store, clock)
    refuse(log, loop, "token.refused", times=100)
    refuse(log, loop, "login.failed")

    assert "login.failed" == audited()[-1].action


def test_the_chain_holds(store: Store, clock: Any, loop: Any) -> None:
    refuse(RefusalLog(store, clock), loop, times=30)

    with store.database.read() as connection:
        assert isinstance(audit_log.verify(connection), Verified)
