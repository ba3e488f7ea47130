"""What a DICOM header states about a radiograph, and what it rules out before any pixel is decoded."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from firstread.config import ReadLimits
from firstread.errors import ImageReadError
from firstread.terms import Refusal, ViewPosition

if TYPE_CHECKING:
    from pydicom import Dataset

__all__ = ["PixelForm", "pixel_form", "refuse_other_examinations", "text", "view_position", "whole"]

# Modality (0008,0060), PS3.3 C.7.3.1.1.1. A secondary capture or "other" may be a radiograph.
_RADIOGRAPHY = ("CR", "DX", "RG")
_UNDECIDED = ("", "OT", "SC")
_OTHER_MODALITIES = {
    "CT": "computed tomography",
    "MR": "magnetic resonance",
    "US": "ultrasound",
    "IVUS": "ultrasound",
    "NM": "nuclear medicine",
    "PT": "positron emission tomography",
    "MG": "mammography",
    "XA": "angiography",
    "RF": "fluoroscopy",
    "PX": "a panoramic dental film",
    "IO": "a dental film",
    "XC": "a photograph",
    "ES": "endoscopy",
    "GM": "microscopy",
    "SM": "microscopy",
    "OP": "a photograph of the eye",
    "OPT": "tomography of the eye",
    "SEG": "a segmentation",
    "RTDOSE": "a radiation dose",
    "RTIMAGE": "a radiotherapy image",
    "DOC": "a document",
}
# Body Part Examined (0018,0015), PS3.16 Annex L; other words are not held against a film, since sites write their own.
_CHEST = ("CHEST", "THORAX", "LUNG", "RIB", "TORAX", "STERNUM", "HEART")
_OTHER_PARTS = (
    "ABDOMEN ABDOMENPELVIS ANKLE ARM BLADDER BRAIN BREAST CALCANEUS CALF CLAVICLE COCCYX CSPINE ELBOW EXTREMITY EYE "
    "FACE FEMUR FINGER FOOT FOREARM HAND HEAD HEADNECK HIP HUMERUS JAW KIDNEY KNEE LEG LIVER LSPINE LSSPINE MANDIBLE "
    "MAXILLA NECK NOSE ORBIT PANCREAS PATELLA PELVIS PROSTATE RADIUS SACRUM SCAPULA SHOULDER SKULL SPINE SSPINE "
    "TFOOT THIGH THUMB TIBIA TOE TSPINE ULNA UTERUS WHOLEBODY WHOLESPINE WRIST ZYGOMA"
)
_LATERAL = ("LL", "RL", "LAT", "LATERAL", "LLAT", "RLAT", "LLO", "RLO", "LAO", "RAO", "LPO", "RPO", "OBLIQUE")


@dataclass(frozen=True, slots=True)
class PixelForm:
    """How the pixels are stored: the Image Pixel module, checked (PS3.3 C.7.6.3).

    Args:
        rows: Height.
        columns: Width.
        samples: 1 for grey, 3 for colour.
        photometric: Photometric Interpretation (0028,0004).
        planar: Planar Configuration (0028,0006).
        bits_allocated: 8 or 16.
        bits_stored: Bits that carry the value.
        high_bit: The highest of them.
        signed: Stored values may be negative.
    """

    rows: int
    columns: int
    samples: int
    photometric: str
    planar: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool

    @property
    def native_bytes(self) -> int:
        """Bytes of the uncompressed pixels."""
        return self.rows * self.columns * self.samples * self.bits_allocated // 8


def text(dataset: "Dataset", keyword: str) -> str:
    """Return a short text in capitals, "" when it is absent; the first value where there are several."""
    value = dataset.get(keyword)
    if isinstance(value, (list, tuple)) or type(value).__name__ == "MultiValue":
        value = value[0] if len(value) else ""
    return str(value or "").strip("\0 ").upper()


def whole(dataset: "Dataset", keyword: str, *, absent: int | None = None) -> int:
    """Return a whole number of the header.

    Raises:
        ImageReadError: If it is missing without a default, or no whole number.
    """
    value: Any = dataset.get(keyword)
    if value is None or value == "":
        if absent is not None:
            return absent
        raise ImageReadError(Refusal.UNREADABLE, f"The DICOM header must state {keyword}; it does not.")
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise ImageReadError(
            Refusal.UNREADABLE, f"The DICOM header must state {keyword} as one whole number; it does not."
        ) from error


def refuse_other_examinations(dataset: "Dataset") -> tuple[str, ...]:
    """Refuse what the file itself says is not a frontal chest radiograph; return what a reader should know.

    Only terms of the standard are repeated in messages: free text may hold anything, a name too.

    Raises:
        ImageReadError: If modality, body part or view rule a frontal chest radiograph out.
    """
    modality = text(dataset, "Modality")
    if modality in _OTHER_MODALITIES:
        raise _not_chest(f"the file states {modality} ({_OTHER_MODALITIES[modality]})")
    if modality not in _RADIOGRAPHY + _UNDECIDED:
        raise _not_chest("the file states another modality")
    part = "".join(c for c in text(dataset, "BodyPartExamined") if c.isalpha())
    if part in _OTHER_PARTS.split():
        raise _not_chest(f"the file states {part} as the body part")
    _refuse_other_views(dataset)
    warnings = []
    if modality in _UNDECIDED:
        warnings.append("The file does not say that it is a radiograph (Modality).")
    if part and not any(word in part for word in _CHEST):
        warnings.append("The file names a body part in its own words; the chest was assumed.")
    if text(dataset, "PresentationIntentType") == "FOR PROCESSING":
        warnings.append("The film is raw detector data (For Processing), not meant for reading.")
    return tuple(warnings)


def view_position(dataset: "Dataset") -> ViewPosition | None:
    """Return the view as the file states it, in View Position (0018,5101) or View Code Sequence (0054,0220)."""
    stated = text(dataset, "ViewPosition")
    if stated in ("PA", "AP"):
        return ViewPosition(stated)
    meaning = _view_code_meaning(dataset)
    if "POSTERO-ANTERIOR" in meaning:
        return ViewPosition.PA
    return ViewPosition.AP if "ANTERO-POSTERIOR" in meaning else None


def pixel_form(dataset: "Dataset", limits: ReadLimits) -> PixelForm:
    """Return how the pixels are stored, after every number in it was checked.

    Raises:
        ImageReadError: If there are no pixels, too many, several frames, or a form that no radiograph has.
    """
    if "PixelData" not in dataset:
        kind = "has pixels of a kind no radiograph has" if "FloatPixelData" in dataset else "holds no picture"
        raise ImageReadError(Refusal.NO_PIXELS, f"The DICOM file {kind}.")
    frames = whole(dataset, "NumberOfFrames", absent=1)
    if frames > limits.max_frames:
        raise ImageReadError(
            Refusal.MULTI_FRAME, f"The file must hold one radiograph; it holds {frames} frames."
        )
    rows, columns = whole(dataset, "Rows"), whole(dataset, "Columns")
    if rows < 1 or columns < 1:
        raise ImageReadError(
            Refusal.NO_PIXELS, f"A radiograph must have pixels; the file states {columns} × {rows}."
        )
    if rows * columns > limits.max_pixels:
        raise ImageReadError(
            Refusal.TOO_LARGE,
            f"A radiograph must have at most {limits.max_pixels / 1e6:g} million pixels; "
            f"the file states {columns} × {rows}.",
        )
    allocated = whole(dataset, "BitsAllocated")
    stored = whole(dataset, "BitsStored", absent=allocated)
    form = PixelForm(
        rows=rows,
        columns=columns,
        samples=whole(dataset, "SamplesPerPixel", absent=1),
        photometric=text(dataset, "PhotometricInterpretation"),
        planar=whole(dataset, "PlanarConfiguration", absent=0),
        bits_allocated=allocated,
        bits_stored=stored,
        high_bit=whole(dataset, "HighBit", absent=stored - 1),
        signed=whole(dataset, "PixelRepresentation", absent=0) == 1,
    )
    _refuse_other_forms(form)
    return form


def _refuse_other_forms(form: PixelForm) -> None:
    if form.bits_allocated not in (8, 16):
        raise ImageReadError(
            Refusal.UNSUPPORTED,
            f"A radiograph is stored in 8 or 16 bits a pixel; this one in {form.bits_allocated}.",
        )
    if not 1 <= form.bits_stored <= form.bits_allocated or not (
        form.bits_stored - 1 <= form.high_bit < form.bits_allocated
    ):
        raise ImageReadError(
            Refusal.UNREADABLE,
            f"Bits Stored must fit into Bits Allocated; received {form.bits_stored} of {form.bits_allocated}, "
            f"highest {form.high_bit}.",
        )
    grey = form.photometric in ("MONOCHROME1", "MONOCHROME2") and form.samples == 1
    colour = form.photometric.startswith(("RGB", "YBR")) and form.samples == 3 and form.bits_allocated == 8
    if not grey and not colour:
        raise ImageReadError(
            Refusal.UNSUPPORTED,
            "A radiograph is stored in grey (Photometric Interpretation MONOCHROME1 or MONOCHROME2); "
            "this one is not.",
        )


def _refuse_other_views(dataset: "Dataset") -> None:
    stated = "".join(c for c in text(dataset, "ViewPosition") if c.isalpha())
    if stated in _LATERAL:
        raise _not_chest(f"the file states the view {stated}")
    meaning = _view_code_meaning(dataset)
    if ("LATERAL" in meaning or "OBLIQUE" in meaning) and "DECUBITUS" not in meaning:
        raise _not_chest("the file states a lateral or oblique view")
    # PS3.3 C.7.6.1.1.1: the direction of the rows; in a frontal film they run between left and right.
    if text(dataset, "PatientOrientation")[:1] in ("A", "P"):
        raise _not_chest("the file states that its rows run from front to back, as in a lateral view")


def _view_code_meaning(dataset: "Dataset") -> str:
    codes = dataset.get("ViewCodeSequence")
    return text(codes[0], "CodeMeaning") if codes else ""


def _not_chest(received: str) -> ImageReadError:
    return ImageReadError(
        Refusal.NOT_FRONTAL_CHEST, f"The file must be a frontal chest radiograph; {received}."
    )
