"""Small pictures of a film and its heat map, for the page and for files."""

import base64
import hashlib
import io
import os
from pathlib import Path

import numpy as np

from firstread.edges.cli.destinations import written
from firstread.inference import explain
from firstread.records import Scored
from firstread.screening import Picture

__all__ = ["film_uri", "heat_map_uri", "overlay_name", "write_overlay"]

# From a network's 7×7 to a picture that a browser stretches without showing the grid.
_HEAT_MAP_SIDE = 20
_OVERLAY_SIDE = 512


def film_uri(picture: Picture) -> str:
    """Return the film as a data URI (JPEG); its aspect ratio is still the recipe's."""
    from PIL import Image

    data = io.BytesIO()
    Image.fromarray(picture.film).save(data, "JPEG", quality=76)
    return "data:image/jpeg;base64," + base64.b64encode(data.getvalue()).decode("ascii")


def heat_map_uri(picture: Picture) -> str:
    """Return the heat map as a data URI (PNG, transparent where there is no heat); "" without one."""
    from PIL import Image

    if picture.heat_map is None:
        return ""
    data = io.BytesIO()
    warmth = explain.enlarge(picture.heat_map, _HEAT_MAP_SIDE, _HEAT_MAP_SIDE)
    layer = explain.coloured(warmth) * (1, 1, 1, 255)
    Image.fromarray(layer.round().astype(np.uint8)).save(data, "PNG")
    return "data:image/png;base64," + base64.b64encode(data.getvalue()).decode("ascii")


def write_overlay(folder: Path, film: Scored, picture: Picture) -> Path:
    """Write the film with its heat map on it, in the radiograph's own aspect ratio.

    Returns:
        The file: its name is the film's and a hash of the path, so that two films never share one and a
        second triage replaces the first one's.
    """
    from PIL import Image

    scale = _OVERLAY_SIDE / max(film.facts.width, film.facts.height)
    size = (max(1, round(film.facts.width * scale)), max(1, round(film.facts.height * scale)))
    pixels = np.asarray(Image.fromarray(picture.film).resize(size, Image.Resampling.BICUBIC))
    if picture.heat_map is not None:
        pixels = explain.overlay(pixels, picture.heat_map)
    path = folder / overlay_name(film.path)
    with written(path) as stream:
        Image.fromarray(pixels).save(stream, "PNG", compress_level=3)
    return path


def overlay_name(path: Path) -> str:
    """Return what a film's picture with heat map is called, wherever it goes."""
    stem = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in path.stem)
    real = os.fsencode(os.path.abspath(path))  # noqa: PTH100 - a link keeps its own name
    return f"{stem[:80]}-{hashlib.sha256(real).hexdigest()[:10]}.png"
