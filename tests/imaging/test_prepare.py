import errno
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from firstread.config import ReadLimits
from firstread.imaging.prepare import Prepared, prepare
from firstread.imaging.preprocess import Recipe, preprocess
from firstread.imaging.read import read
from firstread.records import Reason
from firstread.terms import Refusal


def test_a_film_becomes_what_read_and_preprocess_make_of_it(
    make_chest: Callable[..., Any], make_file: Callable[..., bytes], limits: ReadLimits
) -> None:
    content = make_file(make_chest(1000, 900))

    prepared = prepare(content, Recipe(), limits=limits)

    assert isinstance(prepared, Prepared)
    radiograph = read(content, limits=limits, reduce_to=Recipe().reduce_to)
    assert np.array_equal(preprocess(radiograph, Recipe()), prepared.pixels)
    assert np.uint8 == prepared.pixels.dtype
    assert (1000, 900) == (prepared.facts.height, prepared.facts.width)


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", Refusal.EMPTY), (b"no film", Refusal.NOT_AN_IMAGE), (b"GIF89a" + b"\0" * 40, Refusal.UNSUPPORTED)],
)
def test_an_unreadable_film_is_a_value_and_no_error(
    content: bytes, code: Refusal, limits: ReadLimits
) -> None:
    reason = prepare(content, Recipe(), limits=limits)

    assert isinstance(reason, Reason)
    assert code is reason.code


def test_a_missing_file_is_a_value(tmp_path: Path, limits: ReadLimits) -> None:
    reason = prepare(tmp_path / "gone.jpg", Recipe(), limits=limits)

    expected = Reason(Refusal.NOT_FOUND, "The file is not there (any more).", of_machine=True)
    assert expected == reason


def test_quality_decides_before_preprocessing(
    make_chest: Callable[..., Any], make_file: Callable[..., bytes], limits: ReadLimits
) -> None:
    reason = prepare(make_file(make_chest(50, 50)), Recipe(), limits=limits)

    assert isinstance(reason, Reason)
    assert Refusal.TOO_SMALL is reason.code


def test_warnings_of_file_and_film_come_together(
    make_chest: Callable[..., Any], make_file: Callable[..., bytes], limits: ReadLimits
) -> None:
    prepared = prepare(make_file(4000 - make_chest(white=4000), "PNG"), Recipe(), limits=limits)

    assert isinstance(prepared, Prepared)
    assert 2 == len(prepared.warnings)
    assert "12 bits" in prepared.warnings[0]
    assert "inverted" in prepared.warnings[1]


@pytest.mark.parametrize(
    ("error", "refusal"),
    [
        (FileNotFoundError(errno.ENOENT, "No such file or directory"), Refusal.NOT_FOUND),
        (PermissionError(errno.EACCES, "Permission denied"), Refusal.NO_PERMISSION),
        (OSError(errno.EIO, "Input/output error"), Refusal.UNREADABLE),
        (OSError(errno.ESTALE, "Stale file handle"), Refusal.UNREADABLE),
    ],
)
def test_a_file_that_the_machine_does_not_give_is_the_machine_s_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, refusal: Refusal
) -> None:
    """A share that is not mounted says nothing of the films on it."""
    path = tmp_path / "film.png"
    path.write_bytes(b"not a picture")

    def refuse(*_arguments: object) -> None:
        raise error

    of_file = prepare(path, Recipe(), limits=ReadLimits())
    monkeypatch.setattr(Path, "open", refuse)
    of_machine = prepare(path, Recipe(), limits=ReadLimits())

    assert isinstance(of_file, Reason)
    assert isinstance(of_machine, Reason)
    assert (Refusal.NOT_AN_IMAGE, False) == (of_file.code, of_file.of_machine)
    assert (refusal, True) == (of_machine.code, of_machine.of_machine)
