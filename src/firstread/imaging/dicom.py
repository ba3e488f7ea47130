"""DICOM becomes a radiograph: modality LUT → VOI → MONOCHROME1 inversion, each a named step."""

from firstread.config import ReadLimits
from firstread.errors import ImageReadError
from firstread.imaging.radiograph import Radiograph
from firstread.terms import Refusal

__all__ = ["decode"]


def decode(content: bytes, *, sha256: str, limits: ReadLimits) -> Radiograph:
    """Return the radiograph in a DICOM file."""
    raise ImageReadError(Refusal.UNSUPPORTED, "DICOM is not read yet.")
