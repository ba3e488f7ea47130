"""Folders are taken in beside everything else, one at a time; whoever asked for it may leave."""

import logging
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from firstread.errors import FirstreadError, StoreError, StoreFullError
from firstread.reading.root_folder import RootFolder
from firstread.reading.take_in import Taken, Taker, take_in
from firstread.store import audit_log
from firstread.store.store import Store

__all__ = ["Stage", "TakeIn", "TakingIn"]

_log = logging.getLogger(__name__)

_COUNTED_AT_ONCE = 500
# Closing waits for the load at hand; a load that hangs on a dead network share must not keep the server.
_PATIENCE_S = 5.0


class Stage(StrEnum):
    """How far a take-in is."""

    COUNTING = "counting"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def is_over(self) -> bool:
        """Nothing more will happen."""
        return self in (Stage.DONE, Stage.CANCELLED, Stage.FAILED)


@dataclass(frozen=True, slots=True)
class TakeIn:
    """A folder that is taken in, as it is at one moment.

    Args:
        root: What its root is called.
        path: The folder in it; empty for the root itself.
        sender: Who asked for it.
        delivery: What its films' delivery is called.
        began_at: Seconds since 1970.
        stage: How far it is.
        n_found: Everything that lies there, as far as it is counted.
        taken: What has been taken in.
        problem: Why it failed, in words that name nobody.
    """

    root: str
    path: str
    sender: str
    delivery: str
    began_at: float
    stage: Stage = Stage.COUNTING
    n_found: int = 0
    taken: Taken = field(default_factory=Taken)
    problem: str | None = None


class TakingIn:
    """One take-in at a time.

    What a folder holds is written down load by load, each acknowledged once it is safe: after a restart, taking the
    same folder in again sends only the rest.

    Args:
        store: Where films are taken to.
        roots: Where from, by name.
        bundle_id: The model that scores what arrives.
        most_bytes: Larger files are left where they are.
        clock: Seconds since 1970.
    """

    def __init__(
        self,
        store: Store,
        roots: Mapping[str, RootFolder],
        *,
        bundle_id: int,
        most_bytes: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.roots = roots
        self._store, self._bundle_id, self._most_bytes, self._clock = store, bundle_id, most_bytes, clock
        self._lock, self._unwanted = threading.Lock(), threading.Event()
        self._thread: threading.Thread | None = None
        self._newest: TakeIn | None = None

    @property
    def newest(self) -> TakeIn | None:
        """The take-in that runs, or the last that ran; None before the first."""
        return self._newest

    def start(self, root: str, path: str, *, sender: str) -> TakeIn | None:
        """Begin to take a folder in; None when another one is still being taken in.

        Raises:
            KeyError: If there is no such root.
            ValueError: If this is no path of a folder in a root.
            OSError: If there is no such folder, or it may not be opened.
            StoreError: If it cannot be written down.
        """
        folder = self.roots[root]
        folder.listing(path)
        with self._lock:
            if self._newest is not None and not self._newest.stage.is_over:
                return None
            begun = TakeIn(root, path.removesuffix("/"), sender, uuid.uuid4().hex, self._clock())
            # Its path may hold a patient's name, and the log must hold none: the delivery leads to its films.
            self._write_down(begun, sender, "folder.take_in")
            self._newest, self._unwanted = begun, threading.Event()
            self._thread = threading.Thread(
                target=self._run, args=(folder, begun, self._unwanted), name="take-in", daemon=True
            )
            self._thread.start()
        return begun

    def cancel(self, *, actor: str) -> bool:
        """Stop after the load at hand; what was taken in stays. False when nothing is being taken in."""
        with self._lock:
            newest = self._newest
            if newest is None or newest.stage.is_over or self._unwanted.is_set():
                return False
            self._write_down(newest, actor, "folder.cancel")
            self._unwanted.set()
        return True

    def close(self) -> None:
        """Stop, and wait a little for the load at hand."""
        self._unwanted.set()
        if self._thread is not None:
            self._thread.join(_PATIENCE_S)

    def _run(self, folder: RootFolder, begun: TakeIn, unwanted: threading.Event) -> None:
        try:
            self._count(folder, begun, unwanted)
            self._take(folder, begun, unwanted)
            self._end(Stage.CANCELLED if unwanted.is_set() else Stage.DONE)
        except StoreFullError:
            self._end(Stage.FAILED, "There is no room left for more films; what came before is kept.")
        except FirstreadError:
            self._end(Stage.FAILED, "The store does not answer; what came before is kept.")
        except Exception as error:
            # Its words may hold a file's name.
            _log.error("a folder was not taken in to its end: %s", type(error).__name__)
            self._end(Stage.FAILED, "The server failed; what came before is kept.")

    def _count(self, folder: RootFolder, begun: TakeIn, unwanted: threading.Event) -> None:
        n_found = 0
        for _ in folder.walk(begun.path):
            n_found += 1
            if unwanted.is_set():
                return
            if n_found % _COUNTED_AT_ONCE == 0:
                self._tell(n_found=n_found)
        self._tell(n_found=n_found, stage=Stage.RUNNING)

    def _take(self, folder: RootFolder, begun: TakeIn, unwanted: threading.Event) -> None:
        taker = Taker(
            self._store,
            begun.sender,
            begun.delivery,
            self._bundle_id,
            clock=self._clock,
            most_bytes=self._most_bytes,
            inside=(begun.root,),
        )
        for taken in take_in(folder.walk(begun.path), taker, is_wanted=lambda: not unwanted.is_set()):
            self._tell(taken=taken)

    def _tell(self, **news: Any) -> None:
        if self._newest is not None:
            self._newest = replace(self._newest, **news)

    def _end(self, stage: Stage, problem: str | None = None) -> None:
        with self._lock:
            self._tell(stage=stage, problem=problem)
            ended = self._newest
        if ended is None:
            return
        try:
            self._write_down(ended, ended.sender, f"folder.{stage.value}")
        except StoreError as error:
            _log.error("how a folder's taking in ended is not in the audit log: %s", error)

    def _write_down(self, take_in: TakeIn, actor: str, action: str) -> None:
        detail: dict[str, Any] = {"root": take_in.root, "delivery": take_in.delivery}
        if take_in.stage.is_over:
            detail |= {"received": dict(take_in.taken.receipts), "left": dict(take_in.taken.left)}
        with self._store.database.write() as connection:
            audit_log.append(connection, actor=actor, action=action, detail=detail, now=self._clock())
