"""The dossier of a bundle: its card and the reporting checklists, written from artefacts and from nothing else."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from firstread.appraisal import recalibration_card
from firstread.appraisal.parts import TEST_PARTS
from firstread.errors import BundleError, DataError
from firstread.evaluation.judgement import JudgedPoint, Judgement
from firstread.inference import judgements as judgement_values
from firstread.inference.bundle import Bundle
from firstread.reporting import checklist
from firstread.reporting.checklist import Checklist
from firstread.reporting.judgement_words import HEADING, judgement_line, judgement_section
from firstread.reporting.model_card import model_card
from firstread.terms import Part

__all__ = ["account_in", "artefacts_of", "card_of", "checklists", "files_of", "judgements_with"]

Account = Mapping[str, Any]


def account_in(file: Path, bundle: Bundle) -> dict[str, Any]:
    """Return an account that firstread wrote as JSON.

    Raises:
        DataError: If the file is no account, or the account of another bundle.
    """
    try:
        account = json.loads(file.read_text(encoding="utf-8"), parse_constant=_no_number)
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(f"{file}: must be a JSON file that firstread wrote; {error}.") from error
    if not isinstance(account, dict):
        raise DataError(
            f"{file}: must be an account that firstread wrote; received a {type(account).__name__}."
        )
    model = account.get("model") or account.get("bundle") or {}
    judged = model.get("sha256") if isinstance(model, dict) else None
    if judged is not None and judged != bundle.sha256:
        raise DataError(
            f"{file}: must be an account of this bundle ({bundle.sha256[:12]}); it is of {str(judged)[:12]}. "
            "Make it again with this bundle."
        )
    return account


def judgements_with(bundle: Bundle, reports: Mapping[Path, Account]) -> tuple[Judgement, ...]:
    """Return what evaluations on test films found: what the bundle holds, and what reports add.

    A report on films that the bundle holds a judgement on already takes its place; reports on training and tuning
    films are no judgement.

    Args:
        bundle: That was judged.
        reports: Accounts of `firstread evaluate` by their file.

    Raises:
        DataError: If a report on test films is not as `firstread evaluate` writes it, or does not say of which bundle
            it is.
    """
    found = {one.data: one for one in bundle.judgements}
    for file, report in reports.items():
        judgement = _judgement(file, report)
        if judgement is None:
            continue
        if judgement.bundle != bundle.sha256:
            raise DataError(
                f"{file}: must say that it is of this bundle, {bundle.sha256}; received {judgement.bundle!r}."
            )
        found[judgement.data] = judgement
    return tuple(found.values())


def artefacts_of(
    bundle: Bundle,
    *,
    reports: Sequence[Account] = (),
    judgements: Sequence[Judgement] = (),
    others: Mapping[str, Account] | None = None,
) -> dict[str, Any]:
    """Return what checklists may be answered from.

    Args:
        bundle: Its facts, recipe and operating points are always there.
        reports: Of `firstread evaluate`; the first that is not on films from elsewhere answers what is asked of the
            main evaluation, or the first of all where there is no such.
        judgements: On test films.
        others: Other accounts, by the name the checklists know them by: explanations, simulation.
    """
    found: dict[str, Any] = {
        "bundle": {"name": bundle.folder.name, "sha256": bundle.sha256},
        "facts": bundle.facts,
        "recipe": bundle.recipe.as_dict(),
        "points": {name: asdict(point) for name, point in bundle.operating_points.items()},
        **(others or {}),
    }
    own = [report for report in reports if _part(report) != Part.EXTERNAL_TEST]
    if reports:
        found["report"] = (own or list(reports))[0]
    external = [judgement_line(one) for one in judgements if one.part is Part.EXTERNAL_TEST]
    return found | ({"external": external} if external else {})


def checklists(artefacts: Mapping[str, Any]) -> tuple[Checklist, ...]:
    """Return every checklist as far as the artefacts answer it."""
    return tuple(checklist.fill(file, artefacts) for file in sorted(checklist.FOLDER.glob("*.toml")))


def card_of(bundle: Bundle, judgements: Sequence[Judgement]) -> str:
    """Return the card of a bundle, written again from what the bundle holds.

    Where its facts are not those that `firstread export` or `firstread recalibrate` write, nobody but its maker can
    write its card: that stays, and what was found on test films comes last.

    Args:
        bundle: As loaded.
        judgements: On test films.

    Raises:
        BundleError: If its facts name figures in another form than an export gives them.
    """
    try:
        return _card(bundle, judgements)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise BundleError(
            f"{bundle.folder}: facts.json: the card is written from facts of the form that `firstread export` gives "
            f"them; {error}."
        ) from error


def _card(bundle: Bundle, judgements: Sequence[Judgement]) -> str:
    if "recalibration" in bundle.facts:
        return recalibration_card.written_again(bundle.model_card, bundle.facts, judgements)
    if "metrics" in bundle.facts:
        return model_card(bundle.facts, judgements)
    theirs, _, _ = bundle.model_card.partition(f"\n{HEADING}\n")
    return f"{theirs.rstrip()}\n\n{judgement_section(judgements)}\n"


def files_of(card: str, filled: tuple[Checklist, ...]) -> dict[str, bytes]:
    """Return the dossier's files by name: the card, and a page for each checklist."""
    pages = {_file_name(one): checklist.as_markdown(one).encode() for one in filled}
    return {"MODEL_CARD.md": card.encode(), **pages}


def _file_name(filled: Checklist) -> str:
    words = "".join(letter if letter.isalnum() else "-" for letter in filled.name)
    return f"{words}.md"


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _part(report: Account) -> object:
    films = report.get("films")
    return films.get("part") if isinstance(films, Mapping) else None


def _judgement(file: Path, report: Account) -> Judgement | None:
    """Return what a report found on test films; None where it is on others."""
    if _part(report) not in TEST_PARTS:
        return None
    try:
        films, looks, assessed = (report[name] for name in ("films", "looks", "assessment"))
        values = {
            **{name: films[name] for name in ("title", "reference_standard", "part", "n_found")},
            **{f"looks_{name}": looks[name] for name in ("by_this_bundle", "by_any_bundle")},
            **{name: report[name] for name in ("created", "version")},
            **{name: assessed[name] for name in ("n_films", "n_patients", "n_diseased", "level", "auroc")},
            "data": films["hash"],
            "bundle": report["model"]["sha256"],
            "points": [{name: point[name] for name in JudgedPoint.__slots__} for point in assessed["points"]],
            "cautions": [*report["cautions"], *assessed["cautions"]],
        }
        return judgement_values.parse_one(str(file), values)
    except (KeyError, TypeError) as error:
        raise DataError(
            f"{file}: must be a report.json of `firstread evaluate`; {error} is missing or of another shape. "
            "Evaluate again with this release."
        ) from error
    except BundleError as error:
        raise DataError(str(error)) from error
