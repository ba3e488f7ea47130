"""Headers are read in a process of their own, which starts when somebody asks and may say anything."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from firstread.config import ReadLimits, Workers
from firstread.imaging.content import Content
from firstread.imaging.film_task import describing
from firstread.imaging.film_worker import decoded_header, encoded
from firstread.imaging.header_facts import HeaderFacts
from firstread.imaging.header_pool import HeaderPool
from firstread.imaging.worker_pool import WorkerPool
from firstread.records import Reason
from firstread.terms import Refusal

ONE = Workers(processes=1, timeout_s=20)
# What a worker that a film has taken over may say: a fact that names somebody.
PREPARER = """
import json, os, sys
from firstread.imaging.content import Content
from firstread.imaging.header_facts import HeaderFacts

def play(source, question, *, limits):
    facts = HeaderFacts(Content.DICOM, model="fine")
    if source.name == "taken over":
        said = json.dumps({"facts": facts.as_dict() | {"model": "DOE^JANE"}}).encode()
        os.write(int(json.loads(sys.argv[1])["handle"]), len(said).to_bytes(4, "big") + said)
    return facts
"""


def test_facts_and_reasons_survive_the_pipe() -> None:
    facts = HeaderFacts(Content.DICOM, bits=12, orientation=("L", "F"), windows=((1.0, 2.0),))
    reason = Reason(Refusal.TRUNCATED, "The end is missing.")

    assert (facts, reason) == (decoded_header(encoded(facts)), decoded_header(encoded(reason)))


def test_the_pool_starts_when_asked_and_again_after_it_was_closed(
    dicom_film: Callable[..., bytes], tmp_path: Path
) -> None:
    (tmp_path / "film.dcm").write_bytes(dicom_film())
    pool = HeaderPool(limits=ReadLimits(), workers=ONE)
    pool.close()  # nothing was started

    first, none = (pool.submit(tmp_path / name).result() for name in ("film.dcm", "gone"))
    pool.close()
    again = pool.submit(tmp_path / "film.dcm").result()
    pool.close()

    assert isinstance(first, HeaderFacts)
    assert ("DX", "PA", 8) == (first.modality, first.view_position, first.bits)
    assert first == again
    assert isinstance(none, Reason)
    assert Refusal.NOT_FOUND is none.code


def test_a_worker_that_tells_what_may_not_be_told_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "headers_that_misbehave.py").write_text(PREPARER)
    monkeypatch.syspath_prepend(str(tmp_path))
    task = describing(preparer="headers_that_misbehave:play")

    with WorkerPool(task, limits=ReadLimits(), workers=ONE) as pool:
        bad, good = (pool.submit(Path(name)) for name in ("taken over", "fine"))
        refused, facts = bad.result(60), good.result(60)

    assert isinstance(refused, Reason)
    assert Refusal.CRASHED is refused.code
    assert "DOE" not in json.dumps(refused.message)
    assert HeaderFacts(Content.DICOM, model="fine") == facts
