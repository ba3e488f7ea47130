"""Technical facts of a film's file that name neither patient, physician, institution nor one single device.

They are an allow-list, and each has to look like what it is said to be: whoever made the file wrote its header, and a
name, an ID or a date may stand in any element.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from firstread.imaging.content import Content

__all__ = ["HeaderFacts", "HeaderQuestion", "fitting"]

# A code string (value representation CS, PS3.5 6.2).
_CODE = re.compile(r"[A-Z0-9_][A-Z0-9_ ]{0,15}")
# Makers, models and transfer syntaxes. ^ and = belong to names of persons (PS3.5 6.2.1), @ to addresses.
_WORDS = re.compile(r"[A-Za-z0-9\"'(][A-Za-z0-9 .,&+/()\[\]'\"_*#-]*")
# Dates and IDs: five digits in a row, seven with a sign between them at most, or three numbers as in a date.
_TELLING = re.compile(r"\d{5}|(?:\d[^0-9A-Za-z]?){7}|\d{1,4}[-./ ]\d{1,2}[-./ ]\d{1,4}")
# Left, right, anterior, posterior, head, feet (PS3.3 C.7.6.1.1.1).
_DIRECTION = re.compile(r"[LRAPHF]{1,3}")
_LONGEST_WORDS = 64  # letters of a long string (LO, PS3.5 6.2)
_LONGEST_SYNTAX = 96  # letters; the longest name has 87
_MOST_BITS = 64
_MOST_WINDOWS = 8
# More than any chest film has; a date or an ID that was written for a number is beyond them.
_MOST_SPACING_MM, _MOST_KV, _MOST_MAS, _MOST_LEVEL = 10.0, 500.0, 10_000.0, 1e6


@dataclass(frozen=True, slots=True)
class HeaderQuestion:
    """What a worker is told besides the file: nothing, for the facts are always the same ones."""

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        return {}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "HeaderQuestion":
        """Return what `as_dict` wrote."""
        return cls(**values)


@dataclass(frozen=True, slots=True)
class HeaderFacts:
    """How a file was made and stored; None where it does not say, or says what may not be told.

    Args:
        content: The kind of file.
        bits: Bits that carry a grey level.
        modality: Modality (0008,0060).
        body_part: Body Part Examined (0018,0015).
        view_position: View Position (0018,5101), as it is stated.
        orientation: Patient Orientation (0020,0020): which way rows run, then columns.
        photometric: Photometric Interpretation (0028,0004).
        transfer_syntax: The standard's name of the transfer syntax (0002,0010).
        lossy: The pixels were once compressed with loss.
        pixel_spacing_mm: Pixel Spacing (0028,0030): between rows, then between columns.
        imager_pixel_spacing_mm: The same at the detector: Imager Pixel Spacing (0018,1164).
        windows: Window Center (0028,1050) and Window Width (0028,1051), as stored.
        manufacturer: Manufacturer (0008,0070).
        model: Manufacturer's Model Name (0008,1090).
        tube_voltage_kv: KVP (0018,0060).
        exposure_mas: Exposure (0018,1152), mAs.

    Raises:
        ValueError: If a value does not look like what it is said to be; the message does not repeat it.
    """

    content: Content
    bits: int | None = None
    modality: str | None = None
    body_part: str | None = None
    view_position: str | None = None
    orientation: tuple[str, str] | None = None
    photometric: str | None = None
    transfer_syntax: str | None = None
    lossy: bool | None = None
    pixel_spacing_mm: tuple[float, float] | None = None
    imager_pixel_spacing_mm: tuple[float, float] | None = None
    windows: tuple[tuple[float, float], ...] | None = None
    manufacturer: str | None = None
    model: str | None = None
    tube_voltage_kv: float | None = None
    exposure_mas: float | None = None

    def __post_init__(self) -> None:
        for name, fits in _FITS.items():
            value = getattr(self, name)
            if value is not None and not fits(value):
                raise ValueError(f"HeaderFacts.{name} must look like what it is; it does not.")

    def as_dict(self) -> dict[str, Any]:
        """Return the facts as plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "HeaderFacts":
        """Return the facts that `as_dict` wrote, also after JSON has made lists of them.

        Raises:
            ValueError: If a value does not look like what it is said to be.
        """
        content, stated = Content(values["content"]), {name: values[name] for name in _FITS}
        return cls(content, **{name: _frozen(value) for name, value in stated.items()})


def fitting(content: Content, stated: Mapping[str, Any]) -> HeaderFacts:
    """Return the facts among what a file states; what does not look like what it should be is left out.

    Args:
        content: The kind of file.
        stated: Values by the names of `HeaderFacts`.
    """
    fit = {name: value for name, value in stated.items() if value is not None and _FITS[name](value)}
    return HeaderFacts(content, **fit)


def _frozen(value: Any) -> Any:
    return tuple(_frozen(each) for each in value) if isinstance(value, list) else value


def _is_code(value: Any) -> bool:
    return isinstance(value, str) and bool(_CODE.fullmatch(value)) and not _TELLING.search(value)


def _is_words(value: Any, longest: int = _LONGEST_WORDS) -> bool:
    is_text = isinstance(value, str) and len(value) <= longest and bool(_WORDS.fullmatch(value))
    return is_text and not _TELLING.search(value)


def _is_number(value: Any, most: float, least: float = 0.0) -> bool:
    # A bool is an int to Python.
    return type(value) in (int, float) and math.isfinite(value) and least <= value <= most


def _is_amount(value: Any, most: float) -> bool:
    return _is_number(value, most) and value > 0


def _is_pair(value: Any, fits: Callable[[Any], bool]) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and all(map(fits, value))


def _is_spacing(value: Any) -> bool:
    return _is_pair(value, lambda each: _is_amount(each, _MOST_SPACING_MM))


def _is_window(value: Any) -> bool:
    is_pair = _is_pair(value, lambda each: _is_number(each, _MOST_LEVEL, -_MOST_LEVEL))
    return is_pair and value[1] > 0


_FITS: Mapping[str, Callable[[Any], bool]] = {
    "bits": lambda value: type(value) is int and 1 <= value <= _MOST_BITS,
    "modality": _is_code,
    "body_part": _is_code,
    "view_position": _is_code,
    "orientation": lambda value: _is_pair(value, lambda each: bool(_DIRECTION.fullmatch(each))),
    "photometric": _is_code,
    "transfer_syntax": lambda value: _is_words(value, _LONGEST_SYNTAX),
    "lossy": lambda value: isinstance(value, bool),
    "pixel_spacing_mm": _is_spacing,
    "imager_pixel_spacing_mm": _is_spacing,
    "windows": lambda value: (
        isinstance(value, tuple) and 1 <= len(value) <= _MOST_WINDOWS and all(map(_is_window, value))
    ),
    "manufacturer": _is_words,
    "model": _is_words,
    "tube_voltage_kv": lambda value: _is_amount(value, _MOST_KV),
    "exposure_mas": lambda value: _is_amount(value, _MOST_MAS),
}
"""Whether a value looks like the fact of its name: a hostile file, or a worker it has taken over, may say anything."""
