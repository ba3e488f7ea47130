"""What the API says and takes, field by field: the words of the OpenAPI document."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StrictBool,
    StringConstraints,
    field_validator,
    model_validator,
)

from firstread.terms import Band, LabelState, Receipt, Refusal, Verdict, ViewPosition

__all__ = [
    "MOST_COPIES",
    "BundleList",
    "BundleOut",
    "ChangeOut",
    "CopyOut",
    "Counts",
    "FilmOut",
    "Folder",
    "FolderList",
    "Health",
    "Known",
    "KnownFilms",
    "OperatingPointOut",
    "OpinionIn",
    "PlaceOut",
    "ReadingList",
    "ReadingOut",
    "ReasonOut",
    "ReceivedFilm",
    "ReceivedFilms",
    "Row",
    "SessionOut",
    "Undone",
    "WorklistPage",
    "moment",
]

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
MOST_COPIES = 100
"""Of a film, that are named: a file without content may lie in every folder of an archive."""
_EXAMPLE = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def moment(seconds: float) -> datetime:
    """Return a moment of the store (seconds since 1970) as the API writes it."""
    return datetime.fromtimestamp(seconds, UTC)


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ReceivedFilm(_Model):
    """What became of a file that was sent."""

    film: Sha256 = Field(
        examples=[_EXAMPLE], description="SHA-256 of the file: what the film is called from now on."
    )
    receipt: Receipt = Field(description="Whether it is new, known, or a copy of a film under another name.")
    first: str | None = Field(
        None,
        description="Of a copy: folder and name of the file that came first, for callers who may see films.",
    )


class ReceivedFilms(_Model):
    """One answer for each file, in the order in which they were sent."""

    films: list[ReceivedFilm]


class KnownFilms(_Model):
    """Films that somebody has and might send."""

    films: list[Sha256] = Field(max_length=1000, examples=[[_EXAMPLE]])


class Known(_Model):
    """Those of them that are here already."""

    known: list[Sha256]


class CopyOut(_Model):
    """A further file with the content of a film."""

    name: str = Field(description="What the file was called where it came from.")
    folder: str


class ReasonOut(_Model):
    """Why a film was not scored."""

    code: Refusal = Field(description="Stable.")
    message: str = Field(description="In words a radiographer understands.")


class ReadingOut(_Model):
    """What a reader said of a film."""

    reading: int = Field(description="Its number.")
    film: Sha256
    reader: str
    finding: LabelState = Field(description="Whether the reader sees pneumonia.")
    verdict: Verdict | None = Field(
        description="Whether that agrees with the model's flag; none for a film without a score."
    )
    note: str
    blinded: bool = Field(description="The score was hidden until then.")
    read_at: datetime


class Row(_Model):
    """A film in a list."""

    film: Sha256
    rank: int | None = Field(
        description="1 is read next; none for a film that was read, and while the order is hidden."
    )
    name: str = Field(description="What the file was called where it came from.")
    folder: str
    n_copies: int = Field(0, description="Further files with its content, under other names.")
    arrived_at: datetime
    state: Literal["waiting", "scored", "not_scored"]
    read: bool
    band: Band | None = None
    probability: float | None = Field(default=None, ge=0, le=1, description="Calibrated.")
    flagged: bool | None = Field(None, description="The probability reaches the operating point.")
    shift: float | None = Field(None, description="Percentage of tuning films that are more ordinary.")
    reason: ReasonOut | None = Field(None, description="Of a film that was not scored.")
    warnings: list[str] = Field([], description="What a reader should know.")
    synthetic: bool = Field(False, description="The file says that it shows no patient.")


class FilmOut(Row):
    """A film with all that is known of it; nothing of it is identity."""

    file_bytes: int
    height: int | None = Field(None, description="Rows of the stored radiograph.")
    width: int | None = Field(None, description="Columns of the stored radiograph.")
    view_position: ViewPosition | None = None
    probability_low: float | None = Field(
        None, description="Lower limit of the probability's 95 % interval, where the bundle can tell."
    )
    probability_high: float | None = Field(None, description="Upper limit of it.")
    bundle: Sha256 | None = Field(None, description="The model that scored it.")
    scored_at: datetime | None = None
    has_heat_map: bool = False
    readings: list[ReadingOut] = []
    copies: list[CopyOut] = Field(
        [], description=f"The first {MOST_COPIES} of its copies, in the order in which they came."
    )


class Counts(_Model):
    """How many films there are of each kind; bands count what is still to be read.

    From a blinded caller bands are hidden: of a few films their numbers tell the band of each.
    """

    URGENT: int | None
    REVIEW: int | None
    ROUTINE: int | None
    unread: int = Field(description="Of every band and of none.")
    waiting: int = Field(description="For the model.")
    not_scored: int
    read: int
    all: int


class WorklistPage(_Model):
    """A stretch of the list that was asked for."""

    version: int = Field(description="Larger after every change.")
    total: int = Field(description="Films in the whole list.")
    offset: int
    counts: Counts
    films: list[Row]


class Folder(_Model):
    """A folder that films came from."""

    folder: str
    films: int


class FolderList(_Model):
    """Every folder, with the number of films that lie in it itself."""

    folders: list[Folder]


class PlaceOut(_Model):
    """Why a film stands where it stands."""

    rank: int | None = Field(description="1 is read next.")
    arrival: int | None = Field(description="Its place in the order of arrival, among the unread.")
    latest: int | None = Field(description="The last place at which it may stand.")
    unread: int
    why: str
    rule: str = Field(description="How all films are ranked, with the wait cap of this room.")


class ChangeOut(_Model):
    """The films have changed: what is shown should be fetched again."""

    version: int
    waiting: int = Field(description="Films that wait for the model.")


_NULL: dict[str, JsonValue] = {"type": "null"}
_ONE_OF_TWO: list[JsonValue] = [
    {
        "required": ["verdict"],
        "properties": {"verdict": {"not": _NULL}, "finding": _NULL, "blinded": {"const": False}},
    },
    {"required": ["finding"], "properties": {"finding": {"not": _NULL}, "verdict": _NULL}},
]


class OpinionIn(_Model):
    """What a reader says: of the model's flag, or of the film itself; one of the two."""

    model_config = ConfigDict(json_schema_extra={"oneOf": _ONE_OF_TWO})

    verdict: Verdict | None = None
    finding: Literal[LabelState.PRESENT, LabelState.ABSENT, LabelState.UNCERTAIN] | None = None
    note: str = Field(default="", max_length=4000)
    blinded: StrictBool = Field(False, description="The score was hidden until now.")

    @model_validator(mode="after")
    def _one_of_two(self) -> "OpinionIn":
        if (self.verdict is None) == (self.finding is None):
            raise ValueError("give verdict or finding, one of the two")
        if self.blinded and self.verdict is not None:
            raise ValueError("a blinded reader gives the finding")
        return self

    @field_validator("note")
    @classmethod
    def _can_be_kept(cls, note: str) -> str:
        # PostgreSQL keeps no such letter in a text.
        return note.replace("\0", "")


class ReadingList(_Model):
    """The readings of a film that hold, oldest first."""

    readings: list[ReadingOut]


class UndoIn(_Model):
    """Which reading is taken back."""

    reading: int | None = Field(
        default=None,
        ge=1,
        le=2**63 - 1,
        examples=[17],
        description="Its number; the caller's last one when absent.",
    )

    @field_validator("reading", mode="before")
    @classmethod
    def _is_a_number(cls, reading: object) -> object:
        # Else true and "1" would take back the first one; 1.0 is a whole number in JSON.
        if isinstance(reading, bool | str):
            raise ValueError("give the number of a reading")
        return reading


class Undone(_Model):
    """A reading that was taken back."""

    film: Sha256
    reading: ReadingOut


class OperatingPointOut(_Model):
    """A threshold, and what it gave on tuning films."""

    threshold: float
    sensitivity: float
    specificity: float


class BundleOut(_Model):
    """A model."""

    sha256: Sha256
    name: str
    operating_points: dict[str, OperatingPointOut]
    prevalence: float | None = Field(
        description="Of disease, in (0, 1): the one that its probabilities refer to; none when it is not known."
    )
    current: bool = Field(description="It scores what arrives now.")


class BundleList(_Model):
    """Every model that scored films here."""

    bundles: list[BundleOut]


class Health(_Model):
    """Whether the server and its store answer."""

    status: Literal["ok"]
    version: str
    waiting: int = Field(description="Films that wait for the model.")
    leased: int = Field(description="Films that the model has in hand.")


class SessionOut(_Model):
    """Who is calling."""

    name: str
    role: str
    door: str = Field(description="How this one came in.")
    takes_folders: bool = Field(description="This one may take in folders of the server, and there are some.")
