"""Fetching a public data set, and what to do by hand where the network refuses."""

from pathlib import Path

from firstread.errors import DownloadError

__all__ = ["PAGE", "kaggle_pneumonia"]

_HANDLE = "paultimothymooney/chest-xray-pneumonia"
PAGE = f"https://www.kaggle.com/datasets/{_HANDLE}"


def kaggle_pneumonia(to: Path | None = None) -> Path:
    """Download the Kaggle chest radiographs (5,856 films, 1.2 GB; 2.5 GB while unpacking); return their folder.

    Nothing is downloaded twice: a complete earlier download is returned as it is.

    Args:
        to: An empty or new folder; kagglehub's own cache when None, where an interrupted download goes on.

    Raises:
        DownloadError: With the reason, and how to fetch the films by hand.
    """
    try:
        import kagglehub
        from kagglehub import exceptions
    except ImportError as error:
        raise DownloadError(
            "kagglehub must be installed to download from Kaggle: pip install 'firstread[download]'"
        ) from error
    refusals = (
        OSError,  # all of requests' errors, a full disk, a folder that may not be written
        ValueError,  # a broken kaggle.json, an archive that is none
        EOFError,
        exceptions.BackendError,
        exceptions.CredentialError,
        exceptions.DataCorruptionError,
        exceptions.NotFoundError,
        exceptions.UnauthenticatedError,
    )
    try:
        return Path(kagglehub.dataset_download(_HANDLE, output_dir=None if to is None else str(to)))
    except refusals as error:
        raise DownloadError(_by_hand(_reason(error, to), to)) from error


def _reason(error: Exception, to: Path | None) -> str:
    """Return what went wrong in one line a reader can act on."""
    import requests

    if isinstance(error, FileExistsError):
        return f"{to} must be empty or new, or hold a complete download; it holds something else"
    if isinstance(error, requests.ConnectionError):
        return "Kaggle cannot be reached from this machine"
    if isinstance(error, requests.Timeout):
        return "Kaggle did not answer in time"
    if isinstance(error, requests.HTTPError) and error.response is not None:
        code = error.response.status_code
        if code in (401, 403):
            return f"Kaggle refused access ({code}): put an API token into ~/.kaggle/kaggle.json, or KAGGLE_API_TOKEN"
        return f"Kaggle answered with status {code}"
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


def _by_hand(reason: str, to: Path | None) -> str:
    folder = to or Path("chest-xray-pneumonia")
    return (
        f"The films could not be downloaded: {reason}.\n"
        "By hand:\n"
        f"  1. Open {PAGE} in a browser, sign in, and press Download (1.2 GB).\n"
        f"  2. unzip archive.zip -d {folder}\n"
        f"  3. firstread data check {folder}"
    )
