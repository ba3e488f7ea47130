from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from firstread.config import ReadLimits, Workers
from firstread.imaging.display import Displayed, Reduction
from firstread.imaging.display_pool import DisplayPool
from firstread.imaging.film_task import displaying
from firstread.imaging.film_worker import decoded_display, encoded
from firstread.imaging.first_window import FirstWindow
from firstread.imaging.worker_pool import WorkerPool
from firstread.records import Reason
from firstread.terms import Refusal

ONE = Workers(processes=1, timeout_s=20)
# What a worker runs in these tests: the file's name says what it answers.
PREPARER = """
import ctypes, json, os, sys
import numpy as np
from firstread.imaging.display import Displayed

def play(source, reduction, *, limits):
    if source.name == "crash":
        ctypes.string_at(0)
    elif source.name == "exit":
        os._exit(0)
    handle = int(json.loads(sys.argv[1])["handle"])
    said = {
        "deep": b"[" * 50_000,
        "list": b"[]",
        "short": b'{"shape": [9, 9], "bits": 8, "white": 9, "stored": [9, 9]}\\n1',
        "endless": b'{"shape": [1, 1], "bits": 8, "white": 9, "stored": [1, 1],'
        b'"window": {"centre": NaN, "width": 1}}\\n1',
        "headers": b'{"shape": [1, 1], "bits": 8, "white": 9, "stored": [1, 1],'
        b'"window": {"centre": 1, "width": 1, "function": "LINEAR\\\\r\\\\nSet-Cookie: a"}}\\n1',
        "again": b"ready",
        "long": b"x" * (2 * 64 * 64 + 65537),
    }.get(source.name)
    if said is not None:
        os.write(handle, len(said).to_bytes(4, "big") + said)
    return Displayed(np.full((4, 5), reduction.max_side, np.uint16), 4095, 400, 500)
"""


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the name of a preparer whose films crash it or make it talk nonsense."""
    (tmp_path / "displays_that_misbehave.py").write_text(PREPARER)
    monkeypatch.syspath_prepend(str(tmp_path))
    return "displays_that_misbehave:play"


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_displayed_film_survives_the_pipe(dtype: type[Any]) -> None:
    """Also when its pixels hold the byte that ends the header."""
    window = FirstWindow(90, 40, -0.5, 7, "LINEAR")
    film = Displayed(np.array([[10, 13, 200], [0, 1, 10]], dtype), 201, 20, 30, window)

    returned = decoded_display(encoded(film))

    assert isinstance(returned, Displayed)
    assert np.array_equal(film.pixels, returned.pixels)
    assert (np.dtype(dtype).name, 201) == (returned.pixels.dtype.name, returned.white)
    assert (20, 30) == (returned.stored_height, returned.stored_width)
    assert window == returned.first_window


def test_a_reason_survives_the_pipe() -> None:
    reason = Reason(Refusal.TRUNCATED, "The end is missing.\nIt is.")

    assert reason == decoded_display(encoded(reason))


def test_the_pool_shows_what_the_file_holds_at_the_size_asked_for(
    make_chest: Callable[..., npt.NDArray[Any]],
    make_file: Callable[..., bytes],
    limits: ReadLimits,
    tmp_path: Path,
) -> None:
    chest = make_chest(240, 300, white=65535)
    (tmp_path / "film.png").write_bytes(make_file(chest, "PNG"))
    (tmp_path / "cut.png").write_bytes(make_file(chest, "PNG")[:2000])

    with DisplayPool(Reduction(), limits=limits, workers=ONE) as pool:
        whole, cut, gone = (
            pool.submit(tmp_path / name).result() for name in ("film.png", "cut.png", "gone.png")
        )
    with DisplayPool(Reduction(150), limits=limits, workers=ONE) as pool:
        small = pool.submit(tmp_path / "film.png").result()

    assert isinstance(whole, Displayed)
    assert np.array_equal(chest, whole.pixels)
    assert isinstance(small, Displayed)
    assert ((120, 150), 240, 300) == (small.pixels.shape, small.stored_height, small.stored_width)
    assert isinstance(cut, Reason)
    assert isinstance(gone, Reason)
    assert cut.code in (Refusal.TRUNCATED, Refusal.UNREADABLE)
    assert Refusal.NOT_FOUND is gone.code


@pytest.mark.parametrize(
    "deed", ["crash", "exit", "deep", "list", "short", "endless", "headers", "again", "long"]
)
def test_a_worker_that_a_film_has_taken_over_costs_only_that_film(
    deed: str, play: str, limits: ReadLimits
) -> None:
    """Whatever it says, the pool goes on, and the film behind it is shown."""
    task = displaying(Reduction(64), limits=limits, preparer=play)

    with WorkerPool(task, limits=limits, workers=ONE) as pool:
        bad, good = (pool.submit(Path(name)) for name in (deed, "fine"))
        refused, film = bad.result(60), good.result(60)

    assert isinstance(refused, Reason)
    assert Refusal.CRASHED is refused.code
    assert isinstance(film, Displayed)
    assert 64 == film.pixels[0, 0]


def test_an_answer_is_no_longer_than_the_largest_film(limits: ReadLimits) -> None:
    assert 2 * limits.max_pixels == displaying(Reduction(), limits=limits).pixel_bytes
    assert 2 * 2048 * 2048 == displaying(Reduction(2048), limits=limits).pixel_bytes
