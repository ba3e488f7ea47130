"""Labels become a folder that training and recalibration accept, whole or not at all, and that names nobody."""

import csv
import io
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from firstread.config import Config, Training
from firstread.data import sources
from firstread.errors import DataError, OutputError
from firstread.learning import data_set
from firstread.reading import label_folder, opinions, removal
from firstread.reading.label_folder import LabelFolder
from firstread.reading.labels import Choice
from firstread.reading.opinions import Opinion
from firstread.reading.scoring_worker import ScoringWorker
from firstread.store import audit_log, films
from firstread.store.deliveries import Received
from firstread.store.store import Store
from firstread.terms import LabelState

PRESENT, ABSENT, UNCERTAIN = LabelState.PRESENT, LabelState.ABSENT, LabelState.UNCERTAIN
NOW = 1_800_000_000.0
CANARIES = (b"SECRET", b"4711", b"DOE", b"JANE", b"19470401")

Send = Callable[..., list[Received]]
Film = Callable[..., bytes]
Read = Callable[..., None]
Write = Callable[..., LabelFolder]


@pytest.fixture
def read(store: Store) -> Read:
    """Return a function that records what readers find."""

    def recorded(found: dict[str, LabelState], *, reader: str = "A") -> None:
        with store.database.read() as connection:
            kept = films.by_ids(connection, [s.film_id for s in films.standings(connection)])
        for film in kept:
            if film.name in found:
                opinion = Opinion(finding=found[film.name], note="Jane Doe's film")
                opinions.record(store, film.sha256, opinion, reader=reader, now=NOW)

    return recorded


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "labels"


@pytest.fixture
def write(store: Store, out: Path, config: Config) -> Write:
    def written(choice: Choice = Choice(), **how: object) -> LabelFolder:  # noqa: B008 - frozen
        return label_folder.write(store, out, choice, config=config, actor="me", now=NOW, **how)  # type: ignore[arg-type]

    return written


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "manifest.csv").open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def two(send: Send, read: Read, film: Film) -> None:
    """Let there be one film of each class."""
    send({"a.png": film(190, seed=1), "b.png": film(60, seed=2)})
    read({"a.png": PRESENT, "b.png": ABSENT})


@pytest.mark.usefixtures("two")
def test_the_folder_is_read_as_any_other_data_set(write: Write, out: Path, film: Film) -> None:
    made = write()

    manifest = sources.read(out)
    assert (1, 1, 2) == (made.n_present, made.n_absent, made.n_patients)
    assert [PRESENT, ABSENT] == [each.finding for each in manifest.films]
    assert [film(190, seed=1), film(60, seed=2)] == [each.path.read_bytes() for each in manifest.films]
    assert {"manifest.csv", "films"} == {entry.name for entry in out.iterdir()}


def test_training_takes_it_with_patients_kept_apart(
    send: Send, read: Read, write: Write, out: Path, dicom_film: Film
) -> None:
    """Forty patients of two films each: no patient is in both parts, as `firstread train` splits."""
    sent = {
        f"{patient}-{n}.dcm": dicom_film(f"P{patient}", brightness=100 + patient, seed=n)
        for patient in range(40)
        for n in range(2)
    }
    send(sent)
    read({name: PRESENT if int(name.partition("-")[0]) % 2 else ABSENT for name in sent})

    made = write()

    found = data_set.read(out, replace(Training(), blocks=4))
    training, tuning = found.split.training.films, found.split.tuning.films
    assert (80, 40, 80) == (len(training) + len(tuning), made.n_patients, made.n_by_header)
    assert not {each.patient for each in training} & {each.patient for each in tuning}


def test_what_readers_do_not_agree_on_is_left_out(
    two: None,  # noqa: ARG001
    send: Send,
    read: Read,
    write: Write,
    out: Path,
    film: Film,
) -> None:
    send({"c.png": film(120, seed=3), "d.png": film(121, seed=4), "e.png": film(122, seed=5)})
    read({"c.png": UNCERTAIN, "d.png": PRESENT})
    read({"d.png": ABSENT}, reader="B")

    made = write()

    assert (1, 1, 2) == (made.n_uncertain, made.n_disagreed, len(rows(out)))


def test_the_official_test_part_is_left_out(
    two: None,  # noqa: ARG001
    send: Send,
    read: Read,
    write: Write,
    out: Path,
    film: Film,
) -> None:
    """Patient 1 of the virus series is of the official test; 447 is not."""
    send({"person1_virus_1.jpeg": film(150, seed=3), "person447_virus_1.jpeg": film(151, seed=4)})
    read({"person1_virus_1.jpeg": PRESENT, "person447_virus_1.jpeg": PRESENT})

    made = write()

    assert (1, 1, 2) == (made.n_official_test, made.n_by_name, made.n_unknown)
    assert "virus-447" == rows(out)[2]["patient"]
    assert "virus-1" not in [row["patient"] for row in rows(out)]


def test_a_film_that_was_not_scored_is_left_out(
    two: None,  # noqa: ARG001
    send: Send,
    read: Read,
    write: Write,
    make_worker: Callable[..., ScoringWorker],
) -> None:
    """A training would refuse it as well; what still waits is not known to be one."""
    stream = io.BytesIO()
    Image.fromarray(np.zeros((20, 20), np.uint8)).save(stream, "PNG")
    send({"small.png": stream.getvalue()})
    read({"small.png": PRESENT})
    make_worker().score_waiting()

    made = write()

    assert (1, 1, 1) == (made.n_not_scored, made.n_present, made.n_absent)


@pytest.mark.usefixtures("two")
def test_a_file_that_is_gone_or_changed_is_left_out(
    store: Store, send: Send, read: Read, write: Write, out: Path, film: Film
) -> None:
    gone, changed = send({"c.png": film(120, seed=3), "d.png": film(121, seed=4)})
    read({"c.png": PRESENT, "d.png": PRESENT})
    store.films.path(gone.sha256).unlink()
    store.films.path(changed.sha256).write_bytes(film(122, seed=5))

    made = write()

    assert (2, 2, 2) == (made.n_unopened, len(rows(out)), len(list((out / "films").iterdir())))


def test_one_class_is_refused_and_nothing_is_written(
    send: Send, read: Read, write: Write, out: Path, film: Film
) -> None:
    send({"a.png": film(190, seed=1), "b.png": film(60, seed=2)})
    read({"a.png": PRESENT, "b.png": UNCERTAIN})

    words = r"readers found pneumonia present on 1 and absent on 0 \(1 uncertain left out\)\. Nothing was written\."
    with pytest.raises(DataError, match=words):
        write()
    assert not out.exists()


@pytest.mark.usefixtures("two")
def test_the_choice_is_named_where_nothing_is_left(write: Write) -> None:
    with pytest.raises(
        DataError, match="this reader found pneumonia present on 0 and absent on 0 before the"
    ):
        write(Choice(reader="B", blinded_only=True))


@pytest.mark.usefixtures("two")
def test_nothing_is_replaced_unless_asked(write: Write, out: Path) -> None:
    write()
    before = (out / "manifest.csv").stat().st_mtime_ns

    with pytest.raises(
        OutputError, match=r"labels stand there\. Name another, or replace these with --overwrite"
    ):
        write()
    assert before == (out / "manifest.csv").stat().st_mtime_ns

    write(overwrite=True)
    assert before != (out / "manifest.csv").stat().st_mtime_ns
    assert {"manifest.csv", "films"} == {entry.name for entry in out.iterdir()}


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("name", ["thesis.txt", "films/../other"])
def test_somebody_elses_folder_is_never_replaced(write: Write, out: Path, name: str) -> None:
    out.mkdir()
    (out / "films").mkdir()
    (out / name).write_text("mine")

    with pytest.raises(OutputError, match=r"something else stands there\. Name another\.$"):
        write(overwrite=True)
    assert "mine" == (out / name).read_text()


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("is_link", [False, True])
def test_a_file_or_a_link_is_never_replaced(write: Write, out: Path, tmp_path: Path, is_link: bool) -> None:
    (tmp_path / "other").mkdir()
    if is_link:
        out.symlink_to(tmp_path / "other")
    else:
        out.write_text("x")

    with pytest.raises(OutputError, match="something else stands there"):
        write(overwrite=True)


@pytest.mark.usefixtures("two")
def test_what_stops_half_way_leaves_what_was_there(write: Write, out: Path) -> None:
    """A full disk, Ctrl-C: the old labels stay, and nothing lies beside them."""
    write()
    before = (out / "manifest.csv").read_bytes()

    def stopped(doing: str, _done: int, _all: int) -> None:
        if doing == "Copying films":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(overwrite=True, on_progress=stopped)

    assert before == (out / "manifest.csv").read_bytes()
    assert ["labels"] == [entry.name for entry in out.parent.iterdir() if "labels" in entry.name]


@pytest.mark.usefixtures("two")
def test_a_place_that_cannot_be_written_is_named(store: Store, config: Config, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")

    with pytest.raises(OutputError, match=r"file/labels: the labels could not be written; "):
        label_folder.write(store, tmp_path / "file" / "labels", Choice(), config=config, actor="me", now=NOW)


@pytest.mark.usefixtures("two")
def test_progress_is_told_of_both_stages(write: Write) -> None:
    told: list[tuple[str, int, int]] = []

    write(on_progress=lambda *step: told.append(step))

    assert [("Telling patients apart", 2, 2), ("Copying films", 1, 2), ("Copying films", 2, 2)] == told


@pytest.mark.usefixtures("two")
def test_it_is_written_down_who_took_labels_out(store: Store, write: Write) -> None:
    write(Choice(reader="A"))

    with store.database.read() as connection:
        event = list(audit_log.events(connection))[-1]
    assert ("me", "labels.export") == (event.actor, event.action)
    assert {"format": "folder", "films": 2, "one_reader": True, "blinded_only": False} == event.detail


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps a user's folders from others by itself.")
@pytest.mark.usefixtures("two")
def test_the_folder_is_this_users_alone(write: Write, out: Path) -> None:
    write()

    assert 0o700 == out.stat().st_mode & 0o777


def test_manifest_and_names_of_files_name_nobody(
    send: Send, read: Read, store: Store, write: Write, out: Path, dicom_film: Film
) -> None:
    """A patient's name and ID stand in the films alone; file names and notes, which may be names, go nowhere."""
    names = {"DOE^JANE 4711.dcm": PRESENT, "jane-doe.dcm": ABSENT}
    send(
        {name: dicom_film("SECRET-4711", name="DOE^JANE", seed=n) for n, name in enumerate(names)},
        folder="DOE",
    )
    read(names)

    write()

    told = (out / "manifest.csv").read_bytes() + repr(_names(out)).encode()
    with store.database.read() as connection:
        told += repr(list(audit_log.events(connection))).encode()
    assert [] == [canary for canary in CANARIES if canary.lower() in told.lower()]
    assert 1 == len({row["patient"] for row in rows(out)})


def _names(folder: Path) -> Sequence[str]:
    return [str(path.relative_to(folder)) for path in folder.rglob("*")]


@pytest.mark.usefixtures("two")
def test_a_film_that_is_removed_meanwhile_is_left_out(
    store: Store, send: Send, read: Read, write: Write, out: Path, film: Film
) -> None:
    (third,) = send({"c.png": film(120, seed=3)})
    read({"c.png": PRESENT})

    def remove(doing: str, _done: int, _all: int) -> None:
        if doing == "Telling patients apart":
            removal.remove(store, third.sha256, actor="me", now=NOW)

    made = write(on_progress=remove)

    assert (1, 2) == (made.n_unopened, len(rows(out)))
