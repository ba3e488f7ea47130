"""The worker's side of the film pool: a process that opens untrusted files, one after the other.

Parent and worker exchange bytes, never pickles: a worker that a hostile film has taken over cannot run code in
the parent.
A job is a path; an answer is one line of JSON and, for a film that could be opened, its pixels.
"""

import importlib
import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from firstread.config import ReadLimits
from firstread.imaging.display import Displayed, Reduction
from firstread.imaging.first_window import FirstWindow
from firstread.imaging.header_facts import HeaderFacts, HeaderQuestion
from firstread.imaging.prepare import Prepared
from firstread.imaging.preprocess import Recipe
from firstread.imaging.pseudonym import Pseudonym, PseudonymKey
from firstread.records import FilmFacts, Reason
from firstread.terms import Refusal, ViewPosition

__all__ = [
    "READY",
    "Preparer",
    "decoded",
    "decoded_display",
    "decoded_header",
    "decoded_pseudonym",
    "encoded",
    "main",
]

READY = b"ready"
# What a preparer is told besides the film, by the name of its class.
_RECIPES: Mapping[str, Callable[[Mapping[str, Any]], Recipe | Reduction | HeaderQuestion | PseudonymKey]] = {
    "Recipe": Recipe.from_dict,
    "Reduction": Reduction.from_dict,
    "HeaderQuestion": HeaderQuestion.from_dict,
    "PseudonymKey": PseudonymKey.from_dict,
}
# The parent kills a worker that hangs; this is for a worker whose parent is gone.
_ORPHAN_GRACE_S = 5.0


class Preparer(Protocol):
    """What a worker does with a file: `prepare`, `display`, `header_facts` or `pseudonym`, in earnest."""

    def __call__(
        self, source: Path, recipe: Recipe | Reduction | HeaderQuestion | PseudonymKey, *, limits: ReadLimits
    ) -> Prepared | Displayed | HeaderFacts | Pseudonym | Reason:
        """Return what was asked for of one file, or the reason why it cannot be had."""


def main() -> None:
    """Serve the parent until it closes the connection: the whole life of a worker process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    settings = json.loads(sys.argv[1])
    connection = _connection(settings["handle"])
    module, _, name = settings["preparer"].partition(":")
    preparer: Preparer = getattr(importlib.import_module(module), name)
    recipe = _RECIPES[settings["kind"]](settings["recipe"])
    limits = ReadLimits(**settings["limits"])
    _load_decoders()
    _silence()
    _limit_memory(settings["memory_bytes"])
    try:
        connection.send_bytes(READY)
        while True:
            path = Path(os.fsdecode(connection.recv_bytes()))
            _set_alarm(settings["timeout_s"] + _ORPHAN_GRACE_S)
            outcome = preparer(path, recipe, limits=limits)
            _set_alarm(0)
            connection.send_bytes(encoded(outcome))
            if isinstance(outcome, Reason) and outcome.code is Refusal.OUT_OF_MEMORY:
                return  # what the film left behind must not cost the next one
    except (EOFError, OSError):
        return  # the parent is gone


def encoded(outcome: Prepared | Displayed | HeaderFacts | Pseudonym | Reason) -> bytes:
    """Return the bytes that carry one outcome to the parent."""
    if isinstance(outcome, Reason):
        return json.dumps({"reason": asdict(outcome)}).encode()
    if isinstance(outcome, HeaderFacts):
        return json.dumps({"facts": outcome.as_dict()}).encode()
    if isinstance(outcome, Pseudonym):
        return json.dumps({"pseudonym": outcome.text}).encode()
    header: dict[str, Any] = {"shape": outcome.pixels.shape}
    if isinstance(outcome, Displayed):
        header |= {"bits": outcome.bits, "white": outcome.white}
        header["stored"] = (outcome.stored_height, outcome.stored_width)
        header["window"] = asdict(outcome.first_window)
        return json.dumps(header).encode() + b"\n" + outcome.samples()
    header |= {"facts": asdict(outcome.facts), "warnings": outcome.warnings}
    return json.dumps(header).encode() + b"\n" + outcome.pixels.tobytes()


def decoded(message: bytes) -> Prepared | Reason:
    """Return the model input or the reason that `encoded` made bytes of."""
    line, _, pixels = message.partition(b"\n")
    header = json.loads(line)
    if "reason" in header:
        return _reason(header)
    facts = header["facts"]
    view = facts.pop("view_position")
    return Prepared(
        np.frombuffer(pixels, dtype=np.uint8).reshape(header["shape"]),
        FilmFacts(**facts, view_position=None if view is None else ViewPosition(view)),
        tuple(header["warnings"]),
    )


def decoded_display(message: bytes) -> Displayed | Reason:
    """Return the displayed film or the reason that `encoded` made bytes of."""
    end = message.find(b"\n")  # not partition: it would copy the pixels
    header = json.loads(message if end < 0 else message[:end])
    if "reason" in header:
        return _reason(header)
    sample = {8: "u1", 16: "<u2"}[header["bits"]]
    pixels = np.frombuffer(message, sample, offset=end + 1).reshape(header["shape"])
    height, width = (int(side) for side in header["stored"])
    window = FirstWindow(**header["window"])
    return Displayed(pixels.astype(sample[-2:], copy=False), int(header["white"]), height, width, window)


def decoded_header(message: bytes) -> HeaderFacts | Reason:
    """Return the technical facts or the reason that `encoded` made bytes of."""
    header = json.loads(message)
    return _reason(header) if "reason" in header else HeaderFacts.from_dict(header["facts"])


def decoded_pseudonym(message: bytes) -> Pseudonym | Reason:
    """Return the pseudonym or the reason that `encoded` made bytes of."""
    header = json.loads(message)
    return _reason(header) if "reason" in header else Pseudonym(header["pseudonym"])


def _reason(header: dict[str, Any]) -> Reason:
    reason = header["reason"]
    return Reason(Refusal(reason["code"]), str(reason["message"]), of_machine=reason["of_machine"] is True)


def _connection(handle: int) -> "Connection[Any, Any]":
    if sys.platform == "win32":
        from multiprocessing.connection import PipeConnection

        return PipeConnection(handle)
    return Connection(handle)


def _load_decoders() -> None:
    """Load what nearly every film needs; pydicom waits for the first DICOM file."""
    from PIL import JpegImagePlugin, PngImagePlugin  # noqa: F401 - imported for their registration


def _silence() -> None:
    """Send what decoders print to nowhere: it would tear the progress bar, and may quote a header."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def _limit_memory(added_bytes: int) -> None:
    """Let the address space grow by so much and no more; where a system cannot, the timeout alone protects."""
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + added_bytes
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, OSError, ValueError):
        return


def _set_alarm(seconds: float) -> None:
    """End this process after so many seconds, whatever it is doing then; 0 calls it off."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)
