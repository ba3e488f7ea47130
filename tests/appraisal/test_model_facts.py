from dataclasses import replace

import pytest

from firstread.appraisal.model_facts import model_of
from firstread.errors import BundleError
from firstread.evaluation.intervals import Interval
from firstread.inference import bundle as bundles
from firstread.inference.bundle import Bundle


def test_the_shipped_bundle_says_what_it_promised() -> None:
    bundle = bundles.load(bundles.shipped())

    model = model_of(bundle)

    stated = bundle.facts["metrics"]["tuning"]["operating_points"]["screening"]["sensitivity"]
    assert (
        Interval(stated["estimate"], stated["low"], stated["high"], 0.95)
        == (model.predicted["screening"]["sensitivity"])
    )
    assert bundle.sha256 == model.sha256
    assert "994 of 455 patients, 840 diseased" == model.facts["tuning films"]
    assert 2 == len(model.attribution)


def test_what_a_bundle_does_not_state_is_left_out(tiny_bundle: Bundle) -> None:
    model = model_of(tiny_bundle)

    assert ({}, (), ()) == (model.predicted, model.notes, model.attribution)
    assert {"licence": "Apache-2.0", "calibration": "temperature 1.2500, intercept 0.0000"} == model.facts
    assert tiny_bundle.folder.name == model_of(replace(tiny_bundle, facts={})).name


@pytest.mark.parametrize(
    "facts",
    [
        {"metrics": None},
        {"metrics": {"tuning": []}},
        {"notes": 3},
        {"data": {"parts": {"training": {"films": 3}}}},
    ],
)
def test_facts_of_another_form_are_refused_by_name(tiny_bundle: Bundle, facts: dict[str, object]) -> None:
    """A bundle made by hand, with the right hashes."""
    with pytest.raises(BundleError, match=r"facts\.json: notes, data and metrics must have the form"):
        model_of(replace(tiny_bundle, facts=facts))
