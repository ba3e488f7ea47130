"""A film's file becomes its technical facts; no pixel is decoded, and who the patient is stays unread."""

import io
import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firstread.config import ReadLimits
from firstread.errors import ImageReadError
from firstread.imaging.content import Content, recognise
from firstread.imaging.dicom_file import open_dicom
from firstread.imaging.header_facts import HeaderFacts, HeaderQuestion, fitting
from firstread.imaging.read import bytes_of
from firstread.records import Reason
from firstread.terms import Refusal

if TYPE_CHECKING:
    from pydicom import Dataset

__all__ = ["header_facts"]

# The allow-list: nothing else of a header is read.
_TOLD = (
    "Modality BodyPartExamined ViewPosition PatientOrientation PhotometricInterpretation BitsStored PixelSpacing "
    "ImagerPixelSpacing WindowCenter WindowWidth LossyImageCompression Manufacturer ManufacturerModelName KVP "
    "Exposure ExposureInuAs"
)
# Whether there is a picture tells a whole header from one that was cut off: pixels come last.
_PICTURES = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
_NUMBERS = ("DS", "IS")
# A decimal string (PS3.5 6.2, DS); float() would take "nan" and "1_0" as well.
_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([Ee][+-]?\d+)?")
_LONGEST_DECIMAL = 16
_LOSSY = {"00": False, "01": True}
# JPEG Baseline and Extended have no way to compress without loss (PS3.5 A.4.1).
_ALWAYS_LOSSY = ("1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51")
_PNG_BITS = 24  # where a PNG states them: in IHDR, which has to come first
_TIFF_BITS = 258


def header_facts(source: Path, _question: HeaderQuestion, *, limits: ReadLimits) -> HeaderFacts | Reason:
    """Return the technical facts of a file, or the reason why there are none.

    Never raises for what a file may hold.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom warns of every oddity and may quote it
        try:
            return _facts(bytes_of(source, limits), limits)
        except ImageReadError as error:
            return Reason(error.refusal, str(error), of_machine=error.of_machine)
        except MemoryError:
            return Reason(Refusal.OUT_OF_MEMORY, "The film needs more memory to open than one film may use.")
        except Exception:  # parsers raise anything on hostile bytes
            return Reason(Refusal.UNREADABLE, "The file's header is damaged.")


def _facts(content: bytes, limits: ReadLimits) -> HeaderFacts:
    if not content:
        raise ImageReadError(Refusal.EMPTY, "The file is empty.")
    kind = recognise(content)
    return fitting(kind, _of_dicom(content, limits) if kind is Content.DICOM else _of_raster(content, kind))


def _of_raster(content: bytes, kind: Content) -> dict[str, Any]:
    from PIL import Image

    # Opened, not loaded: Pillow has read the header, and no pixel.
    with Image.open(io.BytesIO(content), formats=[kind.value]) as image:
        if kind is Content.PNG:
            return {"bits": content[_PNG_BITS]}
        if kind is Content.JPEG:
            return {"bits": getattr(image, "bits", None)}
        return {"bits": getattr(image, "tag_v2", {}).get(_TIFF_BITS, (None,))[0]}


def _of_dicom(content: bytes, limits: ReadLimits) -> dict[str, Any]:
    file = open_dicom(content, limits, keywords=" ".join((_TOLD, *_PICTURES)))
    dataset, syntax = file.dataset, file.transfer_syntax
    if not any(keyword in dataset for keyword in _PICTURES):
        raise ImageReadError(Refusal.NO_PIXELS, "The DICOM file holds no picture, or ends before it.")
    lossy = _LOSSY.get(_text(dataset, "LossyImageCompression", "CS") or "")
    return {
        "bits": _bits_stored(dataset),
        "modality": _text(dataset, "Modality", "CS"),
        "body_part": _text(dataset, "BodyPartExamined", "CS"),
        "view_position": _text(dataset, "ViewPosition", "CS"),
        "orientation": tuple((_text(dataset, "PatientOrientation", "CS") or "").split("\\")),
        "photometric": _text(dataset, "PhotometricInterpretation", "CS"),
        "transfer_syntax": _name_of(syntax),
        "lossy": True if syntax in _ALWAYS_LOSSY else lossy,
        "pixel_spacing_mm": _numbers(dataset, "PixelSpacing"),
        "imager_pixel_spacing_mm": _numbers(dataset, "ImagerPixelSpacing"),
        "windows": _windows(dataset),
        "manufacturer": _text(dataset, "Manufacturer", "LO"),
        "model": _text(dataset, "ManufacturerModelName", "LO"),
        "tube_voltage_kv": _number(dataset, "KVP"),
        "exposure_mas": _exposure_mas(dataset),
    }


def _name_of(syntax: str) -> str | None:
    """Return the standard's name of a transfer syntax; None for a private one, whose UID may name an institution."""
    from pydicom.uid import UID

    uid = UID(syntax)
    return uid.name if uid.type == "Transfer Syntax" else None


def _exposure_mas(dataset: "Dataset") -> float | None:
    exposure, fine = _number(dataset, "Exposure"), _number(dataset, "ExposureInuAs")
    return fine / 1000 if exposure is None and fine is not None else exposure


def _windows(dataset: "Dataset") -> tuple[tuple[float, float], ...] | None:
    centres, widths = _numbers(dataset, "WindowCenter"), _numbers(dataset, "WindowWidth")
    if centres is None or widths is None or len(centres) != len(widths):
        return None
    return tuple(zip(centres, widths, strict=True))


def _number(dataset: "Dataset", keyword: str) -> float | None:
    numbers = _numbers(dataset, keyword)
    return numbers[0] if numbers is not None and len(numbers) == 1 else None


def _numbers(dataset: "Dataset", keyword: str) -> tuple[float, ...] | None:
    """Return one or several numbers; None when one of them is none."""
    stated = [text.strip(" ") for text in (_text(dataset, keyword, *_NUMBERS) or "").split("\\")]
    if not all(len(text) <= _LONGEST_DECIMAL and _DECIMAL.fullmatch(text) for text in stated):
        return None
    return tuple(map(float, stated))


def _bits_stored(dataset: "Dataset") -> int | None:
    from pydicom.dataelem import RawDataElement

    value = _value(dataset, "BitsStored", "US")
    element: object = dataset.get_item("BitsStored") if value is not None else None
    if value is None or len(value) != 2 or not isinstance(element, RawDataElement):
        return None
    return int.from_bytes(value, "little" if element.is_little_endian else "big")


def _text(dataset: "Dataset", keyword: str, *kinds: str) -> str | None:
    """Return a text without padding; None when it is absent, or not plain ASCII."""
    value = _value(dataset, keyword, *kinds)
    return value.decode("ascii").strip("\0 ") if value is not None and value.isascii() else None


def _value(dataset: "Dataset", keyword: str, *kinds: str) -> bytes | None:
    """Return a value as it stands in the file; None when it is absent, or not of these value representations.

    Raises:
        ImageReadError: If the file ends within it.
    """
    from pydicom.dataelem import RawDataElement

    element: object = dataset.get_item(keyword) if keyword in dataset else None
    # Without a VR of its own, in Implicit VR, an element is what the standard says.
    if not isinstance(element, RawDataElement) or (element.VR or kinds[0]) not in (*kinds, "UN"):
        return None
    if not isinstance(element.value, bytes):
        return None
    if len(element.value) != element.length:
        raise ImageReadError(Refusal.TRUNCATED, "The DICOM file ends within its header.")
    return element.value
