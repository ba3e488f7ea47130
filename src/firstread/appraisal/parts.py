"""Which films of a folder a bundle is judged on."""

from collections.abc import Mapping
from typing import Any

from firstread.config import Training
from firstread.data import splits
from firstread.data.manifest import Manifest
from firstread.errors import DataError
from firstread.terms import Part

__all__ = ["TEST_PARTS", "films_of_part", "made_from", "split_settings"]

TEST_PARTS = (Part.INTERNAL_TEST, Part.EXTERNAL_TEST)
"""Parts that nothing may be chosen on; each look at them goes into the ledger."""

_SPLIT_SETTINGS = ("split", "blocks", "tuning_block", "seed")


def split_settings(facts: Mapping[str, Any], *, split: str | None = None) -> Training:
    """Return how a bundle's films were split: as its facts say, or as named.

    Raises:
        DataError: If neither says it.
    """
    training = facts.get("training")
    stated = training if isinstance(training, Mapping) else {}
    known = {name: stated[name] for name in _SPLIT_SETTINGS if name in stated}
    if split is not None:
        known["split"] = split
    if "split" not in known:
        raise DataError(
            f"The bundle {facts.get('name', '')!s} must say how its films were split; it does not. "
            "firstread evaluate takes it as --split id-block, patient-grouped or official."
        )
    return Training(**known)


def films_of_part(
    manifest: Manifest, part: Part, facts: Mapping[str, Any], *, split: str | None = None
) -> tuple[Manifest, str, str]:
    """Return the films a bundle is judged on, and how they were chosen: in a few words, and in a sentence.

    Args:
        manifest: Of the folder.
        part: Training and tuning are made again as the bundle's training made them; internal test is the test
            folder; external test is every film of a folder the bundle has nothing to do with.
        facts: The bundle's.
        split: Instead of the split the facts state.

    Raises:
        DataError: If the folder has no such films, or a patient would be in two parts.
    """
    if part is Part.EXTERNAL_TEST:
        return manifest, "no split", "Every film of the folder."
    delivered = {film.folder_part for film in manifest.films}
    if part is Part.INTERNAL_TEST and delivered == {"test"}:
        return manifest, "as delivered", "The test folder as delivered; the folder holds no other part."
    cut = splits.made_by(manifest, split_settings(facts, split=split))
    if part not in cut.parts:
        raise DataError(
            f"The folder must hold a test part; it holds {', '.join(sorted(delivered))}. "
            "Films from elsewhere are an external test (--part external-test)."
        )
    if part is Part.INTERNAL_TEST:
        return (
            cut.parts[part],
            "as delivered",
            "The test folder as delivered; no patient of it is in another part.",
        )
    return cut.parts[part], f"{cut.name} split", cut.description


def made_from(facts: Mapping[str, Any]) -> frozenset[str]:
    """Return the hashes of the data sets a bundle learned from, as far as its facts name them."""
    data = facts.get("data")
    if not isinstance(data, Mapping):
        return frozenset()
    return frozenset(one["hash"] for one in (data, *data.get("sources", ())) if "hash" in one)
