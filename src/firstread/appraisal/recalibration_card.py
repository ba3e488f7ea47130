"""What a recalibrated bundle's model card says before its parent's."""

from collections.abc import Mapping, Sequence
from typing import Any

from firstread.evaluation.judgement import Judgement
from firstread.evaluation.point_remarks import order_remark, stated_range_remark
from firstread.reporting.judgement_words import judgement_section
from firstread.reporting.stated_figures import stated

__all__ = ["extended_card", "written_again"]

_PARENT = "## The parent"


def written_again(card: str, facts: Mapping[str, Any], judgements: Sequence[Judgement]) -> str:
    """Return a recalibrated bundle's card with other judgements; what it quotes of its parent stays.

    Args:
        card: Markdown, from `extended_card`.
        facts: Of the recalibrated bundle.
        judgements: Of the recalibrated bundle on test films.
    """
    _, _, parent = card.partition(f"\n{_PARENT}\n")
    return extended_card(f"# {facts['parent']['name']}\n{parent}", facts, judgements)


def extended_card(parent_card: str, facts: Mapping[str, Any], judgements: Sequence[Judgement] = ()) -> str:
    """Return the parent's card under a new name, headed by what was fixed on the site's films.

    Args:
        parent_card: Markdown.
        facts: Of the new bundle; they name the parent.
        judgements: Of the new bundle on test films; the parent's were made with other thresholds.
    """
    _, _, rest = parent_card.partition("\n")
    return (
        "\n\n".join(
            (
                f"# {facts['name']}",
                _heading(facts),
                _points(facts["metrics"]["tuning"]),
                _calibration(facts["metrics"]["tuning"]),
                judgement_section(judgements),
                f"Below is the card of the parent, {facts['parent']['name']}. Its network is this one's; its "
                "thresholds, its calibration and the figures at them are not.",
            )
        )
        + f"\n\n{_PARENT}\n\n{rest.strip()}\n"
    )


def _heading(facts: Mapping[str, Any]) -> str:
    site, parent = facts["recalibration"], facts["parent"]
    auroc = site["acceptance"]["auroc"]
    return (
        "## Recalibrated on a site's films\n\n"
        f"- Parent: {parent['name']}, SHA-256 `{parent['sha256']}`; network, weights and shift reference unchanged\n"
        f"- On {facts['created']}, on {site['films']} films of {site['patients']} patients, {site['diseased']} "
        f"diseased; SHA-256 of the films and their labels: `{site['hash']}`\n"
        f"- Acceptance: the lower 95 % limit of the AUROC had to be above "
        f"{site['acceptance']['minimum_auroc']:.3f}; found {_with_interval(auroc)}\n"
        "- The figures below were found on the films that fixed the points, so they flatter; what to "
        "expect is the range for another stretch of patients, each stretch judged by the others"
    )


def _points(tuning: Mapping[str, Any]) -> str:
    rows = [
        f"| {name} | {point['threshold']:.4f} | {_with_interval(point['sensitivity'])} | "
        f"{_range(point['predicted_sensitivity'])} | {_with_interval(point['specificity'])} | "
        f"{_range(point['predicted_specificity'])} |"
        for name, point in tuning["operating_points"].items()
    ]
    remarks = (
        order_remark({name: point["threshold"] for name, point in tuning["operating_points"].items()}),
        stated_range_remark(tuning["operating_points"]["screening"]),
    )
    return (
        "| operating point | threshold | sensitivity | to expect | specificity | to expect |\n"
        "|---|---|---|---|---|---|\n"
        + "\n".join(rows)
        + "".join(f"\n\n{remark}" for remark in filter(None, remarks))
    )


def _calibration(tuning: Mapping[str, Any]) -> str:
    found = tuning["calibration"]
    judged = found["cross_fitted"]
    return (
        f"Temperature {found['temperature']:.4f}, intercept {found['intercept']:.4f}: a probability refers to a "
        f"prevalence of {found['prevalence']:.1%}. Judged on {found['blocks']} blocks of patients by calibrations "
        f"fitted on the others: expected calibration error {stated(judged['ece'], 4)}, Brier score "
        f"{stated(judged['brier'], 4)}, slope {stated(judged['slope'], 2)}."
    )


def _with_interval(value: Mapping[str, float]) -> str:
    return f"{value['estimate']:.3f} ({_range(value)})"


def _range(value: Mapping[str, float] | None) -> str:
    return "not defined" if value is None else f"{value['low']:.3f}–{value['high']:.3f}"
