"""Untrusted films are asked whose they are in processes that may die, and only a pseudonym comes back."""

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from firstread.config import ReadLimits, Workers
from firstread.imaging.film_task import pseudonymising
from firstread.imaging.film_worker import decoded_pseudonym, encoded
from firstread.imaging.pseudonym import Pseudonym, PseudonymKey, pseudonym
from firstread.imaging.pseudonym_pool import PseudonymPool
from firstread.imaging.worker_pool import WorkerPool
from firstread.records import Reason
from firstread.terms import Refusal

Film = Callable[..., bytes]
ONE = Workers(processes=1, timeout_s=20)
# What a worker runs in these tests: the file's name says what it answers.
PREPARER = """
import ctypes, json, os, sys
from firstread.imaging.pseudonym import Pseudonym

def play(source, key, *, limits):
    if source.name == "crash":
        ctypes.string_at(0)
    said = {
        "name": b'{"pseudonym": "DOE^JANE"}',
        "pixels": b'{"pseudonym": null}\\n' + b"x" * 65537,
    }.get(source.name)
    if said is not None:
        os.write(int(json.loads(sys.argv[1])["handle"]), len(said).to_bytes(4, "big") + said)
    return Pseudonym("0" * 32)
"""


@pytest.fixture
def key(tmp_path: Path) -> PseudonymKey:
    file = tmp_path / "key"
    file.write_bytes(secrets.token_bytes(32))
    return PseudonymKey(str(file))


@pytest.fixture
def play(
    tmp_path: Path, key: PseudonymKey, limits: ReadLimits, monkeypatch: pytest.MonkeyPatch
) -> Iterator[WorkerPool[Pseudonym]]:
    """Return a pool whose films crash it or make it talk nonsense."""
    (tmp_path / "pseudonyms_that_misbehave.py").write_text(PREPARER)
    monkeypatch.syspath_prepend(str(tmp_path))
    task = pseudonymising(key, preparer="pseudonyms_that_misbehave:play")
    with WorkerPool(task, limits=limits, workers=ONE) as pool:
        yield pool


def test_it_says_what_the_function_says(
    key: PseudonymKey, limits: ReadLimits, dicom_film: Film, tmp_path: Path
) -> None:
    films = []
    for name, content in {
        "a": dicom_film("1"),
        "b": dicom_film("2"),
        "c": dicom_film(None),
        "d": b"no picture at all",
    }.items():
        films.append(tmp_path / name)
        films[-1].write_bytes(content)

    with PseudonymPool(key, limits=limits, workers=ONE) as pool:
        asked = [pool.submit(film) for film in films]
        answers = [answer.result() for answer in asked]

    assert [pseudonym(film, key, limits=limits) for film in films] == answers
    assert isinstance(answers[0], Pseudonym)


@pytest.mark.parametrize("name", ["crash", "name", "pixels"])
def test_a_film_that_takes_its_worker_over_gets_nothing_out(
    play: WorkerPool[Pseudonym], tmp_path: Path, name: str
) -> None:
    """A name, or many bytes, in the place of a pseudonym end the worker; the next film has a new one."""
    answer = play.submit(tmp_path / name).result(60)

    assert isinstance(answer, Reason)
    assert Refusal.CRASHED is answer.code
    assert "DOE" not in answer.message
    assert Pseudonym("0" * 32) == play.submit(tmp_path / "next").result(60)


@pytest.mark.parametrize(
    "answer", [Pseudonym("0123456789abcdef" * 2), Pseudonym(None), Reason(Refusal.TRUNCATED, "It ends.")]
)
def test_an_answer_survives_the_pipe(answer: Pseudonym | Reason) -> None:
    assert answer == decoded_pseudonym(encoded(answer))
