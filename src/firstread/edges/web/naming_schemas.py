"""What is said of files that are named and not sent, field by field: their films are here."""

from pydantic import BaseModel, ConfigDict, Field

from firstread.edges.web.schemas import ReceivedFilm, Sha256

__all__ = ["NamedFilm", "NamedFilms", "ReceivedNames"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NamedFilm(_Model):
    """A file that somebody has and might send."""

    film: Sha256 = Field(description="SHA-256 of the file.")
    path: str = Field(max_length=16_384, examples=["ward/3/a.png"], description="Its folder and name.")


class NamedFilms(_Model):
    """Files that somebody has and might send."""

    files: list[NamedFilm] = Field(max_length=1000)


class ReceivedNames(_Model):
    """One answer for each file, in the order in which they were named."""

    films: list[ReceivedFilm | None] = Field(
        description="None where the film is not here: its file has to be sent."
    )
