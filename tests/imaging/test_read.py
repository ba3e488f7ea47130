import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from firstread.config import ReadLimits
from firstread.errors import ImageReadError
from firstread.imaging.read import read
from firstread.terms import Refusal


def refusal(source: Path | bytes, limits: ReadLimits) -> tuple[Refusal, str]:
    with pytest.raises(ImageReadError) as caught:
        read(source, limits=limits)
    return caught.value.refusal, str(caught.value)


def test_a_path_and_its_bytes_give_the_same(
    tmp_path: Path, make_chest: Callable[..., Any], make_file: Callable[..., bytes], limits: ReadLimits
) -> None:
    content = make_file(make_chest())
    path = tmp_path / "film.dcm"  # the name lies: content decides
    path.write_bytes(content)

    from_path, from_bytes = read(path, limits=limits), read(content, limits=limits)

    assert np.array_equal(from_path.pixels, from_bytes.pixels)
    assert from_path.facts == from_bytes.facts
    assert hashlib.sha256(content).hexdigest() == from_path.facts.sha256
    assert len(content) == from_path.facts.file_bytes


def test_an_empty_file_is_empty(tmp_path: Path, limits: ReadLimits) -> None:
    (tmp_path / "film.png").touch()

    assert (Refusal.EMPTY, "The file is empty.") == refusal(tmp_path / "film.png", limits)
    assert Refusal.EMPTY is refusal(b"", limits)[0]


def test_a_missing_file_is_not_found(tmp_path: Path, limits: ReadLimits) -> None:
    assert Refusal.NOT_FOUND is refusal(tmp_path / "gone.png", limits)[0]


def test_a_folder_is_no_radiograph(tmp_path: Path, limits: ReadLimits) -> None:
    assert (Refusal.NOT_AN_IMAGE, "A radiograph must be a file; this is a folder.") == refusal(
        tmp_path, limits
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes in folders")
def test_a_pipe_is_refused_without_waiting_for_its_writer(tmp_path: Path, limits: ReadLimits) -> None:
    os.mkfifo(tmp_path / "film.png")

    assert Refusal.NOT_AN_IMAGE is refusal(tmp_path / "film.png", limits)[0]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may open every file")
def test_a_locked_file_says_so(tmp_path: Path, limits: ReadLimits) -> None:
    path = tmp_path / "film.png"
    path.write_bytes(b"x")
    path.chmod(0)

    assert Refusal.NO_PERMISSION is refusal(path, limits)[0]


def test_a_name_that_no_file_can_have_is_refused(limits: ReadLimits) -> None:
    assert refusal(Path("a\0b"), limits)[0] in (Refusal.UNREADABLE, Refusal.NOT_FOUND)


def test_a_file_above_the_limit_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "film.png"
    with path.open("wb") as stream:
        stream.truncate(2 * 2**20 + 1)

    code, words = refusal(path, ReadLimits(max_file_bytes=2 * 2**20))

    assert Refusal.TOO_LARGE is code
    assert "at most 2 MiB" in words
