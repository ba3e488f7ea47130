"""The worker's side of the film pool: a process that opens untrusted files, one after the other.

Parent and worker exchange bytes, never pickles: a worker that a hostile film has taken over cannot run code in
the parent.
A job is a path; an answer is one line of JSON and, for a prepared film, its pixels.
"""

import importlib
import json
import os
import signal
import sys
from dataclasses import asdict
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from firstread.config import ReadLimits
from firstread.imaging.prepare import Prepared
from firstread.imaging.preprocess import Recipe
from firstread.records import FilmFacts, Reason
from firstread.terms import Refusal, ViewPosition

__all__ = ["READY", "Preparer", "decoded", "encoded", "main"]

READY = b"ready"
# The parent kills a worker that hangs; this is for a worker whose parent is gone.
_ORPHAN_GRACE_S = 5.0


class Preparer(Protocol):
    """What a worker does with a file: `prepare`, in earnest."""

    def __call__(self, source: Path, recipe: Recipe, *, limits: ReadLimits) -> Prepared | Reason:
        """Return the model input of one file, or the reason why it has none."""


def main() -> None:
    """Serve the parent until it closes the connection: the whole life of a worker process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    settings = json.loads(sys.argv[1])
    connection = _connection(settings["handle"])
    module, _, name = settings["preparer"].partition(":")
    preparer: Preparer = getattr(importlib.import_module(module), name)
    recipe = Recipe.from_dict(settings["recipe"])
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


def encoded(outcome: Prepared | Reason) -> bytes:
    """Return the bytes that carry one outcome to the parent."""
    if isinstance(outcome, Reason):
        return json.dumps({"reason": asdict(outcome)}).encode()
    header = {
        "facts": asdict(outcome.facts),
        "warnings": outcome.warnings,
        "shape": outcome.pixels.shape,
    }
    return json.dumps(header).encode() + b"\n" + outcome.pixels.tobytes()


def decoded(message: bytes) -> Prepared | Reason:
    """Return the outcome that `encoded` made bytes of."""
    line, _, pixels = message.partition(b"\n")
    header = json.loads(line)
    if "reason" in header:
        return Reason(Refusal(header["reason"]["code"]), str(header["reason"]["message"]))
    facts = header["facts"]
    view = facts.pop("view_position")
    return Prepared(
        np.frombuffer(pixels, dtype=np.uint8).reshape(header["shape"]),
        FilmFacts(**facts, view_position=None if view is None else ViewPosition(view)),
        tuple(header["warnings"]),
    )


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
