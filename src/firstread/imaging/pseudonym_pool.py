"""The pool of processes that say whose untrusted films are, by pseudonym."""

from firstread.config import ReadLimits, Workers
from firstread.imaging.film_task import pseudonymising
from firstread.imaging.pseudonym import Pseudonym, PseudonymKey
from firstread.imaging.worker_pool import WorkerPool

__all__ = ["PseudonymPool"]


class PseudonymPool(WorkerPool[Pseudonym]):
    """Worker processes that read the patient's ID of DICOM files, and let nothing of it out but a pseudonym.

    Use it as a context manager; leaving it ends the workers.

    Args:
        key: Where the secret lies.
        limits: What is refused before anything is decoded.
        workers: How many processes, and what one film may take.

    Raises:
        WorkerError: If a process cannot be started.
    """

    def __init__(self, key: PseudonymKey, *, limits: ReadLimits, workers: Workers) -> None:
        super().__init__(pseudonymising(key), limits=limits, workers=workers)
