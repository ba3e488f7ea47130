"""What a worklist that was taken out as JSON says, field by field."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from firstread.edges.web.schemas import Counts, FilmOut, OperatingPointOut, Sha256
from firstread.reading.ranked_films import Sort, State
from firstread.terms import Band

__all__ = ["ExportedBundle", "ExportedSelection", "WorklistExport"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ExportedBundle(_Model):
    """A model that films were scored by."""

    sha256: Sha256
    name: str
    operating_points: dict[str, OperatingPointOut]
    prevalence: float | None = Field(
        description="Of disease, in (0, 1): the one that its probabilities refer to; none when it is not known."
    )


class ExportedSelection(_Model):
    """Which films were asked for."""

    state: State
    bands: list[Band] = Field(description="Empty for all.")
    folder: str | None
    q: str | None = Field(description="None also where names are left out: what is searched for may be one.")
    sort: Sort
    descending: bool
    blinded: bool


class WorklistExport(_Model):
    """Films as they stood at one moment, with all that is known of them."""

    firstread: str = Field(description="Version.")
    notice: str
    exported_at: datetime
    bundle: ExportedBundle = Field(description="The model that scores now.")
    bundles: list[ExportedBundle] = Field(description="Every model that scored films here.")
    selection: ExportedSelection
    version: int = Field(description="Larger after every change.")
    total: int = Field(description="Films that were asked for.")
    counts: Counts | None = Field(
        description="None for a blinded reader: of a single film they would tell its band."
    )
    films: list[FilmOut] = Field(description="In their order; one that was removed meanwhile is left out.")
