"""A folder of results: it appears whole or stays as it was, and replaces nothing but one written here before."""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from firstread.edges.cli import destinations
from firstread.edges.cli.destinations import OWN_FOLDER_MARK
from firstread.errors import OutputError

__all__ = ["check", "write"]


def check(out: Path) -> None:
    """Make sure that a folder can be written, before the work.

    Raises:
        OutputError: If it cannot be, or holds what was not written here.
    """
    if out.is_symlink() or (out.exists() and not _ours(out)):
        raise OutputError(
            f"{out}: a report must go to a new or empty folder, or to one that holds a report and nothing "
            "else; name another one."
        )
    destinations.check_file(out.parent / f".{out.name}.json", (".json",))


def write(out: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a folder that appears with all of them, or stays as it was.

    Args:
        out: New, or written here before: what it holds is replaced.
        files: Content by name; a name may lie in a sub-folder.

    Raises:
        OutputError: If it cannot be written.
    """
    mark = "".join(f"{name}\n" for name in sorted(files)).encode()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
        try:
            new = beside / "new"
            for name, content in {OWN_FOLDER_MARK: mark, **files}.items():
                (new / name).parent.mkdir(parents=True, exist_ok=True)
                (new / name).write_bytes(content)
            _replace(new, out, kept=beside / "old")
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except OSError as error:
        raise OutputError(f"{out}: the report could not be written; {error.strerror or error}.") from error


def _ours(out: Path) -> bool:
    """Return whether a folder may be replaced: it holds nothing, or a report written here before and no more."""
    if not out.is_dir():
        return False
    held = {path.relative_to(out).as_posix() for path in out.rglob("*") if not path.is_dir()}
    if not held:
        return True
    mark = out / OWN_FOLDER_MARK
    return mark.is_file() and held <= {OWN_FOLDER_MARK, *mark.read_text(encoding="utf-8").splitlines()}


def _replace(new: Path, out: Path, *, kept: Path) -> None:
    """Put a folder in the place of another, which comes back when that fails."""
    if not out.exists():
        new.rename(out)
        return
    out.rename(kept)
    try:
        new.rename(out)
    except OSError:
        kept.rename(out)
        raise
