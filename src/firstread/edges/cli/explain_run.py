"""One account of heat maps: read, ask with progress, show, write."""

import json as json_format
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firstread.edges.cli import destinations, extras, report_folder
from firstread.edges.cli.destinations import STDOUT

if TYPE_CHECKING:
    from firstread.evaluation.explained_films import ExplanationAccount

__all__ = ["run"]

# Nothing is broken into lines in a pipe: the next program reads it.
_PIPE_WIDTH = 100_000


def run(
    bundle: Path,
    folder: Path,
    *,
    part: str,
    films: int,
    out: Path | None,
    json: Path | None,
    repeats: int,
    seed: int,
) -> None:
    """Make the account of a bundle on a part of a folder, print it and write what is wanted."""
    import numpy as np

    from firstread import config
    from firstread.appraisal import explaining, parts
    from firstread.data import sources
    from firstread.edges.cli.progress import progress
    from firstread.evaluation.explained_films import account_of
    from firstread.inference import bundle as bundles
    from firstread.inference.predictor import Predictor
    from firstread.terms import Part

    _check(out, json)
    settings = config.load()
    model = bundles.load(bundle)
    manifest, _, chosen = parts.films_of_part(sources.read(folder), Part(part), model.facts)
    rng = np.random.default_rng(seed)
    asked = explaining.sample(manifest, films, rng)
    predictor = Predictor(model, settings=settings.inference)
    with progress(len(manifest) + len(asked), doing="Asking films") as advance:
        explained = explaining.explain_films(
            manifest, predictor, asked=asked, config=settings, rng=rng, on_progress=advance
        )
    account = account_of(explained, rng=rng, repeats=repeats)
    about = {
        "bundle": {"name": model.facts.get("name"), "sha256": model.sha256},
        "films": {
            "part": part,
            "chosen": chosen,
            "hash": manifest.hash(),
            "n": len(manifest),
            "asked": len(asked),
        },
        "seed": seed,
    }
    _write(account, about, out, json)


def _check(out: Path | None, json: Path | None) -> None:
    """Refuse what cannot be written before any film is opened."""
    destinations.refuse_clashes([path for path in (out, json) if path is not None])
    if json is not None:
        destinations.check_file(json, (".json",))
    if out is not None:
        extras.require("matplotlib", "--out")
        report_folder.check(out)


def _write(account: "ExplanationAccount", about: dict[str, Any], out: Path | None, json: Path | None) -> None:
    from rich.console import Console

    from firstread.reporting.explanation_report import as_values

    footnote = _footnote(account, about)
    if json is not None:
        with destinations.written(json) as stream:
            values = as_values(account, about)
            stream.write(json_format.dumps(values, indent=1, allow_nan=False).encode() + b"\n")
    if out is not None:
        _write_folder(account, footnote, about, out)
    console = Console(stderr=json == STDOUT, highlight=False)
    if not console.is_terminal:
        console.width = _PIPE_WIDTH
    _show(account, console)
    console.print(footnote, style="dim")


def _footnote(account: "ExplanationAccount", about: dict[str, Any]) -> str:
    films = account.explained.films
    return (
        f"{about['bundle']['name']}, {about['films']['part']} part. {about['films']['chosen']} {len(films):,} films of "
        f"{films.n_patients:,} patients, {about['films']['asked']:,} of them covered place by place. "
        f"{account.level:.0%} intervals clustered by patient, {account.repeats:,} resamples."
    )


def _write_folder(account: "ExplanationAccount", footnote: str, about: dict[str, Any], out: Path) -> None:
    from firstread.reporting.explanation_figures import explanation_plates
    from firstread.reporting.explanation_report import as_markdown

    plates = explanation_plates(account, footnote=footnote)
    page = as_markdown(
        account,
        title=f"What the heat maps of {about['bundle']['name']} are worth",
        footnote=footnote,
        figures=tuple(plate.name for plate in plates),
    )
    figures = {
        f"{plate.name}{end}": content
        for plate in plates
        for end, content in ((".svg", plate.svg), (".png", plate.png))
    }
    report_folder.write(out, {"explanations.md": page.encode(), **figures})


def _show(account: "ExplanationAccount", console: Any) -> None:
    from rich import box
    from rich.table import Table

    from firstread.reporting.cells import interval_words

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in ("What", "Films", "Mean (95 % interval)", "n", "Patients"):
        table.add_column(column, justify="right" if column in ("n", "Patients") else "left", overflow="fold")
    for row in account.rows:
        if row.group in ("diseased", "non-diseased", "flagged"):
            table.add_row(
                row.words, row.group, interval_words(row.figure), f"{row.n_films:,}", f"{row.n_patients:,}"
            )
    console.print(table)
