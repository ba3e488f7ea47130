"""The bytes of a DICOM file become a data set, with nothing trusted that they say about their own size."""

import io
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from firstread.config import ReadLimits
from firstread.errors import ImageReadError
from firstread.terms import Refusal

if TYPE_CHECKING:
    from pydicom import Dataset

__all__ = ["DicomFile", "open_dicom"]

IMPLICIT = "1.2.840.10008.1.2"
EXPLICIT = "1.2.840.10008.1.2.1"
DEFLATED = "1.2.840.10008.1.2.1.99"
BIG_ENDIAN = "1.2.840.10008.1.2.2"
_LONG_VRS = (b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV")
# Only these are read of a radiograph; the patient's module is skipped and never in memory as values.
_WANTED = (
    "SOPClassUID SyntheticData Modality PresentationIntentType BodyPartExamined ViewPosition "
    "ViewCodeSequence CodeMeaning PatientOrientation SamplesPerPixel PhotometricInterpretation "
    "PlanarConfiguration NumberOfFrames Rows Columns BitsAllocated BitsStored HighBit PixelRepresentation "
    "PixelPaddingValue PixelPaddingRangeLimit RescaleIntercept RescaleSlope ModalityLUTSequence "
    "VOILUTSequence LUTDescriptor LUTData WindowCenter WindowWidth VOILUTFunction "
    "FloatPixelData DoubleFloatPixelData PixelData"
)


@dataclass(frozen=True, slots=True)
class DicomFile:
    """An opened DICOM file.

    Args:
        dataset: The elements that were asked for, and no others.
        transfer_syntax: How the pixels are encoded (0002,0010); of a file that does not state it, as its bytes look.
        has_preamble: The file starts as PS3.10 7.1 demands.
    """

    dataset: "Dataset"
    transfer_syntax: str
    has_preamble: bool


def open_dicom(content: bytes, limits: ReadLimits, *, keywords: str = _WANTED) -> DicomFile:
    """Return the data set of a DICOM file, with or without preamble.

    Args:
        content: The file's bytes.
        limits: What a deflated file may grow to.
        keywords: Names of the elements to read, with spaces between; those that a radiograph needs if absent.

    Raises:
        ImageReadError: If the file is damaged, or inflates beyond the limit.
    """
    from pydicom.datadict import tag_for_keyword
    from pydicom.filereader import read_dataset

    has_preamble = content[128:132] == b"DICM"
    start = 132 if has_preamble else 0
    stated, start = _file_meta(content, start)
    transfer_syntax = stated or _as_it_looks(content[start : start + 8])
    body = memoryview(content)[start:]
    if transfer_syntax == DEFLATED:
        body = memoryview(_inflated(body, limits))
    tags = [tag for keyword in keywords.split() if (tag := tag_for_keyword(keyword)) is not None]
    dataset = read_dataset(
        io.BytesIO(body),
        is_implicit_VR=transfer_syntax == IMPLICIT,
        is_little_endian=transfer_syntax != BIG_ENDIAN,
        specific_tags=list(tags),
    )
    return DicomFile(dataset, transfer_syntax, has_preamble)


def _file_meta(content: bytes, start: int) -> tuple[str, int]:
    """Return the transfer syntax stated in the file meta information, "" without one, and where the data set starts.

    PS3.10 7.1: group 0002, always Explicit VR Little Endian. The group length (0002,0000) is not believed.
    """
    transfer_syntax = ""
    while content[start : start + 2] == b"\x02\x00":
        vr = content[start + 4 : start + 6]
        if vr in _LONG_VRS:
            value, length = start + 12, int.from_bytes(content[start + 8 : start + 12], "little")
        else:
            value, length = start + 8, int.from_bytes(content[start + 6 : start + 8], "little")
        if value + length > len(content):
            raise ImageReadError(Refusal.TRUNCATED, "The DICOM file ends within its header.")
        if content[start + 2 : start + 4] == b"\x10\x00":
            transfer_syntax = content[value : value + length].decode("ascii", "replace").strip("\0 ")
        start = value + length
    return transfer_syntax, start


def _as_it_looks(element: bytes) -> str:
    """Return the transfer syntax of a data set whose file does not state it."""
    big_endian = element[:1] == b"\x00" and element[1:2] != b"\x00"
    if not element[4:6].isalpha():
        return IMPLICIT
    return BIG_ENDIAN if big_endian else EXPLICIT


def _inflated(body: memoryview, limits: ReadLimits) -> bytes:
    """Inflate a deflated data set (PS3.5 A.5), but never beyond the limit."""
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        inflated = stream.decompress(body, limits.max_inflated_bytes + 1)
    except zlib.error as error:
        raise ImageReadError(Refusal.UNREADABLE, "The DICOM file's compressed data is damaged.") from error
    if len(inflated) > limits.max_inflated_bytes:
        raise ImageReadError(
            Refusal.TOO_LARGE,
            f"A compressed DICOM file may grow to {limits.max_inflated_bytes // 2**20} MiB; "
            "this one grows beyond that.",
        )
    if not stream.eof:
        raise ImageReadError(Refusal.TRUNCATED, "The end of the DICOM file is missing.")
    return inflated
