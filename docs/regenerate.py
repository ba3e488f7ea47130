"""Write what the documentation says of the code from the code: the map of files, the commands' help, the figures.

Run it after a change: `.venv/bin/python docs/regenerate.py`. A test fails when it was forgotten.
"""

import ast
import inspect
import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import fields
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
PACKAGE = REPOSITORY / "src" / "firstread"
WRITTEN = "<!-- {part}: written by docs/regenerate.py -->"
COMMANDS = (
    ("triage",),
    ("serve",),
    ("worker",),
    ("data", "check"),
    ("data", "download"),
    ("data", "synthesize"),
    ("train",),
    ("export",),
    ("search",),
    ("evaluate",),
    ("audit",),
    ("explain",),
    ("dossier",),
    ("simulate",),
    ("labels",),
    ("recalibrate",),
    ("prune",),
    ("backup",),
    *(("account", word) for word in ("add", "list", "disable", "enable", "role", "password")),
    *(("token", word) for word in ("add", "list", "revoke")),
    *(("audit-log", word) for word in ("verify", "show")),
    ("bundle", "show"),
    ("bundle", "verify"),
)


def file_map() -> str:
    """Return a line for each file of the package: its path and the first sentence of its docstring."""
    lines = ["| file | what it is |", "|---|---|"]
    for path in sorted(PACKAGE.rglob("*.py"), key=lambda p: (p.parent, p.name != "__init__.py", p.name)):
        docstring = ast.get_docstring(ast.parse(path.read_text())) or ""
        first = docstring.split("\n\n")[0].replace("\n", " ").replace("|", "\\|")
        lines.append(f"| `{path.relative_to(PACKAGE).as_posix()}` | {first} |")
    return "\n".join(lines)


def first_screen() -> str:
    """Return what a newcomer sees: the demo's films made and ranked, its first five rows and its last lines."""
    program = [sys.executable, "-m", "firstread"]
    with tempfile.TemporaryDirectory() as folder:
        for words in (
            ("data", "synthesize", "40", "demo/films"),
            ("triage", "demo/films", "--html", "demo/worklist.html"),
        ):
            shown = subprocess.run(  # noqa: S603  # our own command line
                [*program, *words], cwd=folder, capture_output=True, text=True, check=True
            ).stdout
    lines = [line.rstrip() for line in shown.splitlines()]
    rest = next(row for row, line in enumerate(lines) if line.startswith("…"))
    return "\n".join(("```", *lines[:7], "…", *lines[rest + 1 :], "```"))


def figures() -> str:
    """Return what the bundled model reached on its tuning part, from its facts."""
    from firstread import load_bundle, shipped_bundle
    from firstread.evaluation.point_remarks import order_remark, range_remark
    from firstread.reporting.cells import range_words
    from firstread.reporting.judgement_words import judgement_lines
    from firstread.reporting.stated_figures import stated
    from firstread.terms import Part

    bundle = load_bundle(shipped_bundle())
    tuning = bundle.facts["metrics"]["tuning"]
    stated_point, point = tuning["operating_points"]["screening"], bundle.operating_points["screening"]
    values = (
        tuning["auroc"],
        *(stated_point[name] for name in ("sensitivity", "specificity", "accuracy")),
        tuning["null_accuracy"],
    )
    lines = [
        f"Tuning part: {tuning['n_films']} films of {tuning['n_patients']} patients, {tuning['n_diseased']} with "
        "pneumonia; 95 % intervals by patient; sensitivity, specificity and accuracy at the screening point.\n",
        f"| AUROC | sensitivity, n = {point.n_diseased} | specificity, n = {point.n_non_diseased} | accuracy | "
        'always "pneumonia" |\n|---|---|---|---|---|\n'
        f"| {' | '.join(map(stated, values))} |",
    ]
    sensitivity, specificity = point.predicted_sensitivity, point.predicted_specificity
    if sensitivity is not None and specificity is not None:
        lines.append(
            f"\nOn another stretch of patients a sensitivity of {range_words(sensitivity)} and a specificity of "
            f"{range_words(specificity)} are to be expected. {range_remark(sensitivity, specificity)}"
        )
    lines += [f"\n{line}" for line in judgement_lines(bundle.judgements, part=Part.TUNING, data="")]
    if remark := order_remark({name: each.threshold for name, each in bundle.operating_points.items()}):
        lines.append(f"\n{remark}")
    return "\n".join(lines)


def readme() -> str:
    """Return the README with its first screen, its figures and its map as they should be."""
    text = (REPOSITORY / "README.md").read_text()
    for part, content in (("screen", first_screen()), ("figures", figures()), ("files", file_map())):
        before, begin, rest = text.partition(WRITTEN.format(part=part))
        _, end, after = rest.partition(f"<!-- end of {part} -->")
        text = f"{before}{begin}\n{content}\n{end}{after}"
    return text


def commands() -> str:
    """Return docs/commands.md: what every command says of itself."""
    parts = ["# Commands", "Written from the commands themselves by `docs/regenerate.py`."]
    parts += [f"## firstread {' '.join(words)}\n\n```\n{_help(*words)}\n```" for words in COMMANDS]
    return "\n\n".join(parts) + "\n"


def settings() -> str:
    """Return docs/settings.md: every setting with its default and its meaning, from the dataclasses that hold them."""
    from firstread.config import Config

    parts = [
        "# Settings",
        "Written from `config_sections.py` and `serving_sections.py` by `docs/regenerate.py`. "
        "A later layer wins: defaults < TOML file (`--settings FILE`) < environment < flags.",
        "```toml\n# firstread.toml\n[workers]\ntimeout_s = 4.0\n\n[worklist]\nwait_cap = 50\n```",
        "In the environment the same is `FIRSTREAD_WORKERS__TIMEOUT_S=4` and `FIRSTREAD_WORKLIST__WAIT_CAP=50`: "
        "section and name are joined by two underscores.",
    ]
    for section in fields(Config):
        values = getattr(Config(), section.name)
        meanings = _meanings(type(values))
        rows = [
            f"| `{each.name}` | {_toml(getattr(values, each.name))} | {meanings[each.name]} |"
            for each in fields(values)
        ]
        title = (type(values).__doc__ or "").splitlines()[0]
        parts.append(
            "\n".join(
                (f"## [{section.name}]\n\n{title}\n", "| name | default | what |", "|---|---|---|", *rows)
            )
        )
    return "\n\n".join(parts) + "\n"


def _meanings(section: type) -> dict[str, str]:
    """Return what the docstring's Args say of each name."""
    stated = inspect.getdoc(section).split("Args:\n")[1]  # type: ignore[union-attr]  # a section without is caught here
    found = re.findall(r"^    (\w+): (.*(?:\n {8,}.*)*)", stated, flags=re.MULTILINE)
    return {name: " ".join(meaning.split()).replace("|", "\\|") for name, meaning in found}


def _toml(value: object) -> str:
    return '`"none"`' if value is None else f"`{json.dumps(value)}`"


def _help(*words: str) -> str:
    # The help is laid out for the terminal it is printed on; here that is always the same one.
    os.environ |= {"TERMINAL_WIDTH": "100", "COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}
    from typer.testing import CliRunner

    from firstread.edges.cli.app import app

    printed = CliRunner().invoke(app, [*words, "--help"], prog_name="firstread").output
    return "\n".join(line.rstrip() for line in printed.strip("\n").splitlines())


if __name__ == "__main__":
    (REPOSITORY / "README.md").write_text(readme())
    (REPOSITORY / "docs" / "commands.md").write_text(commands())
    (REPOSITORY / "docs" / "settings.md").write_text(settings())
    sys.stdout.write("Wrote README.md, docs/commands.md and docs/settings.md.\n")
