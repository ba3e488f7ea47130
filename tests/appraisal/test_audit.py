import csv
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from firstread.appraisal import ledger
from firstread.appraisal.audit import Audit, audit
from firstread.appraisal.audit_document import files_of, floors
from firstread.appraisal.bundle_audit import BundleAudit, Probe
from firstread.appraisal.judged import Judged
from firstread.config import Config
from firstread.data.sources import read
from firstread.errors import DataError
from firstread.evaluation.intervals import Interval, NotDefined
from firstread.inference import bundle as bundles
from firstread.inference.bundle import Bundle, BundleParts

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
MakeFolder = Callable[..., Path]


@pytest.fixture
def make_folder(tmp_path: Path) -> MakeFolder:
    """Return a maker of folders with a manifest; diseased films are brighter, and all of a patient alike."""

    def make(each: int = 36, *, test: int = 0, both_parts: bool = False, diseased: int | None = None) -> Path:
        rng = np.random.default_rng(11)
        rows = []
        for number in range(each * 2 + test * 2):
            ill = number % 2 == 1
            part = "train" if number < each * 2 else "test"
            if diseased is not None and ill and number // 2 >= diseased:
                continue
            name = f"{number:03}.png"
            film = rng.normal(90 + 60 * ill, 25, (100, 120))
            Image.fromarray(np.clip(film, 0, 255).astype(np.uint8)).save(tmp_path / name)
            patient = "both" if both_parts and number in (0, each * 2) else f"p{number}"
            rows.append((name, int(ill), patient, part))
        with (tmp_path / "manifest.csv").open("w", newline="") as stream:
            csv.writer(stream).writerows([("path", "label", "patient", "part"), *rows])
        return tmp_path

    return make


def run(folder: Path, settings: Config, *, bundle: Bundle | None = None) -> Audit:
    manifest = read(folder)
    probe = None if bundle is None else Probe(bundle, manifest, config=settings, most_films=20)
    return audit(manifest, folder, config=settings, probe=probe, seed=1, now=NOW)


def test_a_folder_whose_classes_differ_in_brightness_is_found_out(
    make_folder: MakeFolder, settings: Config
) -> None:
    found = run(make_folder(), settings)

    rows = {(row.model, row.split): row.judged for row in found.inflation}
    thumbnail, files = rows["thumbnail", "ID-block"], rows["file facts", "ID-block"]
    assert isinstance(thumbnail, Judged)
    assert isinstance(files, Judged)
    assert isinstance(thumbnail.auroc, Interval)
    assert 1.0 == thumbnail.auroc.estimate
    assert isinstance(rows["thumbnail", "official"], NotDefined)
    assert (72, 72) == (found.patients.films, found.patients.patients)
    assert found.bundle is None
    assert any("sees only the thumbnail reaches AUROC 1.000" in floor for floor in floors(found))


def test_a_bundle_is_probed_and_its_scores_are_shaken(
    make_folder: MakeFolder, settings: Config, tiny_bundle: Bundle
) -> None:
    """The tiny bundle scores brightness, so an inverted film must change its class, and a mirrored one must not."""
    folder = make_folder(test=14)

    found = run(folder, settings, bundle=tiny_bundle)
    files = files_of(found)

    assert isinstance(found.bundle, BundleAudit)
    assert 40 == found.bundle.unchanged.n_films
    changes = {row.change: row for row in found.bundle.counterfactuals}
    assert changes["inverted"].worst_change > 0.5
    assert changes["mirrored"].worst_change < 0.05
    assert "name another data set" in found.bundle.chosen
    rows = {(row.model, row.split): row for row in found.inflation}
    assert 0 == rows["bundle's features", "ID-block"].known
    assert isinstance(rows["bundle's features", "official"].judged, Judged)
    assert 1 == len((folder / ledger.NAME).read_text().splitlines())
    plain = json.loads(files["audit.json"])
    assert 25 == len(plain["bundle"]["counterfactuals"])
    assert {"figures/id_map.svg", "figures/corruption_auroc.png"} < set(files)
    assert "What a shortcut gets, and what splits hide" in files["audit.html"].decode()
    assert "| noise | 5 | 0.38 |" in files["audit.md"].decode()


def test_only_films_the_bundle_did_not_learn_from_are_changed(
    make_folder: MakeFolder,
    settings: Config,
    tiny_parts: BundleParts,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Of 80 patients in 4 blocks the lowest 20 were tuned on; 60 were learned from."""
    manifest = read(make_folder(40))
    facts = {
        **tiny_parts.facts,
        "data": {"hash": manifest.hash()},
        "training": {"split": "id-block", "blocks": 4, "tuning_block": 0},
    }
    own = bundles.save(tmp_path_factory.mktemp("own") / "own", replace(tiny_parts, facts=facts))

    probe = Probe(own, manifest, config=settings, most_films=5)
    for film in manifest.films:
        probe.see(film, np.full((224, 224), 40 + film.patient.number, np.uint8))
    found = probe.judge(seed=1, on_progress=lambda _done, _total: None)

    assert isinstance(found, BundleAudit)
    assert 10 == found.unchanged.n_films
    assert found.chosen.startswith("Tuning part of the bundle's own data: not learned from, but")
    learned = probe.learned_from(manifest)
    assert 60 == learned.sum()
    assert not learned[:20].any()
    assert (80, 4) == probe.features().shape


def test_films_that_were_only_learned_from_say_nothing_of_the_bundle(
    make_folder: MakeFolder, settings: Config, tiny_parts: BundleParts, tmp_path: Path
) -> None:
    manifest = read(make_folder(10))
    data = {"hash": "of the folder that was tuned on", "sources": [{"hash": manifest.hash()}]}
    joint = bundles.save(tmp_path / "joint", replace(tiny_parts, facts={**tiny_parts.facts, "data": data}))

    with pytest.raises(DataError, match="it learned from every film of this folder"):
        Probe(joint, manifest, config=settings, most_films=5)


def test_a_patient_in_two_parts_is_a_leak_and_takes_the_official_split_away(
    make_folder: MakeFolder, settings: Config
) -> None:
    found = run(make_folder(test=14, both_parts=True), settings)

    official = next(row.judged for row in found.inflation if row.split == "official")
    assert isinstance(official, NotDefined)
    assert "a patient must be in one part only" in official.reason
    assert 1 == len(found.check.leaks)
    assert "1 leaks between parts" in found.cautions[0]


def test_an_unreadable_film_is_left_out_and_told(make_folder: MakeFolder, settings: Config) -> None:
    folder = make_folder()
    (folder / "003.png").write_bytes(b"no picture")

    found = run(folder, settings)

    assert 1 == len(found.check.unreadable)
    assert any("1 films cannot be read" in caution for caution in found.cautions)


def test_fewer_than_twenty_films_of_a_class_are_refused_before_a_film_is_opened(
    make_folder: MakeFolder, settings: Config
) -> None:
    folder = make_folder(diseased=12)

    with pytest.raises(
        DataError, match="at least 20 films of each class; received 12 diseased and 36 non-diseased"
    ):
        run(folder, settings)
