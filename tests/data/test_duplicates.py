import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from firstread.data import duplicates
from firstread.data.sources.kaggle_pneumonia import read_folder

MakePixels = Callable[[int], npt.NDArray[np.uint8]]


def _re_encoded(pixels: npt.NDArray[np.uint8], *, quality: int) -> npt.NDArray[np.uint8]:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=quality)
    return np.asarray(Image.open(io.BytesIO(stream.getvalue())))


def _distance(one: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8]) -> int:
    """The oracle counts differing bits one by one."""
    words = zip(
        duplicates.perceptual_hash(one).tolist(), duplicates.perceptual_hash(other).tolist(), strict=True
    )
    return sum((a ^ b).bit_count() for a, b in words)


def test_identical_files_are_grouped_in_order() -> None:
    assert ((0, 2, 5), (1, 4)) == duplicates.identical(["x", "y", "x", "z", "y", "x"])


@pytest.mark.parametrize(
    "change",
    [
        lambda pixels: _re_encoded(pixels, quality=30),
        lambda pixels: np.asarray(Image.fromarray(pixels).resize((90, 70))),
        lambda pixels: (pixels * 0.8).astype(np.uint8),
    ],
    ids=["re-encoded", "smaller", "darker"],
)
def test_a_changed_copy_stays_near(
    make_pixels: MakePixels, change: Callable[[npt.NDArray[np.uint8]], npt.NDArray[np.uint8]]
) -> None:
    pixels = make_pixels(3)

    assert _distance(pixels, change(pixels)) <= duplicates.NEAR_DISTANCE


def test_different_pictures_and_mirrored_ones_are_not_near(make_pixels: MakePixels) -> None:
    pixels = make_pixels(3)

    assert _distance(pixels, make_pixels(4)) > duplicates.NEAR_DISTANCE
    assert _distance(pixels, pixels[:, ::-1]) > duplicates.NEAR_DISTANCE


def test_groups_are_linked_by_pairs_within_the_distance() -> None:
    """Row 0, 1 and 2 are a chain (2 bits a step, 4 from end to end); row 3 is far. Counted by hand."""
    hashes = np.zeros((4, 4), dtype=np.uint64)
    hashes[1, 0], hashes[2, 0], hashes[3] = 0b11, 0b1111, 2**64 - 1

    assert ((0, 1, 2),) == duplicates.near(hashes, distance=2)
    assert () == duplicates.near(hashes, distance=1)


@pytest.mark.parametrize("rows", [0, 1])
def test_fewer_than_two_films_have_no_copies(rows: int) -> None:
    assert () == duplicates.near(np.zeros((rows, 4), dtype=np.uint64))


@pytest.mark.films
def test_originals_are_near_their_small_copies_and_nobody_else(public_films: Path) -> None:
    """Each of 40 films at original size must find its own 224 × 224 copy, and no other film."""
    originals = sorted((public_films / "kaggle-pneumonia-original" / "train").glob("*/*.jpeg"))[::4]
    small = [public_films / "kaggle-pneumonia-224" / "train" / p.parent.name / p.name for p in originals]
    hashes = np.stack(
        [
            duplicates.perceptual_hash(np.asarray(Image.open(path).convert("L").resize((224, 224))))
            for path in (*originals, *small)
        ]
    )

    groups = duplicates.near(hashes)

    assert [(row, row + len(originals)) for row in range(len(originals))] == sorted(groups)


@pytest.mark.films
def test_the_public_training_films_hold_24_groups_of_identical_copies(public_films: Path) -> None:
    """As stated beside the data: 24 groups, each within one patient."""
    films = read_folder(public_films / "kaggle-pneumonia-224").films

    groups = duplicates.identical([hashlib.sha256(film.path.read_bytes()).hexdigest() for film in films])

    assert (24, 50) == (len(groups), sum(map(len, groups)))
    assert {1} == {len({films[row].patient for row in group}) for group in groups}
