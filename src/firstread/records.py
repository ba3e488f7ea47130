"""Frozen values that travel between rooms."""

from dataclasses import dataclass
from pathlib import Path

from firstread.terms import Band, Refusal, ViewPosition

__all__ = ["FilmFacts", "NotScored", "Outcome", "Reason", "Scored", "WorklistEntry"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a film was not scored.

    Args:
        code: Stable.
        message: In words a radiographer understands.
        of_machine: It speaks of this machine at this moment, and not of the file: another try may end otherwise.
    """

    code: Refusal
    message: str
    of_machine: bool = False


@dataclass(frozen=True, slots=True)
class FilmFacts:
    """What a file says about its radiograph, without identity.

    Args:
        sha256: Hash of the file's bytes, hexadecimal.
        file_bytes: Size of the file.
        height: Rows of the stored radiograph, before any reduction.
        width: Columns of the stored radiograph, before any reduction.
        view_position: As the file states it; None when it does not.
        synthetic: The file says that it shows no patient.
        jpeg_quality: How strongly a JPEG file was compressed, 1 to 100, by its tables; None for other files.
    """

    sha256: str
    file_bytes: int
    height: int
    width: int
    view_position: ViewPosition | None = None
    synthetic: bool = False
    jpeg_quality: int | None = None


@dataclass(frozen=True, slots=True)
class Scored:
    """A film with its score.

    Args:
        path: The file.
        facts: What the file says of itself.
        logit: Raw output of the network.
        probability: Calibrated, in [0, 1].
        flagged: The probability reaches the operating point.
        band: How soon it should be read.
        shift: How unlike the training films it is (the percentage of tuning films that are more ordinary);
            None when the bundle cannot tell.
        warnings: What a reader should know, in words.
    """

    path: Path
    facts: FilmFacts
    logit: float
    probability: float
    flagged: bool
    band: Band
    shift: float | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotScored:
    """A file that was accepted and visibly not scored; it keeps its place in the reading worklist.

    Args:
        path: The file.
        reason: Why.
        facts: What the file says of itself; None when it could not be read.
        warnings: What a reader should know, in words.
        shift: As of a scored film; None when the network did not see it.
    """

    path: Path
    reason: Reason
    facts: FilmFacts | None = None
    warnings: tuple[str, ...] = ()
    shift: float | None = None


Outcome = Scored | NotScored


@dataclass(frozen=True, slots=True)
class WorklistEntry:
    """One place in the reading worklist; rank 1 is read first."""

    rank: int
    outcome: Outcome
