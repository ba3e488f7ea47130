"""An account of a bundle becomes a report: a page, a Markdown file, a JSON file and figures."""

import json
from dataclasses import replace
from typing import Any

from firstread.evaluation.assessment import plain
from firstread.reporting.account import Account
from firstread.reporting.document import Document
from firstread.reporting.figures import plates
from firstread.reporting.judgement_words import judgement_lines
from firstread.reporting.number_sections import number_sections
from firstread.reporting.plate import Plate
from firstread.reporting.provenance_sections import look_warnings, provenance_sections
from firstread.reporting.report_page import as_html, as_markdown

__all__ = ["NOTICE", "as_json", "document_of", "files_of"]

NOTICE = (
    "Research software, not a medical device. Figures hold for these films; they promise nothing for others."
)
_FIGURES = "figures"


def files_of(account: Account) -> dict[str, bytes]:
    """Return every file of the report by its name: report.html, report.md, report.json and the figures.

    Films' pictures are in report.html alone.
    """
    drawn = plates(account)
    document = document_of(account, drawn)
    files = {
        "report.html": as_html(document).encode(),
        "report.md": as_markdown(document, figures=_FIGURES).encode(),
        "report.json": (
            json.dumps(as_json(account), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
        ).encode(),
    }
    for plate in drawn:
        files[f"{_FIGURES}/{plate.name}.svg"] = plate.svg
        files[f"{_FIGURES}/{plate.name}.png"] = plate.png
    return files


def document_of(account: Account, drawn: tuple[Plate, ...]) -> Document:
    """Return the account as a reader meets it."""
    assessed = account.assessment
    return Document(
        title=f"{account.model.name} on the {account.films.part.value} part",
        subtitle=(
            f"{assessed.n_films:,} films of {assessed.n_patients:,} patients, {assessed.n_diseased:,} diseased; "
            f"{account.films.split}; {account.created:%Y-%m-%d %H:%M} UTC"
        ),
        notice=NOTICE,
        warnings=(
            *look_warnings(account.looks),
            *account.cautions,
            *assessed.cautions,
            *judgement_lines(account.model.judgements, part=account.films.part, data=account.films.hash),
        ),
        sections=(*number_sections(account, drawn), *provenance_sections(account)),
        generator=f"firstread {account.version}",
    )


def as_json(account: Account) -> dict[str, Any]:
    """Return the account for machines: numbers as numbers, no picture, nothing that is not a number."""
    bare = replace(
        account,
        worst_errors=tuple(replace(error, film=None, heat_map=None) for error in account.worst_errors),
    )
    values: dict[str, Any] = plain(bare)
    for error in values["worst_errors"]:
        del error["film"], error["heat_map"]
    values["created"] = account.created.isoformat(timespec="seconds")
    return values
