"""The sections of an account that hold figures: each with its interval, its films and its split."""

from collections.abc import Iterator, Mapping, Sequence

from firstread.evaluation.assessment import AssessedPoint, Assessment
from firstread.evaluation.intervals import Figure, Interval, NotDefined
from firstread.evaluation.point_remarks import order_remark, range_remark
from firstread.reporting.account import Account
from firstread.reporting.cells import interval_words, level_words, number, point_words, range_words
from firstread.reporting.document import Section, Table
from firstread.reporting.plate import Plate
from firstread.reporting.rival_section import rival_section
from firstread.reporting.stated_figures import stated
from firstread.terms import Part

__all__ = ["number_sections"]


def number_sections(account: Account, plates: Sequence[Plate]) -> tuple[Section, ...]:
    """Return what was measured, in reading order."""
    drawn = {plate.name: plate for plate in plates}
    assessed = account.assessment
    sections = [
        _main_figures(account),
        _predicted_and_achieved(account),
        *(_point(account, point) for point in assessed.points),
        _discrimination(account, _those(drawn, "roc", "precision_recall", "scores")),
        _calibration(account, _those(drawn, "reliability")),
        _usefulness(account, _those(drawn, "predictive_values", "decision_curve")),
        _thresholds(account),
    ]
    if assessed.subgroups:
        sections.append(_subgroups(account))
    if account.rival is not None:
        sections.append(rival_section(account, account.rival))
    return tuple(sections)


def _those(drawn: Mapping[str, Plate], *names: str) -> tuple[Plate, ...]:
    return tuple(drawn[name] for name in names if name in drawn)


def _main_figures(account: Account) -> Section:
    assessed = account.assessment
    rows: list[tuple[str, str]] = [
        ("AUROC", interval_words(assessed.auroc, digits=4)),
        ("Average precision (AUPRC)", interval_words(assessed.auprc, digits=4)),
    ]
    if assessed.points:
        first = assessed.points[0]
        at = f"at {point_words(first.name)}, threshold {number(first.threshold, 4)}"
        rows += [
            (f"Sensitivity {at}", interval_words(first.sensitivity)),
            (f"Specificity {at}", interval_words(first.specificity)),
            (f"Accuracy {at}", interval_words(first.accuracy)),
        ]
    rows += [
        ("Null accuracy: the commoner class for every film", interval_words(assessed.null_accuracy)),
        ("Brier score (0 is perfect)", interval_words(assessed.brier, digits=4)),
        ("Expected calibration error (0 is perfect)", interval_words(assessed.ece, digits=4)),
    ]
    return Section(
        "Main figures", tables=(Table(("figure", _interval_heading(assessed)), tuple(rows), _of(account)),)
    )


def _interval_heading(assessed: Assessment) -> str:
    return f"estimate ({level_words(assessed.level)} interval)"


def _of(account: Account) -> str:
    """Say of which films a table is."""
    assessed = account.assessment
    return (
        f"{account.films.part.value.capitalize()} part, {account.films.split}; {assessed.n_films:,} films of "
        f"{assessed.n_patients:,} patients, {assessed.n_diseased:,} diseased."
    )


def _predicted_and_achieved(account: Account) -> Section:
    rows = [row for point in account.assessment.points for row in _promise_rows(account, point)]
    return Section(
        "Operating points: predicted on tuning, achieved here",
        text=(
            _fixed_where(account.films.part),
            "The interval of the prediction counts patients drawn by chance.",
            *filter(None, _remarks(account.assessment.points)),
        ),
        tables=(
            Table(
                (
                    "operating point",
                    "threshold",
                    "figure",
                    "predicted",
                    "range for another stretch of patients",
                    "achieved here",
                ),
                tuple(rows),
                _of(account),
            ),
        ),
    )


def _remarks(points: Sequence[AssessedPoint]) -> Iterator[str]:
    yield order_remark({point.name: point.threshold for point in points})
    if points:
        first = points[0].predicted
        yield range_remark(first.predicted_sensitivity, first.predicted_specificity)


def _fixed_where(part: Part) -> str:
    if part is Part.TUNING:
        return (
            "Each threshold was fixed on the tuning films: where these are the films, predicted and achieved agree "
            "because they are the same."
        )
    return "Each threshold was fixed on tuning films before these films were scored."


def _promise_rows(account: Account, point: AssessedPoint) -> Iterator[tuple[str, ...]]:
    predicted = point.predicted
    for measure, promised, n, spread, achieved in (
        (
            "sensitivity",
            predicted.sensitivity,
            predicted.n_diseased,
            predicted.predicted_sensitivity,
            point.sensitivity,
        ),
        (
            "specificity",
            predicted.specificity,
            predicted.n_non_diseased,
            predicted.predicted_specificity,
            point.specificity,
        ),
    ):
        interval = account.model.predicted.get(point.name, {}).get(measure)
        words = (
            f"{number(promised)} (the bundle holds no interval)"
            if interval is None
            else interval_words(interval)
        )
        yield (
            point_words(point.name),
            number(point.threshold, 4),
            measure,
            f"{words}, n = {n:,}",
            "not in the bundle" if spread is None else range_words(spread),
            f"{interval_words(achieved)}{_beside(interval, achieved)}",
        )


def _beside(predicted: Interval | None, achieved: Figure) -> str:
    """Say it in words when a promise was not kept: when the two intervals do not meet."""
    if predicted is None or not isinstance(achieved, Interval):
        return ""
    if achieved.high < predicted.low:
        return " – below what was predicted"
    return " – above what was predicted" if achieved.low > predicted.high else ""


def _point(account: Account, point: AssessedPoint) -> Section:
    counts = point.confusion
    name = point_words(point.name)
    return Section(
        f"At the {name} point",
        tables=(
            Table(
                ("", "flagged", "not flagged", "all"),
                (
                    _counts("diseased", counts.true_positive, counts.false_negative),
                    _counts("non-diseased", counts.false_positive, counts.true_negative),
                    _counts(
                        "all",
                        counts.true_positive + counts.false_positive,
                        counts.false_negative + counts.true_negative,
                    ),
                ),
                f"Films; flagged from probability {number(point.threshold, 4)}. {_of(account)}",
            ),
            Table(
                ("class", "precision", "recall", "F1", "support"),
                tuple(
                    (
                        "diseased" if row.diseased else "non-diseased",
                        interval_words(row.precision),
                        interval_words(row.recall),
                        interval_words(row.f1),
                        f"{row.support:,}",
                    )
                    for row in point.classes
                ),
                f"Per class, with {level_words(account.assessment.level)} intervals. Accuracy "
                f"{interval_words(point.accuracy)}; the commoner class for every film has "
                f"{interval_words(account.assessment.null_accuracy)}. "
                f"PPV {interval_words(point.ppv)}, NPV {interval_words(point.npv)}, at the prevalence of these films.",
            ),
        ),
    )


def _counts(name: str, flagged: int, not_flagged: int) -> tuple[str, ...]:
    return (name, f"{flagged:,}", f"{not_flagged:,}", f"{flagged + not_flagged:,}")


def _discrimination(account: Account, plates: tuple[Plate, ...]) -> Section:
    roc = account.assessment.roc
    missing = (f"There is no curve: {roc.reason}",) if isinstance(roc, NotDefined) else ()
    return Section("How well diseased and non-diseased films are told apart", text=missing, plates=plates)


_CALIBRATION = (
    ("calibration_slope", "slope", "Calibration slope (1 is right; below 1: too sure)", 3),
    (
        "calibration_intercept",
        "intercept",
        "Calibration intercept, fitted with the slope (0 is right)",
        3,
    ),
    (
        "calibration_in_the_large",
        "in_the_large",
        "Calibration in the large (0 is right; above 0: more disease than stated)",
        3,
    ),
    ("ece", "ece", "Expected calibration error, 15 bins", 4),
    ("brier", "brier", "Brier score", 4),
)


def _calibration(account: Account, plates: tuple[Plate, ...]) -> Section:
    assessed, before = account.assessment, account.model.cross_fitted
    columns = ["figure", _interval_heading(assessed)]
    rows = [
        [title, interval_words(getattr(assessed, name), digits=digits)]
        for name, _, title, digits in _CALIBRATION
    ]
    text = []
    if before:
        columns.append("tuning films, cross-fitted")
        for row, (_, name, _, digits) in zip(rows, _CALIBRATION, strict=True):
            row.append(stated(before[name], digits) if name in before else "–")
        text.append(
            "Cross-fitted: each block of the tuning films judged by a calibration that was fitted on the other blocks."
        )
        if account.films.part is Part.TUNING:
            text.append(
                "The calibration was fitted on these very films, so the last column is the one to believe."
            )
    return Section(
        "Whether the probability means what it says",
        text=tuple(text),
        tables=(Table(tuple(columns), tuple(map(tuple, rows)), _of(account)),),
        plates=plates,
    )


def _usefulness(account: Account, plates: tuple[Plate, ...]) -> Section:
    tables = tuple(_predictive_table(account, point) for point in account.assessment.points)
    level = level_words(account.assessment.level)
    return Section(
        "What a flag is worth at another prevalence",
        text=(
            "Sensitivity and specificity are assumed to stay as they came out here, and only the prevalence to differ; "
            "in another place they seldom stay.",
            f"Limits put the lower {level} limits of sensitivity and specificity together, and the upper ones: a range "
            "for what both might be at once, wider than an interval of the predictive value alone.",
        ),
        tables=tables,
        plates=plates,
    )


_SHOWN_PREVALENCES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75)


def _predictive_table(account: Account, point: AssessedPoint) -> Table:
    values, level = point.predictive_values, account.assessment.level
    name = point_words(point.name).capitalize()
    caption = f"{name} point, sensitivity and specificity assumed unchanged. {_of(account)}"
    if isinstance(values, NotDefined):
        return Table(("PPV and NPV",), ((f"not defined: {values.reason}",),), caption)
    nearest = sorted(
        {
            min(range(values.prevalence.size), key=lambda row: abs(values.prevalence[row] - wanted))
            for wanted in _SHOWN_PREVALENCES
        }
    )
    rows = tuple(
        (
            f"{100 * values.prevalence[row]:.1f} %",
            _banded(values.ppv[row], values.ppv_low[row], values.ppv_high[row], level),
            _banded(values.npv[row], values.npv_low[row], values.npv_high[row], level),
        )
        for row in nearest
    )
    return Table(("prevalence", "PPV", "NPV"), rows, caption)


def _banded(middle: float, low: float, high: float, level: float) -> str:
    if middle != middle:  # NaN: nobody is flagged, or everybody
        return "not defined: no film is on this side of the threshold"
    return interval_words(Interval(middle, low, high, level))


def _thresholds(account: Account) -> Section:
    rows = tuple(
        (
            number(row.threshold),
            *(
                interval_words(figure)
                for figure in (row.flagged, row.sensitivity, row.specificity, row.ppv, row.npv)
            ),
        )
        for row in account.assessment.thresholds
    )
    return Section(
        "What other thresholds would do",
        text=(
            "For reading only. A threshold that is chosen on the films it is then judged on looks better than it is: "
            "choose on films of your own (firstread recalibrate), and judge on others.",
        ),
        tables=(
            Table(("threshold", "flagged", "sensitivity", "specificity", "PPV", "NPV"), rows, _of(account)),
        ),
    )


def _subgroups(account: Account) -> Section:
    assessed = account.assessment
    names = [point.name for point in assessed.points]
    rows = tuple(
        (
            group.series,
            f"{group.n_diseased:,} of {group.n_patients:,}",
            interval_words(group.auroc, digits=4),
            *(interval_words(group.sensitivity[name]) for name in names),
        )
        for group in assessed.subgroups
    )
    n_others = assessed.n_films - assessed.n_diseased
    return Section(
        "Series of diseased films separately",
        text=(f"Each series of diseased films against all {n_others:,} non-diseased films.",),
        tables=(
            Table(
                (
                    "series",
                    "films of patients",
                    "AUROC",
                    *(f"sensitivity, {point_words(name)}" for name in names),
                ),
                rows,
                _of(account),
            ),
        ),
    )
