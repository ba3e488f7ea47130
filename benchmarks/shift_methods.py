"""Which score tells what is no frontal chest film, and which tells a film that is unlike the training films.

    python benchmarks/shift_methods.py --data ../shared/data --cache FOLDER [--bundle BUNDLE] [--save BUNDLE]

Prints the table of docs/experiments.md. Films are decoded by the bundle's recipe and go through its network.
The detector of frontal chest films is the bundle's own; it is fitted here where the bundle has none, and `--save`
writes a copy of the bundle that has it. Choices were made on one half of the foreign films (by a hash of the name);
the other half is reported. Where a kind has fewer than 30 films, and for what is made of tuning films, all are.
"""

import argparse
import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from firstread.config import ReadLimits, Training, Workers
from firstread.data.film_cache import FilmCache
from firstread.errors import ImageReadError
from firstread.evaluation import frontal, frontal_fit, pictures, shift
from firstread.evaluation.discrimination import auroc
from firstread.evaluation.frontal import FrontalReference
from firstread.evaluation.intervals import wilson
from firstread.imaging.preprocess import Recipe, preprocess
from firstread.imaging.read import read
from firstread.inference import bundle as bundles
from firstread.inference import bundle_folder, parts
from firstread.inference.bundle import Bundle
from firstread.inference.session import OnnxSession
from firstread.learning import data_set

_BATCH = 32
_FEW = 30
_REPEATS = 1000

Pixels = npt.NDArray[np.uint8]
Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Seen:
    """Films and what the network said of them."""

    pixels: Pixels
    features: npt.NDArray[np.float32]
    logit: npt.NDArray[np.float32]


Score = Callable[[Seen], Values]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--bundle", type=Path, default=bundles.shipped())
    parser.add_argument("--save", type=Path)
    asked = parser.parse_args()
    bundle = bundles.load(asked.bundle)
    session = OnnxSession(bundle.model_path)
    training, diseased, tuning = _own_films(asked.data, asked.cache, bundle, session)
    reference = bundle.frontal or frontal_fit.fit(
        frontal.coarse(training.pixels, pictures.SIDE), tuning.pixels, rng=np.random.default_rng(7)
    )
    if asked.save:
        _save(bundle, reference, asked.save)
    methods = _methods(training, diseased, tuning, reference)
    ordinary = shift.fit(training.features[::3], tuning.features)
    kinds = {
        name: _seen(session, pixels) for name, pixels in _kinds(asked.data, bundle.recipe, tuning.pixels)
    }
    usual = {name: score(tuning) for name, score in methods.items()}
    _print_figures(kinds, methods, usual)
    _print_refusals(kinds, methods, usual, lambda films: _refused(films, reference, ordinary))


def _print_figures(
    kinds: Mapping[str, Seen], methods: Mapping[str, Score], usual: Mapping[str, Values]
) -> None:
    """Print each score's AUROC, with its interval, against the tuning films."""
    _print_row("kind", "n", *methods)
    _print_row(*["---"] * (2 + len(methods)))
    for name, films in kinds.items():
        figures = (_auroc(score(films), usual[method]) for method, score in methods.items())
        _print_row(name, str(len(films.pixels)), *figures)


def _print_refusals(
    kinds: Mapping[str, Seen],
    methods: Mapping[str, Score],
    usual: Mapping[str, Values],
    refused: Callable[[Seen], str],
) -> None:
    """Print what is refused, what each score would refuse with 1 % of tuning films, and the AUROC against adults."""
    adults = {
        method: np.concatenate([score(films) for name, films in kinds.items() if name.startswith("adults")])
        for method, score in methods.items()
    }
    against = ("outline", "Mahalanobis")
    print()
    _print_row("kind", "refused", *methods, *(f"{method} against adults" for method in against))
    _print_row(*["---"] * (2 + len(methods) + len(against)))
    for name, films in kinds.items():
        found = {method: score(films) for method, score in methods.items()}
        rates = [f"{np.mean(found[method] > np.quantile(usual[method], 0.99)):.1%}" for method in methods]
        figures = [_auroc(found[method], adults[method]) for method in against]
        _print_row(name, refused(films), *rates, *figures)


def _print_row(*cells: str) -> None:
    print("| " + " | ".join(cells) + " |", flush=True)


def _refused(films: Seen, reference: FrontalReference, ordinary: shift.ShiftReference) -> str:
    unusual = shift.percentage(ordinary, films.features)
    reasons = frontal.reasons(reference, films.pixels, shift=unusual)
    share = wilson(sum(reason is not None for reason in reasons), len(reasons))
    return f"{share.estimate:.1%} ({share.low:.1%} to {share.high:.1%})"


def _own_films(
    data: Path, cache_folder: Path, bundle: Bundle, session: OnnxSession
) -> tuple[Seen, npt.NDArray[np.bool_], Seen]:
    films = data_set.read(data / "kaggle-pneumonia-224", Training())
    cache = FilmCache.build(
        films.manifest, bundle.recipe, folder=cache_folder, limits=ReadLimits(), workers=Workers()
    )
    training, tuning = (
        _seen(session, cache.rows(cache.positions(part)))
        for part in (films.split.training, films.split.tuning)
    )
    return training, films.split.training.diseased, tuning


def _seen(session: OnnxSession, pixels: Pixels) -> Seen:
    answers = [
        session.run(pixels[first : first + _BATCH], ("logit", "features"))
        for first in range(0, len(pixels), _BATCH)
    ]
    features = np.concatenate([answer["features"] for answer in answers])
    return Seen(pixels, features, np.concatenate([answer["logit"].reshape(-1) for answer in answers]))


def _methods(
    training: Seen, diseased: npt.NDArray[np.bool_], tuning: Seen, reference: FrontalReference
) -> Mapping[str, Score]:
    """Return each score, higher for what is more unusual."""
    learned = training.features.astype(np.float64)
    every = shift.fit(learned[::3], tuning.features)
    classes = [shift.fit(learned[diseased == which], tuning.features) for which in (False, True)]
    mean = learned.mean(axis=0)
    _, _, directions = np.linalg.svd(learned - mean, full_matrices=False)
    unit = learned / np.linalg.norm(learned, axis=1, keepdims=True)

    def nearest_class(films: Seen) -> Values:
        return np.asarray(
            np.min([shift.distance(one, films.features) for one in classes], axis=0), np.float64
        )

    def residual(films: Seen) -> Values:
        centred = films.features - mean
        left = centred - centred @ directions[:64].T @ directions[:64]
        return np.asarray(np.linalg.norm(left, axis=1), np.float64)

    def neighbour(films: Seen) -> Values:
        cosine = films.features @ unit.T / np.linalg.norm(films.features, axis=1, keepdims=True)
        return np.asarray(1 - np.sort(cosine, axis=1)[:, -10], np.float64)

    return {
        "outline": lambda films: frontal.suspicion(reference, films.pixels),
        "Mahalanobis": lambda films: shift.distance(every, films.features),
        "class-conditional": nearest_class,
        "PCA residual": residual,
        "10th neighbour": neighbour,
        "logit": lambda films: -np.abs(films.logit).astype(np.float64),
    }


def _auroc(foreign: Values, usual: Values) -> str:
    """Return the AUROC against the tuning films with a bootstrap interval over both."""
    is_foreign = np.arange(foreign.size + usual.size) < foreign.size
    rng = np.random.default_rng(0)
    drawn = [
        auroc(is_foreign, np.concatenate([rng.choice(foreign, foreign.size), rng.choice(usual, usual.size)]))
        for _ in range(_REPEATS)
    ]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return f"{auroc(is_foreign, np.concatenate([foreign, usual])):.3f} ({low:.3f} to {high:.3f})"


def _kinds(data: Path, recipe: Recipe, tuning: Pixels) -> Iterator[tuple[str, Pixels]]:
    """Yield each kind of picture: foreign ones, those made of tuning films, and frontal chest films."""
    yield "tuning films", tuning
    for name in ("photos", "bone_xray", "knee_implant_xray", "lateral_chest"):
        yield name, _read((data / "ood" / name).rglob("*.jpg"), recipe)
    for modality in ("CT", "MR"):
        yield f"{modality} slices without header", np.stack(list(_slices(data / "dicom", modality, recipe)))
    yield "inverted", 255 - tuning
    for turns, name in ((1, "rotated left"), (3, "rotated right"), (2, "upside down")):
        yield name, np.ascontiguousarray(np.rot90(tuning, turns, axes=(1, 2)))
    yield "cropped to 40 % of the side", _cropped(tuning, recipe)
    adults = data / "external" / "nih-adult-weak"
    with (adults / "manifest.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    for view in ("PA", "AP"):
        films = (adults / row["path"] for row in rows if row["view_position"] == view)
        yield f"adults {view} (NIH)", _read(films, recipe)
    yield "adults (Hannover)", _read((data / "external" / "hannover-covid").rglob("*.jpg"), recipe)
    originals = (data / "kaggle-pneumonia-original").rglob("*.jpeg")
    yield "training films, original size", _read(originals, recipe, everything=True)


def _read(paths: Iterable[Path], recipe: Recipe, *, everything: bool = False) -> Pixels:
    found = sorted(paths)
    everything = everything or len(found) < _FEW
    pixels = []
    for path in found:
        if everything or hashlib.sha256(path.name.encode()).digest()[0] % 2:
            radiograph = read(path, limits=ReadLimits(), reduce_to=recipe.reduce_to)
            pixels.append(preprocess(radiograph, recipe).astype(np.uint8))
    return np.stack(pixels)


def _slices(folder: Path, modality: str, recipe: Recipe) -> Iterator[Pixels]:
    """Yield each different slice as somebody would export it to PNG: the header would give it away at once."""
    from PIL import Image
    from pydicom import dcmread

    with (folder / "INDEX.csv").open(newline="", encoding="utf-8") as stream:
        paths = [folder / row["path"] for row in csv.DictReader(stream) if row["modality"] == modality]
    met: set[bytes] = set()
    for path in paths:
        try:
            stored: Any = dcmread(path).pixel_array
        except Exception:  # noqa: S112 - these files are made to break parsers
            continue
        if stored.ndim != 2 or min(stored.shape) < 64 or stored.tobytes() in met:
            continue
        met.add(stored.tobytes())
        low, high = np.percentile(stored, [1, 99.5])
        levels = np.clip((stored - low) / max(high - low, 1), 0, 1) * 255
        stream_of_bytes = io.BytesIO()
        Image.fromarray(levels.astype(np.uint8)).save(stream_of_bytes, "PNG")
        try:
            radiograph = read(stream_of_bytes.getvalue(), limits=ReadLimits(), reduce_to=recipe.reduce_to)
        except ImageReadError:
            continue
        yield preprocess(radiograph, recipe).astype(np.uint8)


def _cropped(films: Pixels, recipe: Recipe) -> Pixels:
    from PIL import Image

    rng = np.random.default_rng(1)
    rows, columns = int(0.4 * recipe.height), int(0.4 * recipe.width)
    pieces = []
    for film in films:
        top, left = rng.integers(recipe.height - rows), rng.integers(recipe.width - columns)
        piece = Image.fromarray(film[top : top + rows, left : left + columns])
        pieces.append(np.asarray(piece.resize((recipe.width, recipe.height))))
    return np.stack(pieces)


def _save(bundle: Bundle, reference: FrontalReference, folder: Path) -> None:
    contents, _ = bundle_folder.read(bundle.folder)
    contents["frontal.npz"] = parts.as_npz(parts.frontal_arrays(reference))
    bundle_folder.write(folder, contents, verify=bundles.load)


if __name__ == "__main__":
    main()
