"""What the API says and takes of folders of the server, field by field."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from firstread.reading.root_folder import Why
from firstread.reading.taking_in import Stage

__all__ = [
    "FolderAsked",
    "NotTakenOut",
    "RootFolderOut",
    "RootList",
    "TakeInNow",
    "TakeInOut",
]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


RootName = Annotated[str, Field(max_length=255, description="What the root is called.")]
RootPath = Annotated[
    str, Field(max_length=4096, description="A folder in it, as ward/3; empty for the root itself.")
]


class RootList(_Model):
    """The folders of the server that films may be taken from."""

    roots: list[str]


class RootFolderOut(_Model):
    """What lies in a folder itself."""

    root: str
    path: str
    folders: list[str] = Field(
        description=(
            "In order; at most a thousand. Those whose names are no text are left out here, and still "
            "taken in."
        )
    )
    n_folders: int = Field(description="How many there are.")
    n_files: int


class FolderAsked(_Model):
    """A folder of a root."""

    root: RootName
    path: RootPath = ""


class NotTakenOut(_Model):
    """Something that was left where it is."""

    path: str
    why: Why


class TakeInOut(_Model):
    """A folder that is taken in, or was."""

    root: str
    path: str
    sender: str
    stage: Stage
    began_at: datetime
    n_found: int = Field(
        description="Everything that lies there, hidden files and links included; grows while it is counted."
    )
    n_ended: int = Field(description="Those of them that are done with.")
    new: int
    known: int
    copies: int
    left: dict[Why, int] = Field(description="How many were left where they are, by why.")
    named: list[NotTakenOut] = Field(description="The first few of them; hidden ones are not named.")
    problem: str | None = Field(description="Why it failed.")


class TakeInNow(_Model):
    """The take-in that runs, or the last one since the server started."""

    take_in: TakeInOut | None
