"""DICOM becomes a radiograph: modality LUT → VOI → MONOCHROME1 inversion, each a named step."""

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from firstread.config import ReadLimits
from firstread.errors import ImageReadError
from firstread.imaging import dicom_header
from firstread.imaging.colour import luma_and_tint
from firstread.imaging.dicom_file import open_dicom
from firstread.imaging.dicom_header import PixelForm
from firstread.imaging.dicom_pixels import stored_values
from firstread.imaging.first_window import FirstWindow
from firstread.imaging.greyscale import (
    LookUpTable,
    Rescale,
    Window,
    inverted,
    modality_values,
    robust_window,
    voi_levels,
    widened,
)
from firstread.imaging.radiograph import GreyPixels, Radiograph
from firstread.records import FilmFacts
from firstread.terms import Refusal

if TYPE_CHECKING:
    from pydicom import Dataset

__all__ = ["decode"]

# A window that leaves less than this share of the film between black and white was not made for this film.
_LEAST_SHOWN = 0.05


def decode(content: bytes, *, sha256: str, limits: ReadLimits, unclipped: bool = False) -> Radiograph:
    """Return the radiograph in a DICOM file.

    Args:
        content: The file's bytes.
        sha256: Their hash.
        limits: What is refused before anything is decoded.
        unclipped: With the grey levels that the file's window hides.

    Raises:
        ImageReadError: With the typed reason; the words repeat nothing that could identify a patient.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom warns of every oddity and may quote it
        try:
            return _decode(content, sha256, limits, unclipped=unclipped)
        except (ImageReadError, MemoryError):
            raise
        except Exception as error:
            # Parsers and codecs raise anything on hostile bytes; none of it is our mistake, nor may it stop a folder.
            raise ImageReadError(Refusal.UNREADABLE, "The DICOM file is damaged.") from error


def _decode(content: bytes, sha256: str, limits: ReadLimits, *, unclipped: bool) -> Radiograph:
    from PIL import Image

    file = open_dicom(content, limits)
    dataset = file.dataset
    if not dataset:
        raise ImageReadError(
            Refusal.NO_PIXELS if file.has_preamble else Refusal.NOT_AN_IMAGE,
            "The DICOM file holds no picture.",
        )
    notes = dicom_header.refuse_other_examinations(dataset)
    form = dicom_header.pixel_form(dataset, limits)
    stored = stored_values(dataset, form, file.transfer_syntax)
    facts = FilmFacts(
        sha256=sha256,
        file_bytes=len(content),
        height=form.rows,
        width=form.columns,
        view_position=dicom_header.view_position(dataset),
        synthetic=dicom_header.text(dataset, "SyntheticData") == "YES",
    )
    if form.samples == 3:
        luma, tint = luma_and_tint(Image.fromarray(np.ascontiguousarray(stored, dtype=np.uint8)))
        return Radiograph(luma, 255, facts, notes, tint)
    pixels, white, first, more = _shown(stored, dataset, form, unclipped=unclipped)
    return Radiograph(pixels, white, facts, notes + more, first_window=first)


def _shown(
    stored: npt.NDArray[Any], dataset: "Dataset", form: PixelForm, *, unclipped: bool
) -> tuple[GreyPixels, int, FirstWindow | None, tuple[str, ...]]:
    """Return the grey levels a reader would see, the level of white, the first window, and what to know."""
    lowest = -(2 ** (form.bits_stored - 1)) if form.signed else 0
    index = (stored.astype(np.int32) - lowest).astype(np.uint16) if form.signed else stored
    possible = np.arange(lowest, lowest + 2**form.bits_stored, dtype=np.float64)
    padding = _padding(possible, dataset)
    counts = np.bincount(index.ravel(), minlength=possible.size)
    counts[padding] = 0
    values = modality_values(possible, _modality(dataset))
    voi, notes = _voi(values, counts, dataset, form)
    applied = _unclipped(voi, values[counts > 0]) if unclipped else voi
    levels = voi_levels(values, applied)
    turned = form.photometric == "MONOCHROME1"
    if turned:
        levels = inverted(levels)
    levels[padding] = 0  # padding is no tissue: black, whatever the photometric interpretation
    # Within a window that hides some of 256 values there are fewer than 256: 8 bits would round them.
    white = 255 if form.bits_stored <= 8 and applied is voi else 65535
    table = np.rint(levels * white).astype(np.uint8 if white == 255 else np.uint16)
    first = _first_window(voi, applied, white=white, turned=turned) if unclipped else None
    return table[index], white, first, notes


def _unclipped(voi: Window | LookUpTable, values: npt.NDArray[np.float64]) -> Window | LookUpTable:
    """Return a window that hides none of the film's values; of a film that is all padding, its own."""
    # What a table or a sigmoid shows at first, no centre and width can show: it stays applied, and hides what it hides.
    if isinstance(voi, LookUpTable) or not voi.is_ramp or not values.size:
        return voi
    return widened(voi, values)


def _first_window(
    voi: Window | LookUpTable, applied: Window | LookUpTable, *, white: int, turned: bool
) -> FirstWindow | None:
    """Return the part of the grey levels, 0..white by the window applied, that the VOI shows; None: all of them."""
    if isinstance(voi, LookUpTable) or isinstance(applied, LookUpTable) or not voi.is_ramp:
        return None
    (low, high), (darkest, brightest) = voi.ends, applied.ends
    slope = (brightest - darkest) / white
    centre, width = ((low + high) / 2 - darkest) / slope, (high - low) / slope
    if turned:
        return FirstWindow(white - centre, width, -slope, brightest, voi.function)
    return FirstWindow(centre, width, slope, darkest, voi.function)


def _voi(
    values: npt.NDArray[np.float64], counts: npt.NDArray[np.int64], dataset: "Dataset", form: PixelForm
) -> tuple[Window | LookUpTable, tuple[str, ...]]:
    """Return the file's first VOI LUT or window, or a robust one, and what a reader should know of it."""
    voi = _stated_voi(dataset)
    if voi is not None:
        levels = voi_levels(values, voi)
        between = counts[(levels > 0) & (levels < 1)].sum()
        if between >= _LEAST_SHOWN * counts.sum():
            return voi, ()
        return robust_window(values, counts), (
            "The window stated in the file hides nearly all of the film; one was measured from the film.",
        )
    if form.bits_stored <= 8:
        return Window((values.min() + values.max()) / 2, max(np.ptp(values), 1.0), "LINEAR_EXACT"), ()
    return robust_window(values, counts), ("The file states no window; one was measured from the film.",)


def _stated_voi(dataset: "Dataset") -> Window | LookUpTable | None:
    """Return the file's first VOI LUT, else its first window, else None (PS3.3 C.11.2)."""
    sequence = dataset.get("VOILUTSequence")
    if sequence:
        return _look_up_table(sequence[0])
    centre, width = _first_number(dataset, "WindowCenter"), _first_number(dataset, "WindowWidth")
    if centre is None or width is None:
        return None
    function = dicom_header.text(dataset, "VOILUTFunction") or "LINEAR"
    window = Window(centre, width, function if function in ("LINEAR_EXACT", "SIGMOID") else "LINEAR")
    return window if window.is_valid else None


def _modality(dataset: "Dataset") -> Rescale | LookUpTable:
    sequence = dataset.get("ModalityLUTSequence")
    if sequence:
        return _look_up_table(sequence[0])
    slope, intercept = _first_number(dataset, "RescaleSlope"), _first_number(dataset, "RescaleIntercept")
    rescale = Rescale(1.0 if slope is None else slope, intercept or 0.0)
    if rescale.slope == 0 or not np.isfinite([rescale.slope, rescale.intercept]).all():
        raise ImageReadError(Refusal.UNREADABLE, "Rescale Slope must be a number other than 0; it is not.")
    return rescale


def _look_up_table(item: "Dataset") -> LookUpTable:
    """Return the table in an item of a LUT sequence (PS3.3 C.11.1.1.1)."""
    count, first, bits = (int(number) for number in item.LUTDescriptor)
    count = count or 2**16
    data = item.LUTData
    if isinstance(data, bytes):
        entries = np.frombuffer(data, dtype="<u2" if len(data) >= 2 * count else "u1")
    else:
        entries = np.atleast_1d(np.asarray(data)).astype(np.uint16)
    if entries.size < count or not 1 <= bits <= 16:
        raise ImageReadError(Refusal.UNREADABLE, "A look-up table of the film is incomplete.")
    return LookUpTable(first, entries[:count].astype(np.uint16), bits)


def _padding(possible: npt.NDArray[np.float64], dataset: "Dataset") -> npt.NDArray[np.bool_]:
    """Return which stored values are padding (PS3.3 C.7.5.1.1.2)."""
    value = _first_number(dataset, "PixelPaddingValue")
    if value is None:
        return np.zeros(possible.size, dtype=np.bool_)
    limit = _first_number(dataset, "PixelPaddingRangeLimit")
    low, high = sorted((value, value if limit is None else limit))
    return (possible >= low) & (possible <= high)


def _first_number(dataset: "Dataset", keyword: str) -> float | None:
    """Return the first of one or several numbers; None when there is none, or it is no number."""
    try:
        return float(dicom_header.text(dataset, keyword))
    except ValueError:
        return None
