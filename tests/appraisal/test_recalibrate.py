"""A bundle that passes on a site's films is written anew with the site's calibration."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from firstread.appraisal.dossier import card_of
from firstread.appraisal.recalibrate import recalibrate
from firstread.config import Config
from firstread.data.manifest import Film, Manifest, PatientKey
from firstread.errors import BundleError, DataError, UndefinedMetricError
from firstread.evaluation import calibration_fit
from firstread.evaluation.judgement import Judgement
from firstread.inference import bundle as bundles
from firstread.inference.bundle import Bundle, BundleParts
from firstread.inference.evidence import EvidenceReference
from firstread.inference.predictor import Predictor
from firstread.records import Scored
from firstread.screening import screen
from firstread.terms import LabelState

TODAY = date(2026, 5, 17)
Write = Callable[[Path, int], Path]


@pytest.fixture
def site(tmp_path: Path, grey_film: Write) -> Manifest:
    """Return 25 films of each class, a patient each; brightness overlaps a little."""
    return site_of(tmp_path / "films", grey_film, normal=range(70, 95), diseased=range(90, 115))


def site_of(folder: Path, grey_film: Write, *, normal: range, diseased: range) -> Manifest:
    films = []
    for number, (grey, finding) in enumerate(
        [(grey, LabelState.ABSENT) for grey in normal] + [(grey, LabelState.PRESENT) for grey in diseased]
    ):
        path = grey_film(folder / f"{number}.png", grey)
        # Greys are spread over the patients, or a block of them would be another sort of film.
        films.append(Film(path, PatientKey("all", number * 7 % 50), finding, "train"))
    return Manifest(tuple(films))


def test_the_new_bundle_is_the_parents_network_with_the_sites_points(
    site: Manifest, tiny_parts: BundleParts, settings: Config, tmp_path: Path
) -> None:
    parts = replace(
        tiny_parts,
        weights={"layer": np.ones((2, 3), np.float16)},
        evidence=EvidenceReference(0.5, 1.0, 30),
    )
    parent = bundles.save(tmp_path / "parent", parts)

    found = recalibrate(
        parent, site, out=tmp_path / "new", minimum_auroc=0.9, config=settings, today=TODAY, repeats=100
    )

    new = bundles.load(tmp_path / "new")
    assert found.bundle is not None
    assert found.bundle.sha256 == new.sha256
    changed = {"MODEL_CARD.md", "SHA256SUMS", "calibration.json", "facts.json", "operating_points.json"}
    for part in parent.folder.iterdir():
        same = part.read_bytes() == (new.folder / part.name).read_bytes()
        assert same is (part.name not in changed), part.name
    assert {"name": "tiny", "sha256": parent.sha256} == {
        name: new.facts["parent"][name] for name in ("name", "sha256")
    }
    assert "tiny-recalibrated" == new.facts["name"]
    assert "2026-05-17" == new.facts["created"]
    assert site.hash() == new.facts["recalibration"]["hash"]
    assert new.operating_points.keys() == {"screening", "rule_out", "urgent"}


def test_points_and_calibration_are_those_of_the_sites_films(
    site: Manifest, tiny_bundle: Bundle, settings: Config, tmp_path: Path
) -> None:
    predictor = Predictor(tiny_bundle, settings=settings.inference)
    outcomes = [one.outcome for one in screen(site.paths, predictor, config=settings)]
    logit = np.array([film.logit for film in outcomes if isinstance(film, Scored)])

    found = recalibrate(
        tiny_bundle, site, out=tmp_path / "new", minimum_auroc=0.9, config=settings, today=TODAY, repeats=50
    ).bundle

    assert found is not None
    expected = calibration_fit.fit(site.diseased, logit)
    assert expected.temperature == pytest.approx(found.calibration.temperature, rel=1e-5)
    assert 0.5 == found.calibration.prevalence
    flagged = found.calibration.probability(logit) >= found.operating_points["screening"].threshold
    assert found.operating_points["screening"].sensitivity == flagged[site.diseased].mean()
    assert found.tuning_scores is not None
    np.testing.assert_allclose(np.sort(logit[site.diseased]), found.tuning_scores.diseased, rtol=1e-6)


def test_the_card_names_the_parent_and_keeps_its_words(
    site: Manifest, tiny_bundle: Bundle, settings: Config, tmp_path: Path
) -> None:
    recalibrate(
        tiny_bundle, site, out=tmp_path / "new", minimum_auroc=0.9, config=settings, today=TODAY, repeats=50
    )

    card = (tmp_path / "new" / "MODEL_CARD.md").read_text()
    assert card.startswith("# tiny-recalibrated\n")
    assert tiny_bundle.sha256 in card
    assert "50 films of 50 patients, 25 diseased" in card
    assert card.index("## The parent") < card.index("its scores mean brightness")


def test_the_card_is_written_again_with_what_was_found_since(
    site: Manifest, tiny_bundle: Bundle, judgement: Judgement, settings: Config, tmp_path: Path
) -> None:
    found = recalibrate(
        tiny_bundle, site, out=tmp_path / "new", minimum_auroc=0.9, config=settings, today=TODAY, repeats=50
    ).bundle
    assert found is not None

    assert found.model_card == card_of(found, [])
    card = card_of(found, [judgement])
    assert found.model_card.partition("## The parent")[2] == card.partition("## The parent")[2]
    assert judgement.title in card.partition("## The parent")[0]


def test_a_bundle_that_fails_is_not_written(
    tmp_path: Path, grey_film: Write, tiny_bundle: Bundle, settings: Config
) -> None:
    films = site_of(tmp_path / "films", grey_film, normal=range(70, 95), diseased=range(72, 97))

    found = recalibrate(
        tiny_bundle, films, out=tmp_path / "new", minimum_auroc=0.9, config=settings, today=TODAY, repeats=50
    )

    assert found.bundle is None
    assert not found.acceptance.accepted
    assert not (tmp_path / "new").exists()
    assert json.loads(json.dumps(found.as_dict()))["bundle"] is None


def test_films_of_a_test_folder_fix_nothing(
    tmp_path: Path, site: Manifest, tiny_bundle: Bundle, settings: Config
) -> None:
    half = Manifest(
        tuple(replace(film, folder_part="test") if row % 2 else film for row, film in enumerate(site.films))
    )

    with pytest.raises(
        UndefinedMetricError, match="20 films of each class at least; received 12 diseased of 25"
    ):
        recalibrate(tiny_bundle, half, out=tmp_path / "new", minimum_auroc=0.9, config=settings, today=TODAY)


def test_the_films_the_bundle_was_made_from_are_refused(
    tmp_path: Path, site: Manifest, tiny_parts: BundleParts, settings: Config
) -> None:
    facts = {**tiny_parts.facts, "data": {"hash": "another", "sources": [{"hash": site.hash()}]}}
    parent = bundles.save(tmp_path / "parent", replace(tiny_parts, facts=facts))

    with pytest.raises(DataError, match="received those the bundle was made from"):
        recalibrate(parent, site, out=tmp_path / "new", minimum_auroc=0.9, config=settings, today=TODAY)


def test_a_place_that_is_taken_is_refused_before_any_film_is_read(
    tiny_bundle: Bundle, settings: Config
) -> None:
    nothing = Manifest(())

    with pytest.raises(BundleError, match="the new bundle needs a place of its own"):
        recalibrate(
            tiny_bundle, nothing, out=tiny_bundle.folder, minimum_auroc=0.9, config=settings, today=TODAY
        )
