"""What the API says of a stretch of time, field by field: the words of the OpenAPI document."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from firstread.reading.stretch import Stretch
from firstread.terms import Band, Refusal

__all__ = ["DashboardOut"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", from_attributes=True)


class IntervalOut(_Model):
    """A share of films with its confidence interval (Wilson)."""

    estimate: float = Field(ge=0, le=1)
    low: float = Field(ge=0, le=1)
    high: float = Field(ge=0, le=1)
    level: float = Field(gt=0, lt=1, description="Confidence.")


class BinOut(_Model):
    """What happened in one of the equal parts of the stretch."""

    begin: datetime
    arrived: int = Field(description="Films that came.")
    scored: int = Field(
        description="Outcomes with a score; a film that several models scored counts for each."
    )
    not_scored: int = Field(description="Outcomes without a score.")
    urgent: int = Field(description="Of the films that were scored.")
    review: int
    routine: int
    with_shift: int = Field(description="Scored films that have a shift.")
    unlike: int = Field(description="Those of them that are called unlike the training films.")
    median_shift: float | None = Field(description="A percentage; none for too few films.")


class WaitedOut(_Model):
    """How long films waited."""

    band: Band | None = Field(description="None for films without a score.")
    n: int
    median_s: float | None = Field(
        description="Seconds; half of the films waited no longer. None for too few films."
    )
    percentile_90_s: float | None = Field(
        description="Seconds; nine of ten films waited no longer. None for too few films."
    )


class UnreadOut(_Model):
    """Films that nobody has read, as they stand now."""

    kind: str = Field(
        examples=["URGENT", "waiting", "not_scored"],
        description='A band; "waiting" for the model; "not_scored".',
    )
    n: int
    oldest_at: datetime | None = Field(description="When the first of them arrived.")


class SignOut(_Model):
    """A share of films that grows when films change."""

    count: int
    n: int
    share: IntervalOut | None = Field(description="None for too few films.")
    expected: float = Field(description="The share among tuning films.")
    limit: float = Field(description="There is a warning when the whole interval lies above it.")
    warns: bool


class DriftOut(_Model):
    """Whether the films that come have moved away from those that the model was tuned on."""

    unlike: SignOut = Field(description="Films that are called unlike the training films.")
    far: SignOut = Field(description="Films that are less ordinary than the tuning film in the middle.")
    warns: bool


class RefusedOut(_Model):
    """Films that were not scored for one reason."""

    code: Refusal
    n: int


class ReadShareOut(_Model):
    """How many of the scored films have been read."""

    flagged: bool = Field(description="Of those with this flag.")
    n: int
    n_read: int
    share: IntervalOut | None = Field(description="None for too few films.")


class ReaderAgreementOut(_Model):
    """The model against what readers found, which is held to be true here."""

    reader: str | None = Field(
        description="None for all readers together; readers see themselves and all, administrators everybody."
    )
    blinded: bool = Field(
        description="The first readings of films whose score was hidden until then; all others are counted apart."
    )
    true_positives: int = Field(description="Flagged, and the reader found pneumonia.")
    false_positives: int = Field(description="Flagged, and the reader found none.")
    true_negatives: int = Field(description="Not flagged, and the reader found none.")
    false_negatives: int = Field(description="Not flagged, and the reader found pneumonia.")
    n_uncertain: int = Field(description="The reader was not sure.")
    n_without_flag: int = Field(description="The model had not scored them.")
    sensitivity: IntervalOut | None = Field(description="None for too few films.")
    specificity: IntervalOut | None = Field(description="None for too few films.")


class DiskOut(_Model):
    """Room for films now."""

    film_bytes: int = Field(description="What the files of all films take.")
    free_bytes: int = Field(description="Free on their disk.")
    total_bytes: int = Field(description="Size of their disk.")


class DashboardOut(_Model):
    """A stretch of time in the reading room."""

    version: int = Field(description="Of the films; the worklist and the events count the same.")
    period: Stretch
    begin: datetime
    now: datetime = Field(description="When this was counted; the last part of the stretch ends later.")
    step_s: float = Field(description="Seconds of each part.")
    fewest: int = Field(description="Of fewer films no median, share or rate is stated.")
    arrived: int
    arrived_per_hour: float | None = Field(description="None for too few films.")
    bins: list[BinOut]
    waits_for_model: list[WaitedOut] = Field(
        description="From arrival to the first outcome, for films that got it in the stretch."
    )
    waits_for_reader: list[WaitedOut] = Field(
        description="From arrival to the first reading, for films that were first read in the stretch."
    )
    unread: list[UnreadOut]
    median_shift: float | None = Field(
        description=(
            "Of the films scored in the stretch, a percentage; 50 for films like the tuning films. None "
            "for too few films."
        )
    )
    drift: DriftOut
    refused: list[RefusedOut] = Field(description="The most frequent reason first.")
    read: list[ReadShareOut] = Field(
        description=(
            "Where flagged films are read more often, sensitivity among the films that were read is "
            "higher than among all."
        )
    )
    agreements: list[ReaderAgreementOut]
    disk: DiskOut
