"""Augmentation on the device: everything is drawn first, then applied."""

from typing import Any

import keras
from keras import ops

from firstread.config import Augmentation
from firstread.learning import film_changes

__all__ = ["Augment", "apply", "draw"]

_ERASED_SIDES = (1 / 8, 1 / 3)  # of the side of a film

Tensor = Any
Drawn = dict[str, Tensor]


def draw(ranges: Augmentation, shape: tuple[Tensor, int, int], *, seed: Any) -> Drawn:
    """Return what one batch is changed by: a number for each film and operation that is switched on.

    Args:
        ranges: How far each operation may go; zero leaves it out.
        shape: Of the batch: (n, height, width).
        seed: A `keras.random.SeedGenerator` or a whole number.
    """
    films = shape[0]
    draws = _Draws(films, seed)
    drawn: Drawn = {}
    geometry = ("flip", "rotation_deg", "zoom", "smaller", "unequal_scale", "shift")
    if any(getattr(ranges, name) for name in geometry):
        drawn |= _draw_geometry(ranges, draws)
    if any((ranges.gamma, ranges.contrast, ranges.brightness)):
        drawn["gamma"] = ops.exp(draws.around_zero(ranges.gamma) * 0.6931472)
        drawn["contrast"] = 1.0 + draws.around_zero(ranges.contrast)
        drawn["brightness"] = draws.around_zero(ranges.brightness)
    if ranges.border:
        drawn["border_widths"] = draws.border_widths(ranges)
        drawn["border_grey"] = draws.border_grey()
    if ranges.erase:
        drawn["erased_centre"] = draws.between(0.0, 1.0, each=2)
        drawn["erased_sides"] = draws.erased_sides(ranges)
        drawn["erased_grey"] = draws.between(0.0, 1.0)
    if ranges.blur:
        # Half of the films stay sharp.
        drawn["blur_px"] = ops.maximum(draws.around_zero(ranges.blur), 0.0)
    if ranges.noise:
        drawn["noise_deviation"] = ops.maximum(draws.around_zero(ranges.noise), 0.0)
        drawn["noise"] = keras.random.normal(shape, seed=seed)
    if ranges.jpeg:
        low, high = ranges.jpeg_quality
        drawn["jpeg_quality"] = ops.floor(draws.between(low, high + 0.999))
        drawn["jpeg"] = draws.happens(ranges.jpeg)
    return drawn


def apply(films: Tensor, drawn: Drawn) -> Tensor:
    """Return films (n, height, width) in 0..1 changed by what was drawn; what was not drawn is not done.

    The order is the order in which it happens to a film: the patient and the cassette, the window, the printed rim
    and what covers a place, the detector, the file.
    """
    if "mirrored" in drawn:
        geometry = ("mirrored", "rotation_deg", "zoom_x", "zoom_y", "shift_x", "shift_y")
        films = film_changes.affine(films, **{name: drawn[name] for name in geometry})
    if "gamma" in drawn:
        grey_levels = ("gamma", "contrast", "brightness")
        films = film_changes.change_grey_levels(films, **{name: drawn[name] for name in grey_levels})
    if "border_widths" in drawn:
        films = film_changes.change_border(films, widths=drawn["border_widths"], grey=drawn["border_grey"])
    if "erased_centre" in drawn:
        erased = {name: drawn[f"erased_{name}"] for name in ("centre", "sides", "grey")}
        films = film_changes.erase(films, **erased)
    if "blur_px" in drawn:
        films = film_changes.blur(films, sigma_px=drawn["blur_px"])
    if "noise" in drawn:
        films = film_changes.add_noise(films, noise=drawn["noise"], deviation=drawn["noise_deviation"])
    if "jpeg" in drawn:
        reencoded = film_changes.reencode_jpeg(films, quality=drawn["jpeg_quality"])
        films = ops.where(ops.reshape(drawn["jpeg"], (-1, 1, 1)), reencoded, films)
    return films


class Augment(keras.layers.Layer):
    """Changes films (n, height, width, 1) in grey levels 0..255 while training, and nothing otherwise."""

    def __init__(self, ranges: Augmentation, *, seed: int, **options: Any) -> None:
        super().__init__(**options)
        self.ranges = ranges
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, films: Tensor, training: bool = False) -> Tensor:
        """Return the films, changed when training."""
        films = ops.cast(films, "float32")
        if not training:
            return films
        shape = (ops.shape(films)[0], films.shape[1], films.shape[2])
        drawn = draw(self.ranges, shape, seed=self.seed_generator)
        return apply(films[..., 0] / 255.0, drawn)[..., None] * 255.0

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the shape unchanged."""
        return input_shape


class _Draws:
    """Draws (n,) numbers for a batch from one seed."""

    def __init__(self, films: Tensor, seed: Any) -> None:
        self._films = films
        self._seed = seed

    def between(self, low: float, high: float, *, each: int | None = None) -> Tensor:
        shape = (self._films,) if each is None else (self._films, each)
        return keras.random.uniform(shape, low, high, seed=self._seed)

    def around_zero(self, largest: float) -> Tensor:
        return self.between(-largest, largest) if largest else ops.zeros((self._films,))

    def happens(self, probability: float) -> Tensor:
        return self.between(0.0, 1.0) < probability

    def border_widths(self, ranges: Augmentation) -> Tensor:
        """Some films get a rim, and each of their sides its own width or none."""
        widths = ops.maximum(self.between(-ranges.border_width, ranges.border_width, each=4), 0.0)
        return ops.where(ops.reshape(self.happens(ranges.border), (-1, 1)), widths, 0.0)

    def erased_sides(self, ranges: Augmentation) -> Tensor:
        """Some films lose a rectangle, of a size that leaves most of both lungs."""
        sides = self.between(*_ERASED_SIDES, each=2)
        return ops.where(ops.reshape(self.happens(ranges.erase), (-1, 1)), sides, 0.0)

    def border_grey(self) -> Tensor:
        """Mostly black, sometimes white or grey, as collimators and printed frames are."""
        kind, grey = self.between(0.0, 1.0), self.between(0.0, 1.0)
        return ops.where(kind < 0.6, 0.0, ops.where(kind < 0.8, 1.0, grey))


def _draw_geometry(ranges: Augmentation, draws: _Draws) -> Drawn:
    zoom = (1.0 - ranges.smaller) * (1.0 + draws.around_zero(ranges.zoom))
    # The square root on one axis and its inverse on the other: the ratio changes, the area does not.
    stretch = ops.sqrt(1.0 + draws.around_zero(ranges.unequal_scale))
    return {
        "mirrored": draws.happens(ranges.flip),
        "rotation_deg": draws.around_zero(ranges.rotation_deg),
        "zoom_x": zoom * stretch,
        "zoom_y": zoom / stretch,
        "shift_x": draws.around_zero(ranges.shift),
        "shift_y": draws.around_zero(ranges.shift),
    }
