"""Measure speed and memory; print the figures and put them into docs/performance.md.

Every comparison is paired: A B A B … in one run, so that a busy minute slows both sides.
"""

import argparse
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import folder_part
import machine
import memory_part
import page
import serving_part
import training_part
import triage_part
import worklist_part
from figures import Report
from workbench import FULL, QUICK, Workbench, set_up

__all__ = ["main"]

_PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
_PARTS: dict[str, Callable[[Workbench], Report]] = {
    "triage": triage_part.measure,
    "folder": folder_part.measure,
    "training": training_part.measure,
    "memory": memory_part.measure,
    "serving": serving_part.measure,
    "worklist": worklist_part.measure,
}


def main() -> None:
    """Run the parts that were asked for."""
    asked = _arguments()
    parts = [asked.only] if asked.only else list(_PARTS)
    about = machine.words()
    with tempfile.TemporaryDirectory(prefix="firstread-bench-") as folder:
        bench = set_up(Path(folder), QUICK if asked.quick else FULL)
        for part in parts:
            report = _PARTS[part](bench)
            print(f"{part}\n{report.table()}\n{report.note}\n", flush=True)
            if not asked.quick:
                page.put(asked.page, part, _block(part, report, about))
    print(about)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", choices=list(_PARTS), help="run one part")
    parser.add_argument(
        "--quick", action="store_true", help="tiny sizes, to see that it runs; writes no page"
    )
    parser.add_argument(
        "--page", type=Path, default=_PAGE, help="where the figures go (default: %(default)s)"
    )
    return parser.parse_args()


def _block(part: str, report: Report, about: str) -> str:
    """Return the figures of one part with what they were measured on."""
    today = datetime.now(UTC).date().isoformat()
    return f"{report.table()}\n\n{report.note}\n\n{today}, `python benchmarks/run.py --only {part}`, {about}."


if __name__ == "__main__":
    main()
