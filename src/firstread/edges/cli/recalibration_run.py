"""One recalibration: refuse what cannot be written, score with progress, tell, write."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firstread.config import Config
from firstread.edges.cli import destinations
from firstread.edges.cli.destinations import STDOUT

if TYPE_CHECKING:
    from firstread.appraisal.recalibrate import Recalibration
    from firstread.appraisal.site_shift import SiteShift
    from firstread.evaluation.tuning import Tuned

__all__ = ["recalibrate", "survey"]

SEED = 20


def recalibrate(
    bundle: Path, folder: Path, *, out: Path, minimum_auroc: float, json: Path | None, settings: Config
) -> bool:
    """Test a bundle on films with labels and write it anew; return whether it passed."""
    _check(json)
    destinations.check_file(out.parent / f".{out.name}.json", (".json",))
    from firstread.appraisal import recalibrate as recalibration
    from firstread.data import sources
    from firstread.edges.cli.progress import progress
    from firstread.inference import bundle as bundles

    parent, manifest = bundles.load(bundle), sources.read(folder)
    with progress(len(manifest)) as advance:
        found = recalibration.recalibrate(
            parent,
            manifest,
            out=out,
            minimum_auroc=minimum_auroc,
            config=settings,
            today=datetime.now(UTC).astimezone().date(),
            on_progress=advance,
        )
    _tell(_recalibrated(found), found.as_dict(), json)
    return found.bundle is not None


def survey(bundle: Path, folder: Path, *, json: Path | None, settings: Config) -> None:
    """Compare films without labels with the films a bundle was tuned on."""
    _check(json)
    import numpy as np

    from firstread.appraisal import site_shift
    from firstread.edges.cli import film_files
    from firstread.edges.cli.progress import progress
    from firstread.inference import bundle as bundles

    model = bundles.load(bundle)
    paths = film_files.collect([folder]).paths
    with progress(len(paths)) as advance:
        found = site_shift.survey(
            model, paths, config=settings, rng=np.random.default_rng(SEED), on_progress=advance
        )
    _tell(_surveyed(found), found.as_dict(), json)


def _check(json: Path | None) -> None:
    if json is not None:
        destinations.check_file(json, (".json",))


def _tell(lines: Iterator[str], values: Mapping[str, Any], json: Path | None) -> None:
    """Print the lines where no JSON goes, then write the JSON."""
    import typer

    for line in lines:
        typer.echo(line, err=json == STDOUT)
    if json is not None:
        from json import dumps

        with destinations.written(json) as stream:
            stream.write((dumps(values, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode())


def _recalibrated(found: "Recalibration") -> Iterator[str]:
    from firstread.reporting.cells import interval_words, point_words

    acceptance = found.acceptance
    yield acceptance.in_words
    if found.not_scored:
        yield f"{len(found.not_scored)} films could not be scored; the first: {found.not_scored[0].reason.message}"
    yield "\nThe bundle's operating points, predicted on its tuning films / achieved on these (95 % by patient):"
    for point in acceptance.points:
        yield (
            f"  {point_words(point.name):<10} sensitivity {point.predicted.sensitivity:.3f} / "
            f"{interval_words(point.sensitivity)}, specificity {point.predicted.specificity:.3f} / "
            f"{interval_words(point.specificity)}"
        )
    if found.tuned is None:
        yield "\nNothing was written: a bundle that fails here is not made better by another threshold."
    else:
        yield from _fitted(found.tuned)
    yield "\nHow many films make it how exact:"
    yield from (f"  {line}" for line in acceptance.advice)
    if found.bundle is not None:
        yield f"\nBundle: {found.bundle.folder}"


def _fitted(tuned: "Tuned") -> Iterator[str]:
    from firstread.evaluation.point_remarks import order_remark, range_remark
    from firstread.reporting.cells import number, point_words, range_words
    from firstread.reporting.stated_figures import stated

    metrics, calibration = tuned.metrics, tuned.metrics["calibration"]
    yield "\nFitted to these films (95 % by patient), and the range for another stretch of patients:"
    for name, point in tuned.points.items():
        sensitivity, specificity = (
            "not defined" if each is None else range_words(each)
            for each in (point.predicted_sensitivity, point.predicted_specificity)
        )
        found = metrics["operating_points"][name]
        yield (
            f"  {point_words(name):<10} probability {number(point.threshold)}: sensitivity "
            f"{stated(found['sensitivity'])}, expect {sensitivity}; specificity "
            f"{stated(found['specificity'])}, expect {specificity}"
        )
    screening = tuned.points["screening"]
    yield range_remark(screening.predicted_sensitivity, screening.predicted_specificity)
    yield from filter(None, [order_remark({name: point.threshold for name, point in tuned.points.items()})])
    judged = calibration["cross_fitted"]
    yield (
        f"Temperature {calibration['temperature']:.3f}, intercept {calibration['intercept']:.3f}, for a prevalence of "
        f"{calibration['prevalence']:.1%}; on blocks not fitted on: calibration error {stated(judged['ece'], 4)}, "
        f"Brier score {stated(judged['brier'], 4)}, slope {stated(judged['slope'], 2)}."
    )


def _surveyed(found: "SiteShift") -> Iterator[str]:
    from firstread.appraisal.site_shift import CANNOT_SAY
    from firstread.evaluation.intervals import NotDefined
    from firstread.reporting.cells import interval_words, point_words

    yield f"{found.n_scored} of {found.n_films} films were scored."
    for code, count in found.refused.items():
        yield f"  not scored, {code}: {count}"
    yield f"Share beyond the 99th percentile of shift (0.01 of ordinary films): {interval_words(found.unusual)}"
    for name, share in found.flagged.items():
        yield f"Share at or above {point_words(name)}: {interval_words(share)}"
    scores = found.scores
    if isinstance(scores, NotDefined):
        yield f"Scores against tuning films: not defined: {scores.reason}"
    else:
        yield (
            f"Scores against tuning films: Kolmogorov–Smirnov distance {scores.distance:.3f} "
            f"(p = {scores.p_value:.2g})"
        )
        verdict = (
            "more than chance: the films themselves differ"
            if scores.unexplained > scores.chance
            else "chance"
        )
        yield (
            f"  what no prevalence explains: {scores.unexplained:.3f}; chance stays below {scores.chance:.3f} in 95 % "
            f"of draws: {verdict}"
        )
    yield f"Prevalence, if only it differs: most likely {interval_words(found.prevalence.most_likely)}"
    yield f"  from the flagged share: {interval_words(found.prevalence.from_flagged)}"
    if found.reference_prevalence is not None:
        yield f"  stated probabilities refer to {found.reference_prevalence:.3f}"
    yield "\nWhat this cannot say:"
    yield from (f"  - {line}" for line in CANNOT_SAY)
