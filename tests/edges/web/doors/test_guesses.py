"""How often passwords may be guessed."""

from firstread.edges.web.doors.guesses import Guesses


def allowed(guesses: Guesses, tries: list[tuple[str, str]], now: float = 0) -> int:
    return sum(guesses.take(name, address, now=now) == 0 for name, address in tries)


def test_five_tries_for_one_name_from_one_address_then_one_a_minute() -> None:
    guesses = Guesses()

    assert 5 == allowed(guesses, [("anna", "1")] * 20)
    assert 60 == round(guesses.take("anna", "1", now=0))
    assert 1 == allowed(guesses, [("anna", "1")] * 20, now=61)


def test_one_address_does_not_try_one_password_on_all_names() -> None:
    assert 30 == allowed(Guesses(), [(f"name {n}", "1") for n in range(100)])


def test_all_addresses_do_not_guess_at_one_name() -> None:
    assert 50 == allowed(Guesses(), [("anna", f"{n}") for n in range(100)])


def test_guesses_of_one_stranger_do_not_lock_a_reader_out() -> None:
    guesses = Guesses()
    allowed(guesses, [("anna", "stranger")] * 1000)

    assert 1 == allowed(guesses, [("anna", "reader")])


def test_a_try_that_is_refused_costs_nothing_elsewhere() -> None:
    guesses = Guesses()
    allowed(guesses, [("anna", "1")] * 1000)

    assert 25 == allowed(guesses, [(f"name {n}", "1") for n in range(100)])


def test_who_was_right_begins_anew() -> None:
    guesses = Guesses()
    allowed(guesses, [("anna", "1")] * 5)
    guesses.was_right("anna", "1")

    assert 5 == allowed(guesses, [("anna", "1")] * 5)
