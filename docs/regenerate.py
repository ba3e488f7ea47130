"""Write what the documentation says of the code from the code: the map of files, the commands' help, the figures.

Run it after a change: `.venv/bin/python docs/regenerate.py`. A test fails when it was forgotten.
"""

import ast
import os
import re
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
PACKAGE = REPOSITORY / "src" / "firstread"
WRITTEN = "<!-- {part}: written by docs/regenerate.py -->"
COMMANDS = (
    ("triage",),
    ("data", "check"),
    ("data", "download"),
    ("data", "synthesize"),
    ("train",),
    ("export",),
    ("evaluate",),
    ("recalibrate",),
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


def figures() -> str:
    """Return what the bundled model reached on its tuning part, from its facts."""
    from firstread import load_bundle, shipped_bundle

    tuning = load_bundle(shipped_bundle()).facts["metrics"]["tuning"]
    point = tuning["operating_points"]["screening"]
    values = (tuning["auroc"], *(point[name] for name in ("sensitivity", "specificity", "accuracy")))
    cells = [f"{value['estimate']:.3f} ({value['low']:.3f}–{value['high']:.3f})" for value in values]
    return (
        f"Tuning part: {tuning['n_films']} films of {tuning['n_patients']} patients, {tuning['n_diseased']} with "
        "pneumonia; 95 % intervals by patient.\n\n"
        '| AUROC | sensitivity | specificity | accuracy | always "pneumonia" |\n|---|---|---|---|---|\n'
        f"| {' | '.join(cells)} | {tuning['null_accuracy']:.3f} |"
    )


def readme() -> str:
    """Return the README with its map and its figures as they should be."""
    text = (REPOSITORY / "README.md").read_text()
    for part, content in (("files", file_map()), ("figures", figures())):
        begin, end = WRITTEN.format(part=part), f"<!-- end of {part} -->"
        whole = f"{begin}\n{content}\n{end}"
        text = re.sub(
            f"{re.escape(begin)}.*{re.escape(end)}", lambda _, new=whole: new, text, flags=re.DOTALL
        )
    return text


def commands() -> str:
    """Return docs/commands.md: what every command says of itself."""
    parts = ["# Commands", "Written from the commands themselves by `docs/regenerate.py`."]
    parts += [f"## firstread {' '.join(words)}\n\n```\n{_help(*words)}\n```" for words in COMMANDS]
    return "\n\n".join(parts) + "\n"


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
    sys.stdout.write("Wrote README.md and docs/commands.md.\n")
