"""The model card: what a bundle is, what it learned from, what it promises and what it does not.

After Mitchell et al., "Model cards for model reporting" (FAT* 2019). Every figure comes from the bundle's facts, or
from an evaluation that is recorded in it; what a person stated is marked as such.
"""

from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean, stdev
from typing import Any

from firstread.evaluation.judgement import Judgement
from firstread.evaluation.point_remarks import order_remark, stated_range_remark
from firstread.reporting.judgement_words import judgement_section
from firstread.reporting.model_card_data import data_limits, data_section
from firstread.reporting.stated_figures import stated

__all__ = ["model_card"]


def model_card(facts: Mapping[str, Any], judgements: Sequence[Judgement] = ()) -> str:
    """Return the card of a bundle in Markdown.

    Args:
        facts: As training writes them.
        judgements: What evaluations on test films found.
    """
    tuning = facts["metrics"]["tuning"]
    sections = (
        f"# {facts['name']}",
        f"> {facts['intended_use']}",
        _model(facts),
        data_section(facts["data"]),
        _figures(tuning),
        *_elsewhere(tuning),
        judgement_section(judgements),
        *_calibration(tuning),
        _cues(tuning),
        _limits(facts),
        *_notes(facts["notes"]),
        "## Licence\n\n" + f"{facts['licence']}. " + " ".join(facts["attribution"]),
    )
    return "\n\n".join(sections) + "\n"


def _model(facts: Mapping[str, Any]) -> str:
    training = facts["training"]
    return (
        "## Model\n\n"
        f"- Network: {facts['architecture']}, one grey channel in, global average pooling, one unit\n"
        f"- Weights started from: {facts['started_from']}\n"
        f"- Trained for {training['epochs_done']} epochs with {training['backend']}, seed {training['seed']}; "
        f"epoch {training['epoch_kept']} was kept for its tuning loss\n"
        f"{_one_of(training)}"
        f"- Exported on {facts['created']}; the exported model differs from the trained one by at most "
        f"{facts['parity']['max_difference']:.1e} in probability ({facts['parity']['n_films']} tuning films)"
        f"{_rounding(facts['parity'])}"
    )


def _one_of(training: Mapping[str, Any]) -> str:
    """Return what the trainings came to that this one was chosen from; nothing where there was no other."""
    if "trainings" not in training:
        return ""
    each = training["trainings"]
    loss, auroc, specificity = (
        f"{fmean(one[name] for one in each):.4f} ± {stdev(one[name] for one in each):.4f}"
        for name in ("tuning_loss", "tuning_auroc", "tuning_specificity")
    )
    return (
        f"- It is that of {len(each)} trainings, seeds {each[0]['seed']} to {each[-1]['seed']}, whose tuning loss is "
        f"the median. On the tuning films each alone, mean ± standard deviation: loss {loss}, AUROC {auroc}, "
        f"specificity at a sensitivity of .95 {specificity}\n"
    )


def _rounding(parity: Mapping[str, Any]) -> str:
    """Return what rounding did; models of an older release were not rounded."""
    if "rounding_max_difference" not in parity:
        return ""
    return (
        "\n- Before that its large kernels were rounded to half precision, which moved a probability by at most "
        f"{parity['rounding_max_difference']:.1e}; calibration and thresholds were fixed afterwards"
    )


def _figures(tuning: Mapping[str, Any]) -> str:
    rows = [
        f"| {name} | {point['threshold']:.4f} | {stated(point['sensitivity'])} | "
        f"{stated(point['specificity'])} | {stated(point['accuracy'])} |"
        for name, point in tuning["operating_points"].items()
    ]
    remark = order_remark({name: point["threshold"] for name, point in tuning["operating_points"].items()})
    return "\n".join(
        (
            "## Figures on the tuning part",
            "",
            f"{_of(tuning, tuning['auroc'])}. "
            f"Always answering with the commoner class would be right on {stated(tuning['null_accuracy'])}.",
            "",
            f"AUROC {stated(tuning['auroc'])}, Brier score {stated(tuning['brier'], 4)}, "
            f"expected calibration error {stated(tuning['ece'], 4)}{_judged_how(tuning)}.",
            "",
            "| operating point | threshold | sensitivity | specificity | accuracy |",
            "|---|---|---|---|---|",
            *rows,
            *(["", remark] if remark else []),
        )
    )


def _judged_how(tuning: Mapping[str, Any]) -> str:
    """Return how probabilities were judged; older facts do not say."""
    if "cross_fitted" not in tuning.get("calibration", {}):
        return ""
    return "; of the last two each film is judged by a calibration fitted on other patients"


def _elsewhere(tuning: Mapping[str, Any]) -> list[str]:
    """Return what each point may do on another stretch of patients; facts of older bundles do not say."""
    points = tuning["operating_points"].items()
    rows = [
        f"| {name} | {stated(point['predicted_sensitivity'])} | {stated(point['predicted_specificity'])} |"
        for name, point in points
        if point.get("predicted_sensitivity")
    ]
    if not rows:
        return []
    return [
        "## What to expect on another stretch of patients\n\n"
        "Each series of patient numbers was cut into contiguous blocks, every block judged at the threshold that the "
        "others choose, and one more block predicted from how much they differ (random effects; 95 % prediction "
        "interval, never narrower than sampling alone). Blocks of one hospital differ less than hospitals do, so this "
        f"is the least to reckon with. {_films(tuning)}.\n\n"
        "| operating point | sensitivity | specificity |\n|---|---|---|\n"
        + "\n".join(rows)
        + f"\n\n{stated_range_remark(next(iter(tuning['operating_points'].values())))}"
    ]


def _calibration(tuning: Mapping[str, Any]) -> list[str]:
    """Return how far stated probabilities can be believed, judged on blocks that were not fitted on."""
    found = tuning.get("calibration")
    if found is None:
        return []
    changed = found.get("changes", 0)
    rows = [
        f"| {words} | {stated(found[name]['ece'], 4)} | {stated(found[name]['brier'], 4)} | "
        f"{stated(found[name]['slope'], 2)} |"
        for name, words in (
            ("uncalibrated", "none"),
            ("temperature_alone", "temperature alone"),
            ("unchanged_films", "temperature and intercept, of unchanged films"),
            ("cross_fitted", f"temperature and intercept{', of changed films' if changed else ''} (used)"),
        )
        if name in found
    ]
    why = (
        f"It was fitted on the tuning films after {changed} changes each that change no diagnosis, because a network "
        "is surer of films like those it learned from than of others; on unchanged films it is too modest for it. "
        if changed
        else ""
    )
    return [
        "## Calibration\n\n"
        f"Temperature {found['temperature']:.4f}, intercept {found['intercept']:.4f}. A probability refers to a room "
        f"where {found['prevalence']:.1%} of the films show pneumonia, as of the tuning films; where fewer do, it is "
        f"too high. {why}Judged on {found['blocks']} blocks of patients, each with a calibration fitted on the others. "
        f"{_of(tuning, found['cross_fitted']['ece'])}:\n\n"
        "| calibration | expected calibration error | Brier score | slope (1 is right) |\n|---|---|---|---|\n"
        + "\n".join(rows)
    ]


def _cues(tuning: Mapping[str, Any]) -> str:
    measures = ("mean_change", "p95_change", "worst_change", "auroc", "sensitivity", "specificity")
    rows = [
        f"| {name} | {' | '.join(stated(found[measure]) for measure in measures)} |"
        for name, found in tuning["cues"].items()
    ]
    return "\n".join(
        (
            "## What is no disease and still moves the score",
            "",
            "The classes of this data differ in aspect ratio, rim and compression. The tuning films changed in these "
            "ways, how far the probability moves (0 would be no reliance), and what the screening threshold is worth "
            f"then. {_of(tuning, next(iter(tuning['cues'].values()))['auroc'])}:",
            "",
            "| change | mean | 95 % of films below | worst of these films | AUROC | sensitivity | specificity |",
            "|---|---|---|---|---|---|---|",
            *rows,
        )
    )


def _limits(facts: Mapping[str, Any]) -> str:
    tuning = facts["metrics"]["tuning"]
    test_films, elsewhere = data_limits(facts["data"])
    return (
        "## What these figures do not say\n\n"
        "- Epoch, temperature and thresholds were chosen on these same tuning films, so the figures flatter. "
        "No film of the official test part was learned from or chosen on.\n"
        + "".join((*_earlier_films(facts), *_earlier_runs(facts)))
        + f"- {test_films}\n"
        f"- {elsewhere} A film whose features the network seldom met carries the shift warning beside its score; one "
        "that differs in what the network does not look at carries none.\n"
        f"- Prevalence here is {tuning['n_diseased'] / tuning['n_films']:.0%}; at another prevalence the predictive "
        "values are others.\n"
        "- A score beside a shift warning was not shown to mean anything.\n"
        "- Augmentation fights the cues above and cannot prove others absent."
    )


def _earlier_films(facts: Mapping[str, Any]) -> Iterator[str]:
    if facts["started_from"].startswith("bundle "):
        yield (
            f"- Weights started from {facts['started_from']}: its own card says which films it had learned from. "
            "Where films of this tuning part are among them, the figures flatter more.\n"
        )


def _earlier_runs(facts: Mapping[str, Any]) -> Iterator[str]:
    """Yield how many runs were judged on the same tuning films; facts of older bundles do not say."""
    beside = facts.get("runs_beside")
    if beside:
        yield (
            f"- {beside} other {'run' if beside == 1 else 'runs'} in the same folder of runs "
            f"{'was' if beside == 1 else 'were'} judged on tuning films of this split, too: whatever was changed "
            "between runs is fitted to them. Runs elsewhere, and deleted ones, are not counted.\n"
        )


def _notes(notes: Sequence[str]) -> list[str]:
    if not notes:
        return []
    return [
        "## Stated by whoever exported this bundle, not measured\n\n"
        + "\n".join(f"- {note}" for note in notes)
    ]


def _films(tuning: Mapping[str, Any]) -> str:
    return f"Tuning part, {tuning['n_films']} films of {tuning['n_patients']} patients, {tuning['n_diseased']} diseased"


def _of(tuning: Mapping[str, Any], figure: object) -> str:
    """Say of which films figures are, and what their intervals are; facts of older bundles hold fewer."""
    intervals = "95 % intervals by patient" if isinstance(figure, Mapping) else "the facts hold no intervals"
    return f"{_films(tuning)}; {intervals}"
