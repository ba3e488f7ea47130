"""The folder of a bundle: every part is there, listed and unchanged, and it comes to stand whole or not at all."""

import os
import shutil
import subprocess
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from firstread.errors import BundleError
from firstread.inference import bundle as bundles
from firstread.inference.bundle import Bundle, BundleParts


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_the_hash_of_a_bundle_is_that_of_its_sums_without_the_card(tiny_bundle: Bundle) -> None:
    lines = (tiny_bundle.folder / "SHA256SUMS").read_text().splitlines(keepends=True)
    others = "".join(line for line in lines if "MODEL_CARD.md" not in line)

    assert len(lines) - 1 == others.count("\n")
    assert sha256(others.encode()).hexdigest() == tiny_bundle.sha256


def test_coreutils_check_the_sums(tiny_bundle: Bundle) -> None:
    program = shutil.which("sha256sum")
    if program is None:
        pytest.skip("sha256sum is not on this machine.")
    checked = subprocess.run(
        [program, "-c", "--strict", "SHA256SUMS"], cwd=tiny_bundle.folder, capture_output=True, check=False
    )

    assert 0 == checked.returncode, checked.stdout
    assert 8 == checked.stdout.count(b": OK")


def test_a_bundle_is_replaced_whole(tiny_parts: BundleParts, tmp_path: Path) -> None:
    bundles.save(tmp_path / "b", tiny_parts)

    again = bundles.save(tmp_path / "b", replace(tiny_parts, shift=None, model_card="second"))

    assert "second" == (again.folder / "MODEL_CARD.md").read_text()
    assert not (again.folder / "shift.npz").exists()
    assert ["b"] == names_in(tmp_path)


def test_an_empty_folder_is_a_place(tiny_parts: BundleParts, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()

    assert bundles.save(tmp_path / "b", tiny_parts).model_path.exists()


@pytest.mark.parametrize("extra", ["thesis.tex", "SHA256SUMS"])
def test_a_folder_that_is_no_bundle_is_left_alone(
    tiny_parts: BundleParts, tmp_path: Path, extra: str
) -> None:
    place = tmp_path / "b"
    place.mkdir()
    for name in ("mine.txt", extra):
        (place / name).write_text("mine")

    with pytest.raises(BundleError, match="only a bundle or an empty folder is replaced"):
        bundles.save(place, tiny_parts)

    assert {"mine.txt", extra} == set(names_in(place))


def test_a_file_is_no_place(tiny_parts: BundleParts, tmp_path: Path) -> None:
    (tmp_path / "b").write_text("mine")

    with pytest.raises(BundleError, match="something else stands there"):
        bundles.save(tmp_path / "b", tiny_parts)


def test_an_unfit_part_leaves_nothing_behind(tiny_parts: BundleParts, tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"b: operating_points\.json: must have 'screening' and 'rule_out'"):
        bundles.save(tmp_path / "b", replace(tiny_parts, operating_points={}))

    assert [] == names_in(tmp_path)


def test_an_unfit_part_leaves_the_old_bundle(tiny_parts: BundleParts, tmp_path: Path) -> None:
    old = bundles.save(tmp_path / "b", tiny_parts)

    with pytest.raises(BundleError):
        bundles.save(tmp_path / "b", replace(tiny_parts, operating_points={}))

    assert old.sha256 == bundles.load(tmp_path / "b").sha256


def test_a_place_that_cannot_be_written_is_named(tiny_parts: BundleParts, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(BundleError, match="file/b: the place must be writable"):
        bundles.save(tmp_path / "file" / "b", tiny_parts)


def test_no_folder_is_no_bundle(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="none: a bundle must be a folder"):
        bundles.load(tmp_path / "none")


@pytest.mark.parametrize(
    "name", ["SHA256SUMS", "MODEL_CARD.md", "calibration.json", "facts.json", "head.npz", "model.onnx",
             "operating_points.json", "recipe.json"],
)  # fmt: skip
def test_a_missing_part_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()

    with pytest.raises(BundleError, match=f"damaged: a bundle must have {name}; it is missing"):
        bundles.load(folder)


def test_a_missing_optional_part_is_named(folder: Path) -> None:
    """Without its shift reference the bundle would silently stop to warn."""
    (folder / "shift.npz").unlink()

    with pytest.raises(BundleError, match=r"every listed part must be there; shift\.npz is missing"):
        bundles.load(folder)


def test_a_folder_of_other_files_is_no_bundle(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpeg").write_text("")

    with pytest.raises(BundleError, match="a bundle must have SHA256SUMS; it is missing"):
        bundles.load(tmp_path)


def test_an_extra_part_is_named(folder: Path) -> None:
    (folder / "setup.py").write_text("")

    with pytest.raises(BundleError, match=r"received 'setup\.py'"):
        bundles.load(folder)


@pytest.mark.parametrize("name", ["model.onnx", "calibration.json", "head.npz", "MODEL_CARD.md", "shift.npz"])
def test_a_changed_part_is_named(folder: Path, name: str) -> None:
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)

    with pytest.raises(BundleError, match=f"damaged: {name}: its SHA-256 must be"):
        bundles.load(folder)


@pytest.mark.parametrize("part", ["model.onnx", "shift.npz", "SHA256SUMS"])
def test_a_link_out_of_the_folder_is_refused(folder: Path, tmp_path: Path, part: str) -> None:
    (folder / part).rename(tmp_path / "elsewhere")
    (folder / part).symlink_to(tmp_path / "elsewhere")

    with pytest.raises(BundleError, match=f"{part}: must be a regular file; links are not followed"):
        bundles.load(folder)


def test_a_pipe_is_refused_and_not_waited_for(folder: Path) -> None:
    (folder / "facts.json").unlink()
    os.mkfifo(folder / "facts.json")

    with pytest.raises(BundleError, match=r"facts\.json: must be a regular file"):
        bundles.load(folder)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (f"{'0' * 64}  ../../etc/passwd", "received '../../etc/passwd'"),
        (f"{'0' * 64}  /etc/passwd", "received '/etc/passwd'"),
        (f"{'0' * 64}  facts.json", r"listed once; received 'facts\.json' twice"),
        (f"{'0' * 64}  weights.npz", r"every listed part must be there; weights\.npz is missing"),
        ("deadbeef  model.onnx", "each line must be a hash"),
        ("", "each line must be a hash"),
    ],
)
def test_sums_that_say_more_than_they_may_are_refused(folder: Path, line: str, words: str) -> None:
    with (folder / "SHA256SUMS").open("a") as sums:
        sums.write(line + "\n")

    with pytest.raises(BundleError, match=words):
        bundles.load(folder)


def test_a_part_that_is_not_listed_is_refused(folder: Path) -> None:
    lines = (folder / "SHA256SUMS").read_text().splitlines(keepends=True)
    (folder / "SHA256SUMS").write_text("".join(line for line in lines if "shift.npz" not in line))

    with pytest.raises(BundleError, match=r"SHA256SUMS: every part must be listed; shift\.npz is missing"):
        bundles.load(folder)
