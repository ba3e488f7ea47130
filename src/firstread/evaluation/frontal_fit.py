"""The outline of a frontal chest film is learned from training films and from what is made of them.

No picture of anything else is needed: a film that is turned, inverted or cut out is no frontal chest film any more, and
shapes and textures never were one. What must be told apart from them is a film as another hospital would make it:
another size and place of the chest, another brightness, a lung or a belly that is white.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from firstread.errors import UndefinedMetricError
from firstread.evaluation import pictures
from firstread.evaluation.frontal import Films, Floats, FrontalReference, coarse, outline, suspicion

__all__ = ["FALSE_REFUSALS", "fit"]

FALSE_REFUSALS = 0.01
"""Of tuning films, each changed as another hospital might show it."""

_HIDDEN = 64
_MEMBERS = (
    4  # networks with draws of their own, whose mean decides: one alone refused 3 or 7 % of adults by luck
)
_EPOCHS = 25
_BATCH = 128
_DECAY = 0.1
_AT_ONCE = 256

Change = Callable[[np.random.Generator, Floats], Floats]


def fit(training: Films, tuning: Films, *, rng: np.random.Generator) -> FrontalReference:
    """Learn from training films what a frontal chest film is; tuning films fix the threshold.

    Args:
        training: Frontal chest films, shape (n_training, height, width), grey levels 0..255; `coarse` ones of 112 × 112
            pixels are enough.
        tuning: Of other patients, shape (n_tuning, height, width).
        rng: Draws the changes.

    Raises:
        UndefinedMetricError: If there are fewer than ten films of either.
    """
    for name, films in (("training", training), ("tuning", tuning)):
        if len(films) < 10:
            raise UndefinedMetricError(
                f"A detector of frontal chest films needs at least 10 {name} films; received {len(films)}."
            )
    base = coarse(training, pictures.SIDE)
    reference = _mean([_learned(*_drawn(base, rng), seed=int(rng.integers(2**31))) for _ in range(_MEMBERS)])
    reference = replace(reference, hidden_kernel=_rounded(reference.hidden_kernel))
    strange = pictures.elsewhere(rng, coarse(tuning, pictures.SIDE))
    usual, threshold = (
        float(np.quantile(suspicion(reference, films), 1 - FALSE_REFUSALS)) for films in (tuning, strange)
    )
    return replace(reference, threshold=threshold, usual=usual)


def _drawn(base: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return outlines of frontal chest films, as they are and as elsewhere, and of what is none."""
    changed = [_changed(pictures.elsewhere, base, rng) for _ in range(2)]
    other = [
        _changed(change, base[::2], rng)
        for change in (
            pictures.turned,
            pictures.inverted,
            pictures.cut_out,
            pictures.shapes,
            pictures.textures,
        )
    ]
    return np.concatenate([outline(coarse(base)), *changed]), np.concatenate(other)


def _changed(change: Change, films: Floats, rng: np.random.Generator) -> Floats:
    return np.concatenate(
        [
            outline(coarse(change(rng, films[start : start + _AT_ONCE])))
            for start in range(0, len(films), _AT_ONCE)
        ]
    )


def _learned(frontal: Floats, other: Floats, *, seed: int) -> FrontalReference:
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    values = np.concatenate([frontal, other])
    mean, scale = values.mean(axis=0), np.maximum(values.std(axis=0), 1e-6)
    network = MLPClassifier(
        (_HIDDEN,), alpha=_DECAY, max_iter=_EPOCHS, batch_size=min(_BATCH, len(values)), random_state=seed
    )
    is_other = np.arange(len(values)) >= len(frontal)
    with warnings.catch_warnings():
        # So many passes over the films are what was tried; more do not help with pictures of other kinds.
        warnings.simplefilter("ignore", ConvergenceWarning)
        network.fit((values - mean) / scale, is_other)
    # As if the outline went in unscaled, so that members with scales of their own can stand side by side.
    kernel = network.coefs_[0] / scale[:, None]
    return FrontalReference(
        hidden_kernel=kernel.astype(np.float32),
        hidden_bias=(network.intercepts_[0] - mean @ kernel).astype(np.float32),
        kernel=network.coefs_[1][:, 0].astype(np.float32),
        bias=float(network.intercepts_[1][0]),
        threshold=0.0,
        usual=0.0,
    )


def _mean(members: Sequence[FrontalReference]) -> FrontalReference:
    """Return the mean of networks with one hidden layer: such a network, all hidden units side by side."""
    return replace(
        members[0],
        hidden_kernel=np.hstack([member.hidden_kernel for member in members]),
        hidden_bias=np.concatenate([member.hidden_bias for member in members]),
        kernel=np.concatenate([member.kernel / np.float32(len(members)) for member in members]).astype(
            np.float32
        ),
        bias=float(np.mean([member.bias for member in members])),
    )


def _rounded(kernel: Floats) -> Floats:
    """Return a kernel that half precision holds, so that a bundle needs half the room; one it cannot hold stays."""
    with np.errstate(over="ignore"):
        half = kernel.astype(np.float16).astype(np.float32)
    return half if np.isfinite(half).all() else kernel
