"""The model card: what a bundle is, what it learned from, what it promises and what it does not.

After Mitchell et al., "Model cards for model reporting" (FAT* 2019). Every figure comes from the bundle's facts.
"""

from typing import Any

__all__ = ["model_card"]


def model_card(facts: dict[str, Any]) -> str:
    """Return the card of a bundle in Markdown.

    Args:
        facts: As `facts_of` returns them.
    """
    tuning = facts["metrics"]["tuning"]
    sections = (
        f"# {facts['name']}",
        f"> {facts['intended_use']}",
        _model(facts),
        _data(facts),
        _figures(tuning),
        *_elsewhere(tuning),
        *_calibration(tuning),
        _cues(tuning["cues"]),
        _limits(tuning, facts["notes"]),
        "## Licence\n\n" + f"{facts['licence']}. " + " ".join(facts["attribution"]),
    )
    return "\n\n".join(sections) + "\n"


def _model(facts: dict[str, Any]) -> str:
    training = facts["training"]
    return (
        "## Model\n\n"
        f"- Network: {facts['architecture']}, one grey channel in, global average pooling, one unit\n"
        f"- Weights started from: {facts['started_from']}\n"
        f"- Trained for {training['epochs_done']} epochs with {training['backend']}, seed {training['seed']}; "
        f"epoch {training['epoch_kept']} was kept for its tuning loss\n"
        f"- Exported on {facts['created']}; the exported model differs from the trained one by at most "
        f"{facts['parity']['max_difference']:.1e} in probability ({facts['parity']['n_films']} tuning films)"
    )


def _data(facts: dict[str, Any]) -> str:
    data = facts["data"]
    rows = [
        f"| {part} | {counts['films']} | {counts['diseased']} | {counts['non_diseased']} | {counts['patients']} |"
        for part, counts in data["parts"].items()
    ]
    return "\n".join(
        (
            "## Data",
            "",
            "The Kaggle films (Kermany et al. 2018) are of children of 1 to 5 years, frontal, from one hospital.",
            f"Split: {data['split']}. {data['split_description']} No patient is in two parts.",
            "",
            "| part | films | pneumonia | normal | patients |",
            "|---|---|---|---|---|",
            *rows,
            "",
            f"SHA-256 of the films and their labels: `{data['hash']}`",
        )
    )


def _figures(tuning: dict[str, Any]) -> str:
    rows = [
        f"| {name} | {point['threshold']:.4f} | {_with_interval(point['sensitivity'])} | "
        f"{_with_interval(point['specificity'])} | {_with_interval(point['accuracy'])} |"
        for name, point in tuning["operating_points"].items()
    ]
    return "\n".join(
        (
            "## Figures on the tuning part",
            "",
            f"{tuning['n_films']} films of {tuning['n_patients']} patients; 95 % intervals by patient. "
            f"Always answering with the commoner class would be right on {tuning['null_accuracy']:.3f}.",
            "",
            f"AUROC {_with_interval(tuning['auroc'])}, Brier score {tuning['brier']:.4f}, "
            f"expected calibration error {tuning['ece']:.4f}.",
            "",
            "| operating point | threshold | sensitivity | specificity | accuracy |",
            "|---|---|---|---|---|",
            *rows,
        )
    )


def _elsewhere(tuning: dict[str, Any]) -> list[str]:
    """Return what each point may do on another stretch of patients; facts of older bundles do not say."""
    points = tuning["operating_points"].items()
    rows = [
        f"| {name} | {_with_interval(point['predicted_sensitivity'])} | "
        f"{_with_interval(point['predicted_specificity'])} |"
        for name, point in points
        if point.get("predicted_sensitivity")
    ]
    if not rows:
        return []
    return [
        "## What to expect on other films\n\n"
        "Each series of patient numbers was cut into contiguous blocks, every block judged at the threshold that the "
        "others choose, and one more block predicted from how much they differ (random effects; 95 % prediction "
        "interval, never narrower than sampling alone). Blocks of one hospital differ less than hospitals do, so this "
        "is the least to reckon with.\n\n"
        "| operating point | sensitivity | specificity |\n|---|---|---|\n" + "\n".join(rows)
    ]


def _calibration(tuning: dict[str, Any]) -> list[str]:
    """Return how far stated probabilities can be believed, judged on blocks that were not fitted on."""
    found = tuning.get("calibration")
    if found is None:
        return []
    rows = [
        f"| {words} | {found[name]['ece']:.4f} | {found[name]['brier']:.4f} | {found[name]['slope']:.2f} |"
        for name, words in (
            ("uncalibrated", "none"),
            ("temperature_alone", "temperature alone"),
            ("cross_fitted", "temperature and intercept (used)"),
        )
    ]
    return [
        "## Calibration\n\n"
        f"Temperature {found['temperature']:.4f}, intercept {found['intercept']:.4f}. A probability refers to a room "
        f"where {found['prevalence']:.1%} of the films show pneumonia, as of the tuning films; where fewer do, it is "
        f"too high. Judged on {found['blocks']} blocks of patients, each with a calibration fitted on the others:\n\n"
        "| calibration | expected calibration error | Brier score | slope (1 is right) |\n|---|---|---|---|\n"
        + "\n".join(rows)
    ]


def _cues(cues: dict[str, dict[str, float]]) -> str:
    rows = [
        f"| {name} | {found['mean_change']:.3f} | {found['p95_change']:.3f} | {found['worst_change']:.3f} | "
        f"{found['auroc']:.3f} | {found['sensitivity']:.3f} | {found['specificity']:.3f} |"
        for name, found in cues.items()
    ]
    return "\n".join(
        (
            "## What is no disease and still moves the score",
            "",
            "The classes of this data differ in aspect ratio, rim and compression. The tuning films changed in these "
            "ways, how far the probability moves (0 would be no reliance), and what the screening threshold is worth "
            "then:",
            "",
            "| change | mean | 95 % of films below | worst film | AUROC | sensitivity | specificity |",
            "|---|---|---|---|---|---|---|",
            *rows,
        )
    )


def _limits(tuning: dict[str, Any], notes: list[str]) -> str:
    return (
        "## What these figures do not say\n\n"
        "- Epoch, temperature and thresholds were chosen on these same tuning films, so the figures flatter. "
        "No film of the official test part was used or looked at.\n"
        "- The official test of the Kaggle data differs from the training films more than tuning films do; networks "
        "tuned like this one have lost 20 points of specificity there.\n"
        "- Adults, other hospitals, lateral views and other diseases were not learned. Where films differ from the "
        "training films, the shift warning is shown beside the score.\n"
        f"- Prevalence here is {tuning['n_diseased'] / tuning['n_films']:.0%}; at another prevalence the predictive "
        "values are others.\n"
        "- A score beside a shift warning was not shown to mean anything.\n"
        "- Augmentation fights the cues above and cannot prove others absent."
        + "".join(f"\n- {note}" for note in notes)
    )


def _with_interval(value: dict[str, float]) -> str:
    return f"{value['estimate']:.3f} ({value['low']:.3f}–{value['high']:.3f})"
