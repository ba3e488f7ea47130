"""The dossier of a bundle: its card and the reporting checklists, written from artefacts and from nothing else."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from firstread.errors import DataError
from firstread.inference.bundle import Bundle
from firstread.reporting import checklist
from firstread.reporting.checklist import Checklist

__all__ = ["artefacts_of", "checklists", "files_of"]


def artefacts_of(bundle: Bundle, evidence: Mapping[str, Path]) -> dict[str, Any]:
    """Return what checklists may be answered from.

    Args:
        bundle: Its facts, recipe and operating points are always there.
        evidence: JSON files of other accounts, by the name the checklists know them by: report, explanations,
            simulation.

    Raises:
        DataError: If a file is no such account, or the account of another bundle.
    """
    own = {
        "bundle": {"name": bundle.folder.name, "sha256": bundle.sha256},
        "facts": bundle.facts,
        "recipe": bundle.recipe.as_dict(),
        "points": {name: asdict(point) for name, point in bundle.operating_points.items()},
    }
    return own | {name: _account(file, bundle) for name, file in evidence.items()}


def checklists(artefacts: Mapping[str, Any]) -> tuple[Checklist, ...]:
    """Return every checklist as far as the artefacts answer it."""
    return tuple(checklist.fill(file, artefacts) for file in sorted(checklist.FOLDER.glob("*.toml")))


def files_of(bundle: Bundle, filled: tuple[Checklist, ...]) -> dict[str, bytes]:
    """Return the dossier's files by name: the card as the bundle carries it, and a page for each checklist."""
    card = (bundle.folder / "MODEL_CARD.md").read_bytes()
    pages = {_file_name(one): checklist.as_markdown(one).encode() for one in filled}
    return {"MODEL_CARD.md": card, **pages}


def _file_name(filled: Checklist) -> str:
    words = "".join(letter if letter.isalnum() else "-" for letter in filled.name)
    return f"{words}.md"


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _account(file: Path, bundle: Bundle) -> dict[str, Any]:
    try:
        account = json.loads(file.read_text(encoding="utf-8"), parse_constant=_no_number)
    except (OSError, ValueError) as error:
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
