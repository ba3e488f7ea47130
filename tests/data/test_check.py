import json
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from PIL import Image

from firstread.config import ReadLimits, Workers
from firstread.data.check import FolderCheck, check_manifest
from firstread.data.leakage import LeakKind
from firstread.data.manifest import Film
from firstread.data.sources.kaggle_pneumonia import read_folder
from firstread.imaging.prepare import Prepared
from firstread.imaging.preprocess import Recipe
from firstread.terms import LabelState

MakeFolder = Callable[[Iterable[str]], Path]
NAMES = [
    "train/NORMAL/IM-0200-0001.jpeg",
    "train/NORMAL/IM-0200-0002.jpeg",
    "train/PNEUMONIA/person400_virus_800.jpeg",
    "train/PNEUMONIA/person401_virus_801.jpeg",
    "train/PNEUMONIA/person401_bacteria_801.jpeg",
    "val/NORMAL/NORMAL2-IM-0500-0001.jpeg",
    "val/PNEUMONIA/person900_virus_900.jpeg",
]


@pytest.fixture
def check(two_workers: Workers) -> Callable[[Path], FolderCheck]:
    """Return a check of a folder with two workers."""
    return lambda folder: check_manifest(
        read_folder(folder), Recipe(), limits=ReadLimits(), workers=two_workers
    )


def test_counts_balance_and_null_accuracy(
    make_folder: MakeFolder, check: Callable[[Path], FolderCheck]
) -> None:
    """Counted by hand from the names above."""
    found = check(make_folder(NAMES))

    assert [("train", 3, 2, 4), ("val", 1, 1, 2), ("all", 4, 3, 6)] == [
        (part.part, part.diseased, part.non_diseased, part.patients) for part in found.parts
    ]
    assert [0.6, 0.5, 4 / 7] == [part.null_accuracy for part in found.parts]
    assert [
        ("train", "bacteria", 1),
        ("train", "virus", 2),
        ("train", "IM", 2),
        ("val", "virus", 1),
        ("val", "NORMAL2-IM", 1),
    ] == [(row.part, row.series, row.films) for row in found.series]
    assert ((), (), (), ()) == (found.identical, found.near, found.unreadable, found.leaks)
    assert {200.0} == {row.median_width for row in found.file_facts}
    assert [LabelState.PRESENT, LabelState.ABSENT] == [row.finding for row in found.file_facts]
    assert {90.0} == {row.median_jpeg_quality for row in found.file_facts}


def test_copies_and_leaks_are_found(make_folder: MakeFolder, check: Callable[[Path], FolderCheck]) -> None:
    folder = make_folder(NAMES)
    train, val = folder / NAMES[2], folder / NAMES[6]
    val.write_bytes(train.read_bytes())
    smaller = folder / "train/PNEUMONIA/person400_virus_802.jpeg"
    Image.open(folder / NAMES[4]).resize((150, 130)).save(smaller)

    found = check(folder)

    assert ((train, val),) == found.identical
    assert [{folder / NAMES[4], smaller}] == [set(group) for group in found.near]
    assert {LeakKind.FILM_IN_TWO_PARTS, LeakKind.FILM_OF_TWO_PATIENTS} == {leak.kind for leak in found.leaks}


def test_an_unreadable_film_is_reported_and_the_rest_goes_on(
    make_folder: MakeFolder, check: Callable[[Path], FolderCheck]
) -> None:
    folder = make_folder(NAMES)
    (folder / NAMES[3]).write_bytes(b"not a film")

    found = check(folder)

    assert [folder / NAMES[3]] == [film.path for film in found.unreadable]
    assert (7, 3) == (found.films, found.parts[0].diseased)


def test_whoever_needs_the_pixels_gets_each_film_that_can_be_used(
    make_folder: MakeFolder, two_workers: Workers
) -> None:
    folder = make_folder(NAMES)
    (folder / NAMES[3]).write_bytes(b"not a film")
    got: list[tuple[Film, Prepared]] = []

    check_manifest(
        read_folder(folder),
        Recipe(),
        limits=ReadLimits(),
        workers=two_workers,
        on_film=lambda film, prepared: got.append((film, prepared)),
    )

    assert [folder / name for name in sorted(NAMES) if name != NAMES[3]] == [film.path for film, _ in got]
    assert {(224, 224)} == {prepared.pixels.shape for _, prepared in got}
    assert {90} == {prepared.facts.jpeg_quality for _, prepared in got}


def test_nothing_readable_is_still_an_answer(
    make_folder: MakeFolder, check: Callable[[Path], FolderCheck]
) -> None:
    folder = make_folder(NAMES)
    for name in NAMES:
        (folder / name).write_bytes(b"")

    found = check(folder)

    assert (7, ()) == (len(found.unreadable), found.file_facts)


def test_the_dictionary_is_json(make_folder: MakeFolder, check: Callable[[Path], FolderCheck]) -> None:
    plain = json.loads(json.dumps(check(make_folder(NAMES)).as_dict()))

    assert {
        "part": "val",
        "diseased": 1,
        "non_diseased": 1,
        "patients": 2,
        "films": 2,
        "prevalence": 0.5,
        "null_accuracy": 0.5,
    } == plain["parts"][1]
    assert {"series": "IM", "part": "train", "first": 200, "last": 200, "patients": 1, "films": 2} in plain[
        "ranges"
    ]


@pytest.mark.films
def test_public_originals_leak_nothing(public_films: Path, check: Callable[[Path], FolderCheck]) -> None:
    found = check(public_films / "kaggle-pneumonia-original")

    assert (140, 50) == (found.films, found.parts[0].non_diseased)
    assert ((), (), ()) == (found.near, found.leaks, found.unreadable)
