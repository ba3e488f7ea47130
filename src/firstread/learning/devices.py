"""Training on several devices: each holds the whole network and learns from its share of every batch.

Keras' own data parallelism. One program is compiled for all devices, so batch norm, augmentation and dropout see the
whole batch as one device would: the same seed gives the same draws and, but for rounding, the same losses.
"""

from contextlib import suppress
from typing import Any

import keras

from firstread.errors import TrainingError

__all__ = ["distribute", "in_use", "require_devices", "share"]

Tensor = Any

# Keras 3.15 distributes nothing on torch, and its TensorFlow part is an unfinished prototype.
_DISTRIBUTING_BACKEND = "jax"


def require_devices(wanted: int, *, batch_size: int) -> None:
    """Refuse what several devices could not do, before anything is decoded for it.

    Where there is no accelerator, the processor is divided into virtual devices: a rehearsal, not faster than one.

    Args:
        wanted: Number of devices; one is always there.
        batch_size: Films in one step, on all devices together.

    Raises:
        TrainingError: If the backend cannot distribute, there are not so many devices, or a batch does not split
            evenly.
    """
    if wanted == 1:
        return
    backend = keras.backend.backend()
    if backend != _DISTRIBUTING_BACKEND:
        raise TrainingError(
            f"--devices {wanted} must run on the backend {_DISTRIBUTING_BACKEND}, which alone distributes a training "
            f"in Keras; received {backend}. Give --backend {_DISTRIBUTING_BACKEND}, or --devices 1."
        )
    if batch_size % wanted:
        raise TrainingError(
            f"A batch must split evenly over the devices; received {batch_size} films for {wanted} devices. "
            "Change --batch-size, which is that of all devices together, or --devices."
        )
    _make_virtual_devices(wanted)
    found = keras.distribution.list_devices()
    if len(found) < wanted:
        way_out = (
            "It had started before and makes no virtual devices now: begin a new process, with "
            f"XLA_FLAGS=--xla_force_host_platform_device_count={wanted}."
            if found[0].startswith("cpu")
            else "JAX_PLATFORMS=cpu tries it on virtual devices of the processor instead."
        )
        raise TrainingError(
            f"--devices must be at most what JAX sees, {len(found)} ({', '.join(found)}); received {wanted}. {way_out}"
        )


def distribute(wanted: int) -> None:
    """Let everything that Keras builds from now on live on several devices; with one, nothing is done.

    Args:
        wanted: Number of devices, accepted by `require_devices`.
    """
    if wanted > 1:
        names = keras.distribution.list_devices()[:wanted]
        keras.distribution.set_distribution(keras.distribution.DataParallel(devices=names))


def in_use() -> tuple[str, ...]:
    """Return the names of the devices that share every batch; none when there is one."""
    distribution = keras.distribution.distribution()
    return () if distribution is None else tuple(map(str, distribution.device_mesh.devices))


def share(films: Tensor) -> Tensor:
    """Return a batch laid over the devices, when it splits evenly; as it came otherwise, and each scores all of it.

    `fit` does this by itself, `predict_on_batch` does not.
    """
    distribution = keras.distribution.distribution()
    if distribution is None or len(films) % distribution.num_model_replicas:
        return films
    shared: Tensor = keras.distribution.distribute_tensor(films, distribution.get_data_layout(films.shape))
    return shared


def _make_virtual_devices(wanted: int) -> None:
    """Divide the processor; beside an accelerator its virtual devices stay unused."""
    import jax

    if jax.config.jax_num_cpu_devices < wanted:  # type: ignore[attr-defined]  # JAX makes its settings at import
        with suppress(RuntimeError):  # JAX has started; the caller counts what it started with
            jax.config.update("jax_num_cpu_devices", wanted)  # type: ignore[no-untyped-call]  # JAX says no types
