"""What a bundle says about how it was made."""

import importlib.metadata
import platform
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from firstread import __version__
from firstread.config import Config, as_dict
from firstread.data.manifest import Manifest
from firstread.data.splits import Split
from firstread.learning.data_set import DataSet, Source
from firstread.learning.run_folder import State

__all__ = ["FILMS", "INTENDED_USE", "facts_of", "software_versions"]

INTENDED_USE = (
    "Research and teaching: ranking frontal chest radiographs so that pneumonia is read first. "
    "Not a medical device; it never replaces a reader."
)

# Of every folder without a manifest.csv; the hash in the facts tells whether the films were these.
FILMS = (
    "Chest films in the layout of Kermany et al., Cell 172 (2018), doi:10.1016/j.cell.2018.02.010, CC BY 4.0 "
    "(Mendeley Data rscbjbr9sj; Kaggle paultimothymooney/chest-xray-pneumonia)."
)

_SOFTWARE = (
    "keras",
    "tensorflow",
    "tensorflow-cpu",
    "torch",
    "jax",
    "numpy",
    "pillow",
    "onnx",
    "tf2onnx",
    "onnxruntime",
)


def facts_of(
    *,
    config: Config,
    data_set: DataSet,
    state: State,
    seeds: Mapping[int, State],
    origin: str,
    backend: str,
    runs_beside: int,
    metrics: dict[str, Any],
    parity: dict[str, Any],
    created: date,
    notes: Sequence[str],
) -> dict[str, Any]:
    """Return the facts of a bundle as plain values for JSON.

    Args:
        config: Of the run.
        data_set: What was learned from and tuned on.
        state: How training ended.
        seeds: Seed → how the training ended, of every training that it was one of.
        origin: Where the weights started.
        backend: Keras' engine.
        runs_beside: Other runs beside this one that were judged on the same tuning films.
        metrics: On the tuning part, with intervals.
        parity: Between the trained and the exported model.
        created: Day of the export.
        notes: What only its maker knows and a reader of the figures must; stated, not measured.
    """
    architecture = config.training.architecture
    split = data_set.split
    return {
        "name": f"firstread-{architecture.replace('_', '-')}",
        "created": created.isoformat(),
        "intended_use": INTENDED_USE,
        "architecture": architecture,
        "started_from": origin,
        "data": {
            "n_films": len(data_set.manifest),
            "hash": data_set.hash,
            "split": split.name,
            "split_description": split.description,
            "parts": {part.value: _counts(films) for part, films in split.parts.items()},
            "sources": [_source(source, split) for source in data_set.sources],
        },
        "training": config.training.deciding()
        | {"weights": origin, "epochs_done": state.done, "epoch_kept": state.best_epoch, "backend": backend}
        | ({"trainings": _trainings(seeds)} if len(seeds) > 1 else {}),
        "runs_beside": runs_beside,
        "augmentation": as_dict(config.augmentation),
        "metrics": {"tuning": metrics},
        "parity": parity,
        "notes": list(notes),
        "software": {"firstread": __version__, "python": platform.python_version(), **software_versions()},
        "licence": "Apache-2.0",
        "attribution": [
            *dict.fromkeys(_films_of(source) for source in data_set.sources),
            f"Weights started from {_credited(origin)}.",
        ],
    }


def _trainings(seeds: Mapping[int, State]) -> list[dict[str, Any]]:
    """Return what each training came to: its kept epoch on tuning films, before its export."""
    return [
        {
            "seed": seed,
            "epochs_done": state.done,
            "epoch_kept": state.best_epoch,
            **{
                figure: getattr(state.kept, figure)
                for figure in ("tuning_loss", "tuning_auroc", "tuning_specificity")
            },
        }
        for seed, state in seeds.items()
    ]


def _credited(origin: str) -> str:
    """Name whom the starting weights came from, where their name tells."""
    published = origin.startswith(("ImageNet", "mobilenet_v2_1.0_224", "efficientnet_lite0"))
    return f"{origin} (the TensorFlow and Keras authors, Apache-2.0)" if published else origin


def _films_of(source: Source) -> str:
    """Name whom the films came from, as far as their folder tells."""
    if not source.listed:
        return FILMS
    return (
        f"Films of {source.name}, listed in its manifest.csv, which does not state their source and licence."
    )


def _source(source: Source, split: Split) -> dict[str, Any]:
    own = set(source.manifest.paths)
    parts = {part.value: films.select(lambda film: film.path in own) for part, films in split.parts.items()}
    return {
        "name": source.name,
        "listed": source.listed,
        "hash": source.hash,
        "left_out": source.left_out,
        "parts": {part: _counts(films) for part, films in parts.items() if len(films)},
    }


def _counts(films: Manifest) -> dict[str, int]:
    diseased = int(films.diseased.sum())
    return {
        "films": len(films),
        "diseased": diseased,
        "non_diseased": len(films) - diseased,
        "patients": len(set(films.patients)),
    }


def software_versions() -> dict[str, str]:
    """Return package → version of what a training stands on, as far as it is installed."""
    found = {}
    for package in _SOFTWARE:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
