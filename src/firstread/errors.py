"""The one family of errors. A message says what must hold, then what came; it never names a patient."""

from firstread.terms import Refusal

__all__ = [
    "BundleError",
    "ConfigError",
    "DataError",
    "DownloadError",
    "ExportError",
    "FirstreadError",
    "ImageReadError",
    "OutputError",
    "StoreBusyError",
    "StoreError",
    "StoreFullError",
    "StoreRefusedError",
    "TrainingError",
    "UndefinedMetricError",
    "WorkerError",
]


class FirstreadError(Exception):
    """Anything firstread refuses; edges catch this family and translate it."""


class ConfigError(FirstreadError):
    """A setting is outside its range, of the wrong type, or unknown."""


class ImageReadError(FirstreadError):
    """A file cannot become a radiograph.

    Args:
        refusal: The typed reason.
        message: The reason in words a radiographer understands.
        of_machine: It speaks of this machine at this moment, and not of the file.
    """

    def __init__(self, refusal: Refusal, message: str, *, of_machine: bool = False) -> None:
        super().__init__(message)
        self.refusal, self.of_machine = refusal, of_machine

    def __reduce__(self) -> tuple[type["ImageReadError"], tuple[Refusal, str], dict[str, bool]]:
        """Travel between processes: the default would pass the message as the refusal."""
        return type(self), (self.refusal, str(self)), {"of_machine": self.of_machine}


class DataError(FirstreadError):
    """A data folder, a manifest or a split breaks a rule it must obey."""


class DownloadError(FirstreadError):
    """A data set or a file of weights could not be fetched."""


class BundleError(FirstreadError):
    """A bundle is missing a part, or a part does not match its hash or its neighbours."""


class ExportError(FirstreadError):
    """An exported model does not give the trained model's scores; nothing was written."""


class TrainingError(FirstreadError):
    """A training run cannot start or go on."""


class OutputError(FirstreadError):
    """A result could not be written where it was asked for."""


class StoreError(FirstreadError):
    """What must survive a restart could not be written or read; nothing was acknowledged."""


class StoreBusyError(StoreError):
    """The store is held by another writer; trying again helps."""


class StoreFullError(StoreError):
    """There is no room left for what should be stored."""


class StoreRefusedError(StoreError):
    """A row breaks a rule of its table; trying again does not help."""


class UndefinedMetricError(FirstreadError):
    """A number does not exist for these films; it is never 0.0."""


class WorkerError(FirstreadError):
    """The worker processes that open films cannot start, or are closed."""
