"""What is said of how a film's file was made and stored, field by field."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from firstread.imaging.content import Content

__all__ = ["HeaderFactsOut", "WindowOut"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class WindowOut(_Model):
    """A window, in the values of the file."""

    centre: float
    width: float


_Spacing = Annotated[
    tuple[float, float] | None, Field(description="Between rows, then between columns; in mm.")
]


class HeaderFactsOut(_Model):
    """How a film's file was made and stored, as its header states it; null where it does not, or not plainly."""

    content: Content = Field(description="The kind of file.")
    bits: int | None = Field(description="Bits that carry a grey level.")
    modality: str | None
    body_part: str | None
    view_position: str | None
    orientation: tuple[str, str] | None = Field(
        description="Which way rows run, then columns: L, R, A, P, H, F."
    )
    photometric: str | None = Field(description="Photometric interpretation.")
    transfer_syntax: str | None = Field(description="By the standard's name.")
    lossy: bool | None = Field(description="The pixels were once compressed with loss.")
    pixel_spacing_mm: _Spacing
    imager_pixel_spacing_mm: _Spacing
    windows: list[WindowOut] = Field(description="As stored.")
    manufacturer: str | None
    model: str | None = Field(description="Of the device, not its serial number.")
    tube_voltage_kv: float | None
    exposure_mas: float | None
