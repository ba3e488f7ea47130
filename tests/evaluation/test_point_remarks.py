from dataclasses import asdict

from firstread.evaluation.between_blocks import PredictionInterval
from firstread.evaluation.point_remarks import order_remark, range_remark, stated_range_remark


def test_points_in_their_usual_order_need_no_remark() -> None:
    assert "" == order_remark({"rule_out": 0.1, "screening": 0.4, "urgent": 0.6})
    assert "" == order_remark({"rule_out": 0.4, "screening": 0.4, "urgent": 0.4})


def test_a_bundle_without_an_urgent_point_needs_no_remark() -> None:
    assert "" == order_remark({"rule_out": 0.1, "screening": 0.9})
    assert "" == order_remark({"urgent": 0.9})


def test_screening_above_urgent_says_which_of_them_decides() -> None:
    remark = order_remark({"rule_out": 0.267, "screening": 0.993, "urgent": 0.460})

    assert "The screening threshold lies above that of urgent" in remark
    assert "URGENT of the reading worklist goes by the screening point alone" in remark


def test_a_range_says_its_level_its_stretches_and_their_source() -> None:
    sensitivity, specificity = (
        PredictionInterval(0.93, 0.82, 0.99, 0.95, stretches=stretches) for stretches in (10, 8)
    )

    remark = range_remark(sensitivity, specificity)

    assert "95\N{NO-BREAK SPACE}% prediction interval" in remark
    assert (
        "differ: 10 with diseased films for sensitivity, 8 with non-diseased ones for specificity" in remark
    )
    assert "another hospital differs by more" in remark


def test_a_bundle_that_does_not_count_its_stretches_is_told_so() -> None:
    interval = PredictionInterval(0.93, 0.82, 0.99, 0.95)

    assert "how many, this bundle does not say" in range_remark(interval, interval)
    assert "" == range_remark(interval, None)


def test_facts_that_state_a_prediction_get_the_same_remark() -> None:
    interval = PredictionInterval(0.93, 0.82, 0.99, 0.95, stretches=10)
    stated = {"predicted_sensitivity": asdict(interval), "predicted_specificity": asdict(interval)}

    assert range_remark(interval, interval) == stated_range_remark(stated)
    assert "" == stated_range_remark({"threshold": 0.5})
