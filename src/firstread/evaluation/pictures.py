"""What other hospitals make of a film, and pictures that are no frontal chest film: made, not collected.

Every function takes a generator and films of shape (n, 112, 112), grey levels 0..255, and returns as many pictures of
the same shape.
"""

import numpy as np
import numpy.typing as npt

__all__ = ["SIDE", "cut_out", "elsewhere", "inverted", "shapes", "textures", "turned"]

SIDE = 112

Floats = npt.NDArray[np.float32]
Rng = np.random.Generator

_ALONG = ((np.arange(SIDE) + 0.5) / SIDE * 2 - 1).astype(np.float32)
_DOWN, _ACROSS = _ALONG[None, :, None], _ALONG[None, None, :]


def elsewhere(rng: Rng, films: Floats) -> Floats:
    """Return frontal chest films as another hospital might show them: mirrored, moved, lit otherwise, partly white."""
    mirrored = np.where((rng.random(len(films)) < 0.5)[:, None, None], films, films[:, :, ::-1])
    return _lit(rng, _whitened(rng, _placed(rng, mirrored, smallest=0.6)))


def turned(rng: Rng, films: Floats) -> Floats:
    """Return films turned by 90, 180 or 270 degrees."""
    return _lit(rng, _placed(rng, films, turns=rng.integers(1, 4, len(films))))


def inverted(rng: Rng, films: Floats) -> Floats:
    """Return films with black and white exchanged, some of them turned as well."""
    return 255 - _lit(rng, _placed(rng, films, turns=_seldom(rng, len(films))))


def cut_out(rng: Rng, films: Floats) -> Floats:
    """Return pieces of films, a half to a fifth of the side, some turned or inverted."""
    n = len(films)
    piece = 1 / np.exp(rng.uniform(np.log(2), np.log(5), n))
    centre = rng.uniform(-1, 1, (n, 2)) * (1 - piece)[:, None]
    turn = np.deg2rad(rng.uniform(-25, 25, n) + 90 * _seldom(rng, n))
    stretch = np.exp(rng.uniform(-0.15, 0.15, n))
    seen, _ = _moved(films, turn, np.stack([piece * stretch, piece / stretch], axis=1), centre)
    pictures = _lit(rng, seen)
    return np.where((rng.random(n) < 0.2)[:, None, None], 255 - pictures, pictures)


def shapes(rng: Rng, films: Floats) -> Floats:
    """Return a few bars, boxes and ellipses each, as limbs, heads and slices of a body look from afar."""
    return np.stack([_shape(rng) for _ in films])


def textures(rng: Rng, films: Floats) -> Floats:
    """Return noise of every grain."""
    grains = np.exp(rng.uniform(np.log(1), np.log(25), len(films)))
    noise = np.stack([_noise(rng, grain) for grain in grains])
    centre, spread = rng.uniform(40, 200, len(films)), rng.uniform(15, 70, len(films))
    return np.asarray(np.clip(_each(centre) + _each(spread) * noise, 0, 255), np.float32)


def _shape(rng: Rng) -> Floats:
    picture = np.full((SIDE, SIDE), rng.uniform(0, 60) if rng.random() < 0.75 else rng.uniform(60, 255))
    for _ in range(rng.integers(1, 7)):
        angle, (down, across) = rng.uniform(0, np.pi), rng.uniform(-0.8, 0.8, 2)
        cosine, sine = np.cos(angle), np.sin(angle)
        along = np.abs((_DOWN[0] - down) * cosine + (_ACROSS[0] - across) * sine) / rng.uniform(0.1, 1.5)
        beside = np.abs((_ACROSS[0] - across) * cosine - (_DOWN[0] - down) * sine) / rng.uniform(0.08, 0.6)
        box, ellipse = np.maximum(along, beside), np.hypot(along, beside)
        distance = (box, ellipse, beside)[rng.integers(3)]
        covers = 1 / (1 + np.exp((distance - 1) * rng.uniform(4, 25)))
        picture = picture * (1 - covers) + covers * rng.uniform(0, 255)
    grain = rng.uniform(0, 25) * _noise(rng, rng.uniform(1, 10))
    return np.asarray(np.clip(picture + grain, 0, 255), np.float32)


def _noise(rng: Rng, grain: float) -> npt.NDArray[np.float64]:
    """Return noise of mean 0 and standard deviation 1 whose grains are so many pixels wide."""
    from scipy.ndimage import gaussian_filter

    noise = gaussian_filter(rng.standard_normal((SIDE, SIDE)), grain)
    return np.asarray((noise - noise.mean()) / noise.std())


def _placed(
    rng: Rng, films: Floats, *, smallest: float = 0.7, turns: npt.NDArray[np.integer] | int = 0
) -> Floats:
    """Return the films zoomed, stretched, shifted and tilted; outside is black, grey or more of the edge."""
    n = len(films)
    zoom = np.exp(rng.uniform(np.log(smallest), np.log(1.25), n))
    stretch = np.exp(rng.uniform(-0.15, 0.15, n))
    turn = np.deg2rad(rng.uniform(-8, 8, n) + 90 * np.broadcast_to(turns, n))
    moved, inside = _moved(
        films,
        turn,
        np.stack([stretch / zoom, 1 / (zoom * stretch)], axis=1),
        rng.uniform(-0.2, 0.2, (n, 2)) / zoom[:, None],
    )
    around = np.where(rng.random(n) < 0.8, rng.uniform(0, 25, n), rng.uniform(0, 255, n))
    return np.where(inside | (rng.random(n) < 0.6)[:, None, None], moved, _each(around))


def _moved(
    films: Floats,
    turn: npt.NDArray[np.float64],
    scale: npt.NDArray[np.float64],
    centre: npt.NDArray[np.float64],
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return the films about another centre, turned and scaled, and where they were; outside repeats the edge.

    Args:
        films: Shape (n, side, side).
        turn: Radians, shape (n,).
        scale: Part of the film that fills the picture, down and across, shape (n, 2).
        centre: Of that part, -1..1, shape (n, 2).
    """
    cosine, sine = _each(np.cos(turn)), _each(np.sin(turn))
    down = (cosine * _DOWN - sine * _ACROSS) * _each(scale[:, 0]) + _each(centre[:, 0])
    across = (sine * _DOWN + cosine * _ACROSS) * _each(scale[:, 1]) + _each(centre[:, 1])
    inside = (np.abs(down) < 1) & (np.abs(across) < 1)
    y, x = (np.clip((axis + 1) / 2 * SIDE - 0.5, 0, SIDE - 1) for axis in (down, across))
    top, left = (np.minimum(axis.astype(np.intp), SIDE - 2) for axis in (y, x))
    low, right = (y - top).astype(np.float32), (x - left).astype(np.float32)
    film = np.arange(len(films))[:, None, None]
    above = films[film, top, left] * (1 - right) + films[film, top, left + 1] * right
    below = films[film, top + 1, left] * (1 - right) + films[film, top + 1, left + 1] * right
    return np.asarray(above * (1 - low) + below * low, np.float32), inside


def _whitened(rng: Rng, films: Floats) -> Floats:
    """Return the films, a third of them with one white cloud: an effusion, a mass, a whole lung."""
    n = len(films)
    centre = rng.uniform((-0.6, -0.8), (0.8, 0.8), (n, 2))
    size = rng.uniform((0.16, 0.16), (0.7, 0.6), (n, 2))
    down = (_DOWN - _each(centre[:, 0])) / _each(size[:, 0])
    across = (_ACROSS - _each(centre[:, 1])) / _each(size[:, 1])
    strength = np.where(rng.random(n) < 0.3, rng.uniform(0.3, 1, n), 0)
    cloud = _each(strength) * np.exp(-(np.square(down) + np.square(across)) / 2)
    return np.asarray(films + cloud * np.maximum(_bright(films, 0.85) - films, 0), np.float32)


def _lit(rng: Rng, films: Floats) -> Floats:
    """Return the films with another gamma, brighter to one side, hazy from below, of another contrast."""
    n = len(films)
    levels = np.clip(films / 255, 1e-3, 1) ** _each(np.exp(rng.uniform(-0.7, 0.7, n)))
    ramp = rng.normal(0, 0.12, (n, 2))
    levels = levels * (1 + _each(ramp[:, 0]) * _DOWN + _each(ramp[:, 1]) * _ACROSS)
    haze = np.where(rng.random(n) < 0.4, rng.uniform(0, 0.7, n), 0)
    below = _each(haze) / (1 + np.exp(-4 * (_DOWN - _each(rng.uniform(-0.8, 0.8, n)))))
    levels = levels + below * np.maximum(_bright(levels, 0.9) - levels, 0)
    contrast, grey = rng.uniform(0.35, 1.1, n), rng.uniform(0.35, 0.6, n)
    flat = (levels - levels.mean(axis=(1, 2), keepdims=True)) * _each(contrast) + _each(grey)
    shown = np.where((rng.random(n) < 0.5)[:, None, None], flat, levels)
    return np.asarray(np.clip(shown * 255, 0, 255), np.float32)


def _bright(films: npt.NDArray[np.floating], part: float) -> Floats:
    """Return the grey level below which this part of each film lies, shape (n, 1, 1)."""
    return np.asarray(np.quantile(films[:, ::4, ::4], part, axis=(1, 2))[:, None, None], np.float32)


def _seldom(rng: Rng, n: int) -> npt.NDArray[np.int64]:
    """Return quarter turns, mostly none, shape (n,)."""
    return rng.choice(4, n, p=[0.7, 0.1, 0.1, 0.1])


def _each(drawn: npt.NDArray[np.floating]) -> Floats:
    """(n,) → (n, 1, 1)."""
    return np.asarray(drawn, np.float32)[:, None, None]
