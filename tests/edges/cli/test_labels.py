"""`firstread labels`: what readers found becomes a folder that the next commands take."""

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from firstread.config import Store as StoreSettings
from firstread.inference import bundle as bundles
from firstread.inference.bundle import Bundle
from firstread.reading import current_bundle, intake, opinions
from firstread.reading.intake import SentFile
from firstread.reading.opinions import Opinion
from firstread.store.store import open_store
from firstread.store.store_mark import put_mark
from firstread.terms import LabelState

Run = Callable[..., Any]
NOW = 1_800_000_000.0
CANARIES = ("SECRET", "4711", "DOE", "JANE", "19470401")


@pytest.fixture
def kept(
    store_settings: StoreSettings, tmp_path: Path, tiny_bundle: Bundle, dicom_film: Callable[..., bytes]
) -> Callable[..., Path]:
    """Return a function that keeps DICOM films in a store, read by one reader: 22 of each class, of 44 patients."""

    def keep(n: int = 44, *, name: str = "{}.dcm", patient: str | None = "SECRET-4711-{}") -> Path:
        with open_store(store_settings) as store:
            put_mark(store.database, store.films)
            current = current_bundle.register(store, tiny_bundle, now=NOW)
            for number in range(n):
                diseased = number % 2 == 1
                content = dicom_film(
                    None if patient is None else patient.format(number),
                    name="DOE^JANE",
                    brightness=80 + number // 2 + 30 * diseased,
                    seed=number,
                )
                file = SentFile(io.BytesIO(content), name.format(number), "DOE JANE")
                (sent,) = intake.receive(
                    store, [file], delivery="one", sender="me", bundle_id=current.bundle_id, now=NOW
                )
                finding = LabelState.PRESENT if diseased else LabelState.ABSENT
                opinions.record(
                    store, sent.sha256, Opinion(finding=finding, note="JANE"), reader="Dr Weber", now=NOW
                )
        return tmp_path / "store"

    return keep


def test_recalibrate_takes_what_was_written(
    firstread: Run, kept: Callable[..., Path], tiny_bundle: Bundle, tmp_path: Path
) -> None:
    """From readings to a bundle of the site; all 22 films a class told right, so Wilson's lower limit is 0.851."""
    labels = tmp_path / "labels"

    written = firstread("labels", labels, "--folder", kept())
    ran = firstread(
        "recalibrate", tiny_bundle.folder, labels, "--out", tmp_path / "new", "--accept-auroc", "0.85"
    )

    assert (0, 0) == (written.code, ran.code), written.err + ran.err
    assert f"Labels: 44 films of 44 patients, 22 with pneumonia and 22 without, in {labels}" in written.out
    assert "Patients of films: 44 by DICOM Patient ID" in written.out
    assert tiny_bundle.sha256 == bundles.load(tmp_path / "new").facts["parent"]["sha256"]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_network_learns_from_what_was_written(
    firstread: Run, kept: Callable[..., Path], tmp_path: Path
) -> None:
    """In a process of its own, as users start it: from readings to a bundle."""
    labels, run = tmp_path / "labels", tmp_path / "run"
    assert 0 == firstread("labels", labels, "--folder", kept()).code

    asked = [
        *(sys.executable, "-m", "firstread", "train", str(labels), "--run", str(run)),
        *("--architecture", "baseline", "--weights", "none", "--batch-size", "8", "--side", "64"),
        *("--epochs", "1", "--cache", str(tmp_path / "cache")),
    ]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)

    assert 0 == done.returncode, done.stderr
    data = bundles.load(run / "bundle").facts["data"]
    assert 44 == data["n_films"]
    assert 44 == sum(part["films"] for part in data["parts"].values())
    assert "SECRET" not in done.stdout + done.stderr


def test_it_says_what_must_be_known_and_names_nobody(
    firstread: Run, kept: Callable[..., Path], tmp_path: Path
) -> None:
    ran = firstread("labels", tmp_path / "labels", "--folder", kept(4), "--json", tmp_path / "labels.json")

    told = json.loads((tmp_path / "labels.json").read_text())
    assert (4, 2, 2, 4) == (told["n_dicom"], told["n_present"], told["n_absent"], told["n_by_header"])
    assert [line.removeprefix("caution: ") for line in ran.err.splitlines()] == told["cautions"]
    assert "4 films are DICOM files as they came, which may hold names" in ran.err
    said = ran.out + ran.err + (tmp_path / "labels.json").read_text()
    said += (tmp_path / "labels" / "manifest.csv").read_text()
    assert [] == [canary for canary in CANARIES if canary in said]


def test_films_of_nobody_known_are_cautioned_about(
    firstread: Run, kept: Callable[..., Path], tmp_path: Path
) -> None:
    """Each would count as a patient of its own, and one patient could be in two parts."""
    ran = firstread("labels", tmp_path / "labels", "--folder", kept(4, patient=None))

    assert "Patients of films: 4 unknown" in ran.out
    assert (
        "caution: it is not known whose film it is for 4 films; each counts as a patient of its own"
        in ran.err
    )
    assert f"correct the column patient of {tmp_path / 'labels' / 'manifest.csv'}" in ran.err


def test_json_on_standard_output_is_alone_there(
    firstread: Run, kept: Callable[..., Path], tmp_path: Path
) -> None:
    ran = firstread("labels", tmp_path / "labels", "--folder", kept(4), "--json", "-")

    assert 4 == json.loads(ran.out)["n_patients"]
    assert "Labels: 4 films" in ran.err


@pytest.mark.usefixtures("database_url")
def test_a_reader_and_blinded_readings_can_be_chosen(
    firstread: Run, kept: Callable[..., Path], tmp_path: Path
) -> None:
    store = kept(4)

    chosen = firstread("labels", tmp_path / "labels", "--folder", store, "--reader", "Dr Weber")
    nobody = firstread("labels", tmp_path / "none", "--folder", store, "--reader", "Dr Adams")
    blinded = firstread("labels", tmp_path / "none", "--folder", store, "--blinded-only")

    assert [0, 2, 2] == [chosen.code, nobody.code, blinded.code]
    assert "this reader found pneumonia present on 0 and absent on 0" in nobody.err
    assert "present on 0 and absent on 0 before the score was shown" in blinded.err
    assert not (tmp_path / "none").exists()


def test_labels_are_replaced_only_when_asked(
    firstread: Run, kept: Callable[..., Path], tmp_path: Path
) -> None:
    store = kept(4)
    firstread("labels", tmp_path / "labels", "--folder", store)

    again = firstread("labels", tmp_path / "labels", "--folder", store)
    replaced = firstread("labels", tmp_path / "labels", "--folder", store, "--overwrite")

    assert (2, 0) == (again.code, replaced.code)
    assert "replace these with --overwrite" in again.err
