"""The model that scores what arrives, as the store knows it."""

from collections.abc import Mapping
from dataclasses import dataclass

from firstread.inference.bundle import Bundle
from firstread.store import outcomes
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
    """

    bundle_id: int
    sha256: str
    name: str
    operating_points: Mapping[str, Mapping[str, float]]


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
    name = bundle.folder.name
    with store.database.write() as connection:
        bundle_id = outcomes.bundle_id(
            connection, sha256=bundle.sha256, name=name, operating_points=points, now=now
        )
    return CurrentBundle(bundle_id, bundle.sha256, name, points)
