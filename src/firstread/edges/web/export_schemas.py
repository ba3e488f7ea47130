"""What a worklist that was taken out as JSON says, field by field."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from firstread.edges.web.schemas import Counts, FilmOut, OperatingPointOut, Sha256
from firstread.reading.ranked_films import Sort, State
from firstread.terms import Band

__all__ = ["ExportedBundle", "ExportedSelection", "WorklistExport"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class ExportedBundle(_Model):
    """A model that films were scored by."""

    sha256: Sha256
    name: str
    operating_points: dict[str, OperatingPointOut]
    prevalence: float | None
    """Of disease, in (0, 1): the one that its probabilities refer to; none when it is not known."""


class ExportedSelection(_Model):
    """Which films were asked for."""

    state: State
    bands: list[Band]
    """Empty for all."""
    folder: str | None
    q: str | None
    """None also where names are left out: what is searched for may be one."""
    sort: Sort
    descending: bool
    blinded: bool


class WorklistExport(_Model):
    """Films as they stood at one moment, with all that is known of them."""

    firstread: str
    """Version."""
    notice: str
    exported_at: datetime
    bundle: ExportedBundle
    """The model that scores now."""
    bundles: list[ExportedBundle]
    """Every model that scored films here."""
    selection: ExportedSelection
    version: int
    """Larger after every change."""
    total: int
    """Films that were asked for."""
    counts: Counts | None
    """None for a blinded reader: of a single film they would tell its band."""
    films: list[FilmOut]
    """In their order; one that was removed meanwhile is left out."""
