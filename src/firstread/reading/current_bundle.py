"""The model that scores what arrives, as the store knows it."""

from collections.abc import Mapping
from dataclasses import dataclass

from firstread.inference.bundle import Bundle
from firstread.store import outcomes
from firstread.store.outcomes import UsedBundle
from firstread.store.store import Store

__all__ = ["CurrentBundle", "register"]


@dataclass(frozen=True, slots=True)
class CurrentBundle:
    """The model that scores what arrives.

    Args:
        bundle_id: Its number in the store.
        sha256: What it is called everywhere.
        name: Of its folder.
        operating_points: Threshold, sensitivity and specificity of each, by name.
        prevalence: Of disease, in (0, 1): the one that its probabilities refer to; None when it is not known.
    """

    bundle_id: int
    sha256: str
    name: str
    operating_points: Mapping[str, Mapping[str, float]]
    prevalence: float | None


def register(store: Store, bundle: Bundle, *, now: float) -> CurrentBundle:
    """Write a bundle down, when it was not used here before, and return what the store calls it."""
    points = {
        name: {
            "threshold": point.threshold,
            "sensitivity": point.sensitivity,
            "specificity": point.specificity,
        }
        for name, point in bundle.operating_points.items()
    }
    used = UsedBundle(bundle.sha256, bundle.folder.name, points, bundle.calibration.prevalence)
    with store.database.write() as connection:
        bundle_id = outcomes.bundle_id(connection, used, now=now)
    return CurrentBundle(bundle_id, used.sha256, used.name, points, used.prevalence)
