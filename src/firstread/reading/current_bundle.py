"""The model that scores what arrives, as the store knows it."""

from collections.abc import Mapping
from dataclasses import dataclass

from firstread.inference.bundle import Bundle
from firstread.store import outcomes, queue
from firstread.store.database import Transaction
from firstread.store.outcomes import UsedBundle
from firstread.store.store import Store

__all__ = ["CurrentBundle", "register", "take_over"]


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
    with store.database.write() as connection:
        return _registered(connection, bundle, now)


def take_over(store: Store, bundle: Bundle, *, now: float) -> CurrentBundle:
    """Let a bundle score what arrives from now on, and what still waits for another one; for a server to call.

    Its workers lease the films of this bundle alone: those that waited for the one before would wait for ever.
    """
    with store.database.write() as connection:
        current = _registered(connection, bundle, now)
        queue.hand_over(connection, bundle_id=current.bundle_id)
    return current


def _registered(connection: Transaction, bundle: Bundle, now: float) -> CurrentBundle:
    points = {
        name: {
            "threshold": point.threshold,
            "sensitivity": point.sensitivity,
            "specificity": point.specificity,
        }
        for name, point in bundle.operating_points.items()
    }
    used = UsedBundle(bundle.sha256, bundle.folder.name, points, bundle.calibration.prevalence)
    bundle_id = outcomes.bundle_id(connection, used, now=now)
    return CurrentBundle(bundle_id, used.sha256, used.name, points, used.prevalence)
