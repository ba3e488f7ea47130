"""The field's closed sets, one enum each."""

from enum import StrEnum

__all__ = [
    "DISCLAIMER",
    "Band",
    "Change",
    "Discipline",
    "LabelState",
    "Part",
    "Receipt",
    "Refusal",
    "Role",
    "Verdict",
    "ViewPosition",
]

DISCLAIMER = "Research software, not a medical device: a radiologist reads every film."
"""Stands wherever a score is shown."""


class ViewPosition(StrEnum):
    """View Position (0018,5101), the defined terms of a chest radiograph (DICOM PS3.3 C.8.1.3)."""

    PA = "PA"
    AP = "AP"
    LEFT_LATERAL = "LL"
    RIGHT_LATERAL = "RL"


class LabelState(StrEnum):
    """What a source says about one finding."""

    PRESENT = "present"
    ABSENT = "absent"
    UNCERTAIN = "uncertain"
    NOT_STATED = "not stated"


class Part(StrEnum):
    """The part of the data a radiograph is used in."""

    TRAINING = "training"
    TUNING = "tuning"
    INTERNAL_TEST = "internal test"
    EXTERNAL_TEST = "external test"


class Band(StrEnum):
    """How soon a radiograph should be read."""

    URGENT = "URGENT"
    REVIEW = "REVIEW"
    ROUTINE = "ROUTINE"


class Discipline(StrEnum):
    """Who is read next; an interrupting film goes before all others under each of them."""

    FIFO = "fifo"
    PREEMPTIVE = "preemptive"
    NON_PREEMPTIVE = "non-preemptive"


class Refusal(StrEnum):
    """Why a file was not scored. The value is the stable code written to JSON and CSV."""

    EMPTY = "empty"
    NOT_AN_IMAGE = "not_an_image"
    TRUNCATED = "truncated"
    UNREADABLE = "unreadable"
    UNSUPPORTED = "unsupported"
    NO_PIXELS = "no_pixels"
    MULTI_FRAME = "multi_frame"
    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    BLANK = "blank"
    CLIPPED = "clipped"
    COLOUR_PHOTOGRAPH = "colour_photograph"
    NOT_FRONTAL_CHEST = "not_frontal_chest"
    INVERTED = "inverted"
    ROTATED = "rotated"
    NO_PERMISSION = "no_permission"
    NOT_FOUND = "not_found"
    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out_of_memory"
    CRASHED = "crashed"


class Receipt(StrEnum):
    """What became of a file that was sent."""

    NEW = "new"
    """It is stored and will be scored."""
    KNOWN = "known"
    """This very file is here already: sent twice, it is one film."""
    COPY = "copy"
    """Another file here has the same content; both names lead to one film."""


class Change(StrEnum):
    """What can happen to a film that others should see."""

    ARRIVED = "arrived"
    COPIED = "copied"
    """It came again, under another name."""
    SCORED = "scored"
    READ = "read"
    REMOVED = "removed"


class Verdict(StrEnum):
    """What a reader says of the model's flag."""

    AGREE = "agree"
    DISAGREE = "disagree"
    UNSURE = "unsure"


class Role(StrEnum):
    """What an account may do: readers read, administrators also remove films and let others in."""

    READER = "reader"
    ADMIN = "admin"
