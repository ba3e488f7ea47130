"""What a model card says of the films: whose they are, how many, and what each data set was for."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

__all__ = ["data_limits", "data_section"]


def data_section(data: Mapping[str, Any]) -> str:
    """Return the card's section about the films.

    Args:
        data: As the facts of a bundle hold it; facts of older bundles hold no `sources`, and all of them are of the
            Kaggle films.
    """
    sources = data.get("sources", ())
    return "\n".join(
        (
            "## Data",
            "",
            *_whose(sources),
            f"Split: {data['split']}. {data['split_description']} No patient is in two parts.",
            "",
            "| part | films | pneumonia | normal | patients |",
            "|---|---|---|---|---|",
            *_rows(data["parts"]),
            "",
            *(_joined(sources) if len(sources) > 1 else _hash("the films", data["hash"])),
        )
    )


def data_limits(data: Mapping[str, Any]) -> tuple[str, str]:
    """Return what must not be expected: of the test films of this data, and of films from elsewhere."""
    if _only_kaggle(data.get("sources", ())):
        return (
            "The official test of the Kaggle data differs from the training films more than tuning films do; what "
            "these figures promise need not be kept there.",
            "Adults, other hospitals, lateral views and other diseases were not learned.",
        )
    return (
        "Test films differ from the training films more than tuning films do; what these figures promise need not be "
        "kept there.",
        "Ages, hospitals, view positions and diseases other than those of these films were not learned.",
    )


def _only_kaggle(sources: Sequence[Mapping[str, Any]]) -> bool:
    return not any(source["listed"] for source in sources)


def _whose(sources: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if not sources or not all(source["listed"] for source in sources):
        yield "The Kaggle films (Kermany et al. 2018) are of children of 1 to 5 years, frontal, from one hospital."
    for source in sources:
        if source["listed"]:
            yield (
                f"The films of {source['name']} are listed in a manifest.csv, which states what is held to be true of "
                "each, and not whom they show or who labelled them."
            )


def _joined(sources: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield which films of each data set are for what, and for whom the thresholds are."""
    first, *others = sources
    only_learned = ", ".join(other["name"] for other in others)
    yield (
        f"Epoch, calibration and every threshold were chosen on films of {first['name']} alone: what this card "
        f"promises is promised for films like those. Learned from only: {only_learned}. "
        "A threshold for another hospital: `firstread recalibrate`, with films that were not learned from."
    )
    for source in sources:
        yield from (
            "",
            f"| {source['name']} | films | pneumonia | normal | patients |",
            "|---|---|---|---|---|",
        )
        yield from _rows(source["parts"])
        yield ""
        if source["left_out"]:
            yield (
                f"{source['left_out']} films of {source['name']} were left out: {first['name']} tunes or tests on "
                "their patients."
            )
        yield from _hash(f"the films of {source['name']}", source["hash"])


def _rows(parts: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    for part, counts in parts.items():
        yield f"| {part} | {counts['films']} | {counts['diseased']} | {counts['non_diseased']} | {counts['patients']} |"


def _hash(films: str, value: str) -> Iterator[str]:
    yield f"SHA-256 of {films} and their labels: `{value}`"
