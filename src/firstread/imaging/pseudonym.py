"""A DICOM file becomes a pseudonym of its patient: the same for all films of one patient, and nobody's name.

HMAC-SHA256 (RFC 2104) with the store's secret. A hash without a secret would be no pseudonym: patient IDs are few
enough to try them all. Who the patient is stays in the process that opens the file.
"""

import hashlib
import hmac
import warnings
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firstread.config import ReadLimits
from firstread.errors import ImageReadError
from firstread.imaging.content import Content, recognise
from firstread.imaging.dicom_file import open_dicom
from firstread.records import Reason
from firstread.terms import Refusal

if TYPE_CHECKING:
    from pydicom import Dataset

__all__ = ["Pseudonym", "PseudonymKey", "pseudonym"]

_DIGITS = 32
_PATIENT_ID, _ISSUER = "PatientID", "IssuerOfPatientID"
_PADDING = b"\0 "
# What programs that take names out write instead: all films without a patient would become one patient's.
_NOBODY = frozenset(
    b"na n/a nan nil none null no unknown anon anonym anonymous anonymized anonymised deidentified de-identified "
    b"removed redacted hidden patient test xxx".split()
)


@dataclass(frozen=True, slots=True)
class PseudonymKey:
    """Where the secret lies.

    Args:
        file: Holds it; not the secret itself, which others could see among a process's arguments.
    """

    file: str

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "PseudonymKey":
        """Return what `as_dict` wrote."""
        return cls(**values)

    def secret(self) -> bytes:
        """Return the secret."""
        return Path(self.file).read_bytes()


@dataclass(frozen=True, slots=True)
class Pseudonym:
    """What a file says of whose film it is.

    Args:
        text: 32 hexadecimal digits; None when the file names no patient.
    """

    text: str | None

    def __post_init__(self) -> None:
        if self.text is not None and (len(self.text) != _DIGITS or set(self.text) - set("0123456789abcdef")):
            raise ValueError(
                f"A pseudonym must have {_DIGITS} hexadecimal digits; this one has {len(self.text)} letters."
            )


def pseudonym(source: Path, key: PseudonymKey, *, limits: ReadLimits) -> Pseudonym | Reason:
    """Return the pseudonym of a DICOM file's patient, or the reason why the file cannot be opened.

    Never raises for what a file may hold.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom warns of every oddity and may quote it
        try:
            patient = _patient(source, limits)
        except ImageReadError as error:
            return Reason(error.refusal, str(error), of_machine=error.of_machine)
        except MemoryError:
            return Reason(Refusal.OUT_OF_MEMORY, "The film needs more memory to open than one film may use.")
        except Exception:  # parsers raise anything on hostile bytes
            return Reason(Refusal.UNREADABLE, "The DICOM file is damaged.")
    if patient is None:
        return Pseudonym(None)
    return Pseudonym(hmac.new(key.secret(), patient, hashlib.sha256).hexdigest()[:_DIGITS])


def _patient(source: Path, limits: ReadLimits) -> bytes | None:
    """Return what names the patient, Patient ID (0010,0020) with its issuer (0010,0021); None when nothing does."""
    if source.stat().st_size > limits.max_file_bytes:
        raise ImageReadError(Refusal.TOO_LARGE, "The file is too large.")
    content = source.read_bytes()
    if recognise(content) is not Content.DICOM:
        raise ImageReadError(Refusal.UNSUPPORTED, "The file must be a DICOM file; it is another picture.")
    dataset = open_dicom(content, limits, keywords=f"{_PATIENT_ID} {_ISSUER}").dataset
    patient = _value(dataset, _PATIENT_ID)
    # "0", "000" and "---" stand for nobody as well.
    if not patient.strip(b"0-_.^ ?*") or patient.lower() in _NOBODY:
        return None
    issuer = _value(dataset, _ISSUER)
    # The same ID from two issuers is two patients; the length keeps "1" + "23" apart from "12" + "3".
    return b"patient %d %b%b" % (len(issuer), issuer, patient)


def _value(dataset: "Dataset", keyword: str) -> bytes:
    """Return a value as it stands in the file, without padding; decoded it could be read in two ways."""
    from pydicom.dataelem import RawDataElement

    if keyword not in dataset:
        return b""
    element: object = dataset.get_item(keyword)
    if not isinstance(element, RawDataElement) or not isinstance(element.value, bytes):
        return b""
    if len(element.value) != element.length:  # what is left of an ID may be another patient's
        raise ImageReadError(Refusal.TRUNCATED, "The DICOM file ends within its header.")
    return element.value.strip(_PADDING)
