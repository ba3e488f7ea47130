"""Films of original size to measure with: public ones beside the checkout, or synthetic ones of the same sizes."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

__all__ = ["distinct_copies", "originals"]

_PUBLIC = Path(__file__).resolve().parents[2] / "shared" / "data" / "kaggle-pneumonia-original" / "train"
# Mean and deviation of the public films' sides, in pixels: (films, width, height, JPEG quality).
_NORMAL = (50, (1686, 300), (1379, 300), 90)
_PNEUMONIA = (90, (1195, 260), (820, 240), 75)


def originals(folder: Path) -> tuple[list[Path], str]:
    """Return the 140 films of original size and what they are, in words.

    Args:
        folder: Where synthetic ones are made when there are no public ones.
    """
    public = sorted(_PUBLIC.glob("*/*.jpeg"))
    if public:
        return public, f"{len(public)} public films of original size (Kermany et al. 2018, CC BY 4.0)"
    made = [
        _synthetic(folder / name / f"{name}-{number:03d}.jpeg", sides, seed=number)
        for name, sides in (("normal", _NORMAL), ("pneumonia", _PNEUMONIA))
        for number in range(sides[0])
    ]
    return made, f"{len(made)} synthetic films of the public films' sizes: those are not beside this checkout"


def distinct_copies(films: list[Path], folder: Path, *, n: int) -> None:
    """Write n films that are all different files: firstread scores identical files once.

    Each is one of the films with a comment of its own after the JPEG's first mark.
    """
    folder.mkdir(parents=True)
    contents = [film.read_bytes() for film in films[:n]]
    for number in range(n):
        content = contents[number % len(contents)]
        comment = f"copy {number:06d}".encode()
        mark = b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment
        (folder / f"film-{number:06d}.jpeg").write_bytes(content[:2] + mark + content[2:])


def _synthetic(path: Path, sides: tuple[int, tuple[int, int], tuple[int, int], int], *, seed: int) -> Path:
    """Write something as large and as smooth as a chest film: two dark lungs, grain."""
    from PIL import Image

    rng = np.random.default_rng(seed)
    _, width, height, quality = sides
    shape = tuple(max(400, round(rng.normal(*side))) for side in (height, width))
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(_two_lungs(rng, shape[0], shape[1])).save(path, quality=quality)
    return path


def _two_lungs(rng: np.random.Generator, height: int, width: int) -> npt.NDArray[np.uint8]:
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    film = 170 - 40 * y**2
    for centre in (-0.45, 0.45):
        film -= 110 * np.exp(-(((x - centre) / 0.25) ** 2) - (y / 0.55) ** 2)
    return np.asarray(np.clip(film + rng.normal(0, 4, film.shape), 0, 255), dtype=np.uint8)
