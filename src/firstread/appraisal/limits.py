"""What must be known before the figures of a report, and what must not be taken from them."""

from collections.abc import Mapping
from typing import Any

from firstread.appraisal.parts import split_settings
from firstread.errors import DataError
from firstread.evaluation.scored_films import ScoredFilms
from firstread.terms import Part

__all__ = ["cannot_say", "cautions", "rival_caution"]

_OF_PART: Mapping[Part, str] = {
    Part.TRAINING: "The model learned from these very films: the figures say how well it remembers them, and nothing "
    "about other films.",
    Part.TUNING: "Epoch, calibration and operating points were chosen on these very films: the figures flatter. "
    "Only films that nothing was chosen on can judge the model.",
}


def cautions(
    part: Part, *, same_films: bool | None, n_synthetic: int, n_not_scored: int, n_found: int
) -> tuple[str, ...]:
    """Return what must be known before the figures.

    Args:
        part: The films belong to.
        same_films: The folder holds the films that the bundle was made from; None where that was not asked, or the
            bundle does not say.
        n_synthetic: Films of the part that say they show nobody.
        n_not_scored: Films of the part that have no score.
        n_found: Films of the part.
    """
    found = [_OF_PART[part]] if part in _OF_PART else []
    if part in _OF_PART and same_films is not True:
        found.append(
            f"The bundle does not name these films as the ones it was made from, so this may not be its {part.value} "
            "part: films it learned from may be among them."
        )
    if n_synthetic:
        found.append(
            f"{n_synthetic:,} of {n_found:,} films are synthetic and show nobody: the figures say that everything "
            "runs, and nothing about patients."
        )
    if n_not_scored:
        found.append(
            f"Of {n_found:,} films, {n_not_scored:,} could not be scored and count in no figure; each is listed with "
            "its reason."
        )
    return tuple(found)


def rival_caution(part: Part, facts: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[str, ...]:
    """Say so when a second bundle may have learned from the films that both are judged on."""
    if part not in _OF_PART:
        return ()
    try:
        same = split_settings(facts) == split_settings(other) and _hash(facts) == _hash(other)
    except DataError:
        same = False
    if same:
        return ()
    return (
        f"{other.get('name', 'The second bundle')} was not made from the same films in the same split: "
        "it may have learned from films that the comparison is made on.",
    )


def cannot_say(part: Part, films: ScoredFilms) -> tuple[str, ...]:
    """Return what a reader must not take from the report.

    Args:
        part: The films belong to.
        films: That were scored.
    """
    here = (
        ""
        if part is Part.EXTERNAL_TEST
        else ", and the films come from where the model's own films come from"
    )
    said = [
        f"How the model does elsewhere: intervals count only that other patients like these {films.n_patients:,} might "
        f"have come{here}. Another hospital, age, device or way of storing films differs by more.",
        "Whether the reference standard is right: what the source calls diseased is held to be true, and its errors "
        "count as the model's.",
        "Anything about disease other than the one that was labelled, or about how ill a patient is.",
        "What a flag is worth at another prevalence, unless sensitivity and specificity stay the same: they rarely do.",
        "What the model looks at. Classes that differ in size, shape, compression or borders can be told apart without "
        "any disease: see firstread audit.",
        "Whether patients fare better: no reader, no reading worklist and no outcome is in these figures.",
    ]
    if len({series for series, ill in zip(films.series, films.diseased, strict=True) if ill}) < 2:
        said.append("How kinds of disease differ: the diseased films come as one series.")
    return tuple(said)


def _hash(facts: Mapping[str, Any]) -> object:
    data = facts.get("data")
    return data.get("hash") if isinstance(data, Mapping) else None
