"""Pages follow what happened, in order, from where they were."""

from firstread.store import changes
from firstread.store.database import Database
from firstread.terms import Change


def test_changes_are_told_in_order_from_a_number_on(database: Database) -> None:
    with database.write() as connection:
        changes.append(connection, [7, 8], Change.ARRIVED, now=1.0)
        changes.append(connection, [7], Change.SCORED, now=2.0)

    with database.read() as connection:
        first, second, third = changes.since(connection, 0)
        assert [third] == changes.since(connection, second.number)
        assert [first] == changes.since(connection, 0, at_most=1)
        assert third.number == changes.latest(connection)
    assert (7, Change.SCORED, 2.0) == (third.film_id, third.kind, third.at)


def test_old_changes_are_forgotten_but_numbers_go_on(database: Database) -> None:
    with database.write() as connection:
        changes.append(connection, [1, 2, 3], Change.ARRIVED, now=1.0)
        newest = changes.latest(connection)

    with database.write() as connection:
        assert changes.is_whole_since(connection, 1)
        assert 2 == changes.forget(connection, before=10.0)
        assert (False, True) == (
            changes.is_whole_since(connection, newest - 1),
            changes.is_whole_since(connection, newest),
        )
        changes.append(connection, [4], Change.ARRIVED, now=11.0)

    with database.read() as connection:
        assert newest + 1 == changes.latest(connection)


def test_a_clock_that_was_set_back_leaves_no_gap(database: Database) -> None:
    with database.write() as connection:
        for now in (1.0, 20.0, 2.0, 21.0, 22.0):
            changes.append(connection, [1], Change.ARRIVED, now=now)

        assert 3 == changes.forget(connection, before=10.0)

        assert [21.0, 22.0] == [change.at for change in changes.since(connection, 0)]


def test_before_the_first_change_there_is_nothing_to_forget(database: Database) -> None:
    with database.write() as connection:
        assert 0 == changes.forget(connection, before=10.0)
        assert not changes.is_whole_since(connection, 0)
