"""Why a worker scores nothing: it says so, that nobody takes it for a quiet day."""

import logging
import time
from dataclasses import dataclass, field

from firstread.inference.bundle import Bundle
from firstread.store import queue
from firstread.store.store import Store
from firstread.store.store_mark import StoreMark

__all__ = ["Standstill"]

_log = logging.getLogger(__name__)

_EVERY_S = 60.0


@dataclass
class Standstill:
    """What keeps a worker from scoring.

    Args:
        store: Holds the queue.
        bundle: The worker's model.
        bundle_id: The store's number of it.
        mark: What the folder of films has to bear.
    """

    store: Store
    bundle: Bundle
    bundle_id: int
    mark: StoreMark
    _looked_at: float = field(default=float("-inf"), init=False)

    def explain(self) -> None:
        """Say it, but not at every look at the queue.

        Raises:
            StoreError: If the store does not answer.
        """
        if time.monotonic() - self._looked_at < _EVERY_S:
            return
        self._looked_at = time.monotonic()
        if not self.mark.is_there():
            _log.warning(
                "No film is scored until %s bears the mark of this store again. Mount its disk.",
                self.mark.folder,
            )
            return
        with self.store.database.read() as connection:
            n_others = queue.count_for_others(connection, bundle_id=self.bundle_id)
        if n_others:
            _log.warning(
                "No film waits for this worker's model (%s, %s); %d wait for another one. "
                "Start the worker with the server's model (--bundle).",
                self.bundle.folder.name,
                self.bundle.sha256[:12],
                n_others,
            )
