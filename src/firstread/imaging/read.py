"""A file becomes a radiograph; what it is, is decided by its content and never by its name."""

import hashlib
import stat
from pathlib import Path

from firstread.config import ReadLimits
from firstread.errors import ImageReadError
from firstread.imaging import raster
from firstread.imaging.content import Content, recognise
from firstread.imaging.radiograph import Radiograph
from firstread.terms import Refusal

__all__ = ["bytes_of", "read"]


def read(
    source: Path | bytes,
    *,
    limits: ReadLimits,
    reduce_to: tuple[int, int] | None = None,
    unclipped: bool = False,
) -> Radiograph:
    """Return the radiograph in a JPEG, PNG, TIFF or DICOM file.

    Args:
        source: The file, or its bytes.
        limits: What is refused before anything is decoded.
        reduce_to: Rows and columns that have to remain when a JPEG is decoded at reduced scale; None: whole.
        unclipped: With the grey levels that the window of a DICOM file hides, for a reader to bring back.

    Raises:
        ImageReadError: With the typed reason, in words that name neither the file nor the patient.
    """
    content = source if isinstance(source, bytes) else bytes_of(source, limits)
    if not content:
        raise ImageReadError(Refusal.EMPTY, "The file is empty.")
    kind = recognise(content)
    sha256 = hashlib.sha256(content).hexdigest()
    if kind is Content.DICOM:
        from firstread.imaging import dicom

        return dicom.decode(content, sha256=sha256, limits=limits, unclipped=unclipped)
    return raster.decode(content, kind, sha256=sha256, limits=limits, reduce_to=reduce_to)


def bytes_of(path: Path, limits: ReadLimits) -> bytes:
    """Return what a file holds.

    Raises:
        ImageReadError: If it is no file, too large, or cannot be read.
    """
    try:
        entry = path.stat()
        # Opening a named pipe waits for a writer, and reading a device may never end.
        if not stat.S_ISREG(entry.st_mode):
            what = "a folder" if stat.S_ISDIR(entry.st_mode) else "a device or a pipe"
            raise ImageReadError(Refusal.NOT_AN_IMAGE, f"A radiograph must be a file; this is {what}.")
        if entry.st_size > limits.max_file_bytes:
            raise ImageReadError(
                Refusal.TOO_LARGE,
                f"A file must have at most {limits.max_file_bytes // 2**20} MiB; this one is larger.",
            )
        with path.open("rb") as stream:
            return stream.read(entry.st_size)
    except FileNotFoundError as error:
        raise ImageReadError(
            Refusal.NOT_FOUND, "The file is not there (any more).", of_machine=True
        ) from error
    except PermissionError as error:
        raise ImageReadError(
            Refusal.NO_PERMISSION, "The file may not be opened by this user.", of_machine=True
        ) from error
    except OSError as error:
        raise ImageReadError(
            Refusal.UNREADABLE, f"The file could not be read: {error.strerror}.", of_machine=True
        ) from error
    except ValueError as error:
        raise ImageReadError(
            Refusal.UNREADABLE, "The file could not be read: its name cannot be used."
        ) from error
