"""What evaluations on test films found, as a card, a checklist and the first box of a report say it."""

from collections.abc import Sequence

from firstread.evaluation.judgement import Judgement
from firstread.reporting.cells import interval_words, level_words, point_words
from firstread.terms import Part

__all__ = ["HEADING", "NONE_ELSEWHERE", "judgement_line", "judgement_lines", "judgement_section"]

HEADING = "## On test films"

NONE_ELSEWHERE = (
    "No external evaluation is recorded: what this model is worth on films of another hospital is not known."
)


def judgement_line(judgement: Judgement) -> str:
    """Return whose films, how many, and the AUROC with its interval, in one sentence."""
    return (
        f"{_whose(judgement)}: AUROC {interval_words(judgement.auroc)} on {_films(judgement)}; "
        f"{level_words(judgement.level)} interval by patient."
    )


def judgement_lines(judgements: Sequence[Judgement], *, part: Part, data: str) -> tuple[str, ...]:
    """Return what a report on some films must say first of what was found on others.

    Args:
        judgements: Of the bundle.
        part: That the report is on.
        data: SHA-256 of the films that the report is on; what was found on these very films is left out.
    """
    lines = tuple(f"Elsewhere: {judgement_line(one)}" for one in judgements if one.data != data)
    external = part is Part.EXTERNAL_TEST or any(one.part is Part.EXTERNAL_TEST for one in judgements)
    return lines if external else (*lines, NONE_ELSEWHERE)


def judgement_section(judgements: Sequence[Judgement]) -> str:
    """Return the card's section in Markdown; where nothing is recorded it says so."""
    blocks = [HEADING]
    if not any(one.part is Part.EXTERNAL_TEST for one in judgements):
        blocks.append(NONE_ELSEWHERE)
    if judgements:
        blocks.append(
            "Films that were named as a test when they were judged, at the thresholds of this bundle; written from the "
            "reports of `firstread evaluate`. What was changed after an earlier look at them is fitted to them."
        )
    return "\n\n".join((*blocks, *(_account(one) for one in judgements)))


def _account(judgement: Judgement) -> str:
    rows = [
        f"| {point_words(point.name)} | {point.threshold:.4f} | {interval_words(point.sensitivity)} | "
        f"{interval_words(point.specificity)} |"
        for point in judgement.points
    ]
    return "\n".join(
        (
            f"### {judgement.title}",
            "",
            f"{_films(judgement)[0].upper()}{_films(judgement)[1:]}; {judgement.part.value} part, judged on "
            f"{judgement.created[:10]} with firstread {judgement.version}. {level_words(judgement.level)} intervals by "
            "patient.",
            "",
            f"AUROC {interval_words(judgement.auroc)}.",
            "",
            "| operating point | threshold | sensitivity | specificity |",
            "|---|---|---|---|",
            *rows,
            "",
            f"- Reference standard, as stated by whoever evaluated: {judgement.reference_standard}",
            f"- Looks at these films, as the ledger counted then: {judgement.looks_by_any_bundle} by any bundle, "
            f"{judgement.looks_by_this_bundle} by this one",
            *(f"- {caution}" for caution in judgement.cautions),
            f"- SHA-256 of the films and their labels: `{judgement.data}`",
        )
    )


def _whose(judgement: Judgement) -> str:
    return f"{judgement.title} ({judgement.part.value}, {judgement.created[:10]})"


def _films(judgement: Judgement) -> str:
    found = (
        ""
        if judgement.n_found == judgement.n_films
        else f" (of {judgement.n_found:,}; the others have no score)"
    )
    return f"{judgement.n_films:,} films{found} of {judgement.n_patients:,} patients, {judgement.n_diseased:,} diseased"
