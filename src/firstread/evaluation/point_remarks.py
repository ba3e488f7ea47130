"""What a table of operating points must say below it."""

from collections.abc import Mapping
from typing import Any

from firstread.evaluation.between_blocks import PredictionInterval

__all__ = ["order_remark", "range_remark", "stated_range_remark"]


def order_remark(thresholds: Mapping[str, float]) -> str:
    """Return what it means that `screening` lies above `urgent`; empty where it does not.

    Args:
        thresholds: Of the operating points, by name.
    """
    if "screening" not in thresholds or thresholds["screening"] <= thresholds.get("urgent", 1.0):
        return ""
    return (
        "The screening threshold lies above that of urgent, against the usual order: on the films that fixed them, "
        "every threshold between the two is sensitive enough for the one and specific enough for the other. Other "
        "films need not be told apart so well. The band URGENT of the reading worklist goes by the screening point "
        "alone; the point named urgent decides nothing there."
    )


def range_remark(sensitivity: PredictionInterval | None, specificity: PredictionInterval | None) -> str:
    """Return what the ranges for another stretch of patients are, and are not; empty where there are none.

    Args:
        sensitivity: Of any operating point: all are predicted from the same stretches.
        specificity: Of the same point.
    """
    if sensitivity is None or specificity is None:
        return ""
    return (
        f"The range for another stretch of patients is a {100 * sensitivity.level:g}\N{NO-BREAK SPACE}% prediction "
        "interval from how stretches of the tuning films' patient numbers differ: "
        f"{_stretches(sensitivity, specificity)}. All come from one source; another hospital differs by more."
    )


def stated_range_remark(point: Mapping[str, Any]) -> str:
    """Return `range_remark` of an operating point as a bundle's facts state it.

    Args:
        point: With predicted_sensitivity and predicted_specificity as plain values, where they were predicted.
    """
    sensitivity, specificity = (
        PredictionInterval(**point[name]) if point.get(name) else None
        for name in ("predicted_sensitivity", "predicted_specificity")
    )
    return range_remark(sensitivity, specificity)


def _stretches(sensitivity: PredictionInterval, specificity: PredictionInterval) -> str:
    if sensitivity.stretches is None or specificity.stretches is None:
        return "how many, this bundle does not say"
    return (
        f"{sensitivity.stretches} with diseased films for sensitivity, {specificity.stretches} with non-diseased ones "
        "for specificity"
    )
