"""One file per public data set: folder to manifest."""

from pathlib import Path

from firstread.data.manifest import Manifest

__all__ = ["is_listed", "read"]


def read(folder: Path) -> Manifest:
    """Return the films of a data folder: as its manifest.csv lists them, or by the layout of the Kaggle data.

    Raises:
        DataError: If the folder is neither, or what it says contradicts itself.
    """
    from firstread.data.sources import kaggle_pneumonia, manifest_file

    if is_listed(folder):
        return manifest_file.read_folder(folder)
    return kaggle_pneumonia.read_folder(folder)


def is_listed(folder: Path) -> bool:
    """Return whether a manifest.csv lists the films; else their names say what they are, as in the Kaggle data."""
    from firstread.data.sources import manifest_file

    return (folder / manifest_file.NAME).is_file()
