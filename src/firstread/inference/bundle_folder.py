"""The folder of a bundle: its files, their hashes, and how it comes to stand in its place."""

import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from firstread.errors import BundleError
from firstread.inference.parts import text

__all__ = ["JUDGEMENTS", "MODEL_CARD", "OPTIONAL_PARTS", "REQUIRED_PARTS", "SUMS", "read", "write"]

SUMS = "SHA256SUMS"
MODEL_CARD = "MODEL_CARD.md"
JUDGEMENTS = "judgements.json"
REQUIRED_PARTS = (
    MODEL_CARD,
    "calibration.json",
    "facts.json",
    "head.npz",
    "model.onnx",
    "operating_points.json",
    "recipe.json",
)
OPTIONAL_PARTS = (
    "evidence.json",
    "frontal.npz",
    JUDGEMENTS,
    "shift.npz",
    "tuning_scores.npz",
    "weights.npz",
)
KNOWN_PARTS = REQUIRED_PARTS + OPTIONAL_PARTS

# What is found out about a bundle later makes no other bundle of it: ledgers and reports still mean this one.
_ABOUT = (MODEL_CARD, JUDGEMENTS)

# The largest network anybody screens with is a few hundred MB; the other parts are far below 1 MB.
MAX_PART_BYTES = 1024 * 1024 * 1024


def read(folder: Path) -> tuple[dict[str, bytes], str]:
    """Return the verified content of each part, and the hash that stands for the bundle.

    That is the hash of SHA256SUMS without the lines of the card and of the judgements:
    `grep -v -e MODEL_CARD.md -e judgements.json SHA256SUMS | sha256sum` gives it without us.

    Raises:
        BundleError: If a part is missing, unknown, not a regular file, not listed, or has another hash.
    """
    if not folder.is_dir():
        raise BundleError("a bundle must be a folder; there is none.")
    present = _require_parts(folder)
    listed = _parse_sums((folder / SUMS).read_bytes())
    for name in sorted(present ^ listed.keys()):
        where = f"{SUMS}: every part must be listed" if name in present else "every listed part must be there"
        raise BundleError(f"{where}; {name} is missing.")
    contents: dict[str, bytes] = {}
    for name, expected in listed.items():
        contents[name] = (folder / name).read_bytes()
        received = _sha256(contents[name])
        if received != expected:
            raise BundleError(
                f"{name}: its SHA-256 must be {expected}; received {received}. Fetch the bundle again."
            )
    identity = {name: digest for name, digest in listed.items() if name not in _ABOUT}
    return contents, _sha256(_format_sums(identity))


def write(folder: Path, contents: Mapping[str, bytes], *, verify: Callable[[Path], object]) -> None:
    """Write the parts and their hashes beside the place, verify them there, and rename them into the place.

    What stands in the place is always whole. A bundle or an empty folder that stands there is replaced,
    anything else is left alone. A crash leaves at worst a hidden folder beside the place; only between the
    two renames of a replacement, a moment, both bundles lie in hidden folders and the place is empty.

    Args:
        folder: The place.
        contents: Part → bytes.
        verify: Called with the folder beside the place; raises when the bundle is unfit.

    Raises:
        BundleError: If the place is taken by something else, or cannot be written.
    """
    _require_replaceable(folder)
    hashes = {name: _sha256(content) for name, content in contents.items()}
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise BundleError(f"{folder}: the place must be writable; {error.strerror}.") from error
    try:
        for name, content in {**contents, SUMS: _format_sums(hashes)}.items():
            _write(beside / name, content)
        verify(beside)
        beside.chmod(0o755)  # mkdtemp makes it private; a bundle may be read by whoever reads the place
        _put_in_place(beside, folder)
    except OSError as error:
        raise BundleError(f"{folder}: the bundle could not be written; {error.strerror}.") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _require_parts(folder: Path) -> set[str]:
    """Refuse links, folders, devices, unknown parts and missing ones before opening any."""
    with os.scandir(folder) as entries:
        present = {entry.name: entry.stat(follow_symlinks=False) for entry in entries}
    # First, so that a folder of anything is told that it is no bundle, not which of its files is strange.
    for name in (SUMS, *REQUIRED_PARTS):
        if name not in present:
            raise BundleError(f"a bundle must have {name}; it is missing.")
    for name, status in sorted(present.items()):
        if name not in (SUMS, *KNOWN_PARTS):
            raise BundleError(f"a bundle has the parts {', '.join((SUMS, *KNOWN_PARTS))}; received {name!r}.")
        if not stat.S_ISREG(status.st_mode):
            raise BundleError(f"{name}: must be a regular file; links are not followed out of a bundle.")
        if status.st_size > MAX_PART_BYTES:
            raise BundleError(f"{name}: must have {MAX_PART_BYTES} bytes at most; received {status.st_size}.")
    return present.keys() - {SUMS}


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _format_sums(hashes: Mapping[str, str]) -> bytes:
    """Return the list of hashes as `sha256sum` of GNU coreutils writes and checks it."""
    return "".join(f"{hashes[name]}  {name}\n" for name in sorted(hashes)).encode()


def _parse_sums(content: bytes) -> dict[str, str]:
    """Return part → hash; only the names of parts are accepted, so no path leads out of the folder."""
    found: dict[str, str] = {}
    for line in text(SUMS, content).splitlines():
        digest, _, name = line.partition("  ")
        if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
            raise BundleError(f"{SUMS}: each line must be a hash, two spaces and a part; received {line!r}.")
        if name not in KNOWN_PARTS:
            raise BundleError(f"{SUMS}: a bundle has the parts {', '.join(KNOWN_PARTS)}; received {name!r}.")
        if name in found:
            raise BundleError(f"{SUMS}: each part must be listed once; received {name!r} twice.")
        found[name] = digest
    return found


def _require_replaceable(folder: Path) -> None:
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise BundleError(
            f"{folder}: a bundle is a folder; something else stands there. Choose another place."
        )
    if not folder.exists():
        return
    names = {entry.name for entry in folder.iterdir()}
    if names and (SUMS not in names or names - {SUMS, *KNOWN_PARTS}):
        raise BundleError(
            f"{folder}: only a bundle or an empty folder is replaced; this one holds other files. "
            "Choose another place."
        )


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _put_in_place(beside: Path, folder: Path) -> None:
    """Rename the new folder to its place; the old one is moved away first and only then deleted."""
    if not folder.exists():
        beside.rename(folder)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}-old-", dir=folder.parent))
    folder.rename(old / "bundle")
    try:
        beside.rename(folder)
    except OSError:
        (old / "bundle").rename(folder)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)
