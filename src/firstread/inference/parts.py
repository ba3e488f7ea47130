"""The files a bundle is made of: bytes to values and back, each refused by name when it does not fit."""

import io
import json
import math
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from firstread.errors import BundleError
from firstread.evaluation.between_blocks import PredictionInterval
from firstread.evaluation.calibration import Calibration
from firstread.evaluation.frontal import OUTLINE_SIZE, FrontalReference
from firstread.evaluation.operating_point import OperatingPoint
from firstread.evaluation.shift import ShiftReference
from firstread.evaluation.tuning_scores import TuningScores
from firstread.inference.evidence import EvidenceReference

__all__ = [
    "Head",
    "as_json",
    "as_npz",
    "frontal_arrays",
    "head_arrays",
    "parse_calibration",
    "parse_evidence",
    "parse_frontal",
    "parse_head",
    "parse_json",
    "parse_operating_points",
    "parse_shift",
    "parse_tuning_scores",
    "shift_arrays",
    "text",
    "tuning_scores_arrays",
]

_MOST_MARGIN = 0.25
# A head of 4,096 features takes 16 kB and a shift reference 1 MB: what inflates further is an attack.
MAX_INFLATED_BYTES = 64 * 1024 * 1024

Arrays = Mapping[str, npt.NDArray[np.generic]]


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """The last unit: logit = features · kernel + bias.

    Args:
        kernel: Weight of each feature, shape (d,), float32.
        bias: Added to the sum.
        margin: What the network cuts off each edge of a film before it looks, as a fraction of the side, below 0.25:
            its feature map covers the rest.
    """

    kernel: npt.NDArray[np.float32]
    bias: float
    margin: float = 0.0


def as_json(values: Mapping[str, Any]) -> bytes:
    """Return values as JSON; a float keeps all its digits, so that a threshold flags the same films again."""
    try:
        return (json.dumps(values, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()
    except (TypeError, ValueError) as error:
        raise BundleError(f"A bundle holds plain finite values; {error}.") from error


def parse_json(name: str, content: bytes) -> dict[str, Any]:
    """Return the values of a JSON part.

    Raises:
        BundleError: If the part is not JSON, not an object, or holds NaN or infinity.
    """

    def refuse(constant: str) -> None:
        raise BundleError(f"{name}: every number must be finite; received {constant}.")

    try:
        values = json.loads(text(name, content), parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise BundleError(f"{name}: must be JSON; {error}.") from error
    if not isinstance(values, dict):
        raise BundleError(f"{name}: must be a JSON object; received {type(values).__name__}.")
    return values


def parse_calibration(name: str, values: Mapping[str, Any]) -> Calibration:
    """Return the calibration; a bundle of an older release has a temperature only."""
    method = values.get("method")
    if method != "temperature":
        raise BundleError(f"{name}: method must be 'temperature'; received {method!r}.")
    temperature = _number(name, "temperature", values.get("temperature"))
    intercept = _number(name, "intercept", values.get("intercept", 0.0))
    prevalence = values.get("prevalence")
    if prevalence is not None:
        prevalence = _number(name, "prevalence", prevalence)
    try:
        return Calibration(temperature, intercept, prevalence)
    except ValueError as error:
        raise BundleError(f"{name}: {error}") from error


def parse_operating_points(name: str, values: Mapping[str, Any]) -> dict[str, OperatingPoint]:
    """Return the operating points by name; "screening" and "rule_out" must be there and in order."""
    points = {key: _operating_point(f"{name}: {key}", key, value) for key, value in values.items()}
    for needed in ("screening", "rule_out"):
        if needed not in points:
            raise BundleError(f"{name}: must have 'screening' and 'rule_out'; {needed!r} is missing.")
    screening, rule_out = points["screening"].threshold, points["rule_out"].threshold
    if rule_out > screening:
        raise BundleError(
            f"{name}: the threshold of 'rule_out' must not be above that of 'screening'; "
            f"received {rule_out} and {screening}."
        )
    return points


def _operating_point(where: str, key: str, value: object) -> OperatingPoint:
    predicted = ("predicted_sensitivity", "predicted_specificity")
    names = [name for name in OperatingPoint.__slots__ if name not in predicted]
    if not isinstance(value, dict) or sorted(value.keys() - {*predicted}) != sorted(names):
        raise BundleError(f"{where} must state {', '.join(names)}; received {value!r}.")
    if value["name"] != key:
        raise BundleError(f"{where} must be named {key!r}; received {value['name']!r}.")
    numbers = {name: _number(where, name, value[name]) for name in names if name != "name"}
    if not 0 < numbers["threshold"] < 1:
        raise BundleError(f"{where}: threshold must be in (0, 1); received {numbers['threshold']}.")
    for fraction in ("sensitivity", "specificity"):
        if not 0 <= numbers[fraction] <= 1:
            raise BundleError(f"{where}: {fraction} must be in [0, 1]; received {numbers[fraction]}.")
    for count in ("n_diseased", "n_non_diseased"):
        if numbers[count] < 1 or numbers[count] != int(numbers[count]):
            raise BundleError(f"{where}: {count} must be a whole number above 0; received {numbers[count]}.")
    return OperatingPoint(
        name=key,
        threshold=numbers["threshold"],
        sensitivity=numbers["sensitivity"],
        specificity=numbers["specificity"],
        n_diseased=int(numbers["n_diseased"]),
        n_non_diseased=int(numbers["n_non_diseased"]),
        **{name: _interval(f"{where}: {name}", value.get(name)) for name in predicted},
    )


def _interval(where: str, value: object) -> PredictionInterval | None:
    """Return what to expect of a point; bundles of an older release do not say."""
    if value is None:
        return None
    names = ("estimate", "low", "high", "level")
    if not isinstance(value, dict) or not {*names} <= value.keys():
        raise BundleError(f"{where} must state {', '.join(names)}; received {value!r}.")
    numbers = {name: _number(where, name, value[name]) for name in names}
    if not 0 <= numbers["low"] <= numbers["estimate"] <= numbers["high"] <= 1:
        raise BundleError(f"{where} must be 0 <= low <= estimate <= high <= 1; received {value!r}.")
    stretches = value.get("stretches")
    if stretches is not None and (type(stretches) is not int or stretches < 1):
        raise BundleError(f"{where}: stretches must be a whole number above 0; received {stretches!r}.")
    return PredictionInterval(
        numbers["estimate"], numbers["low"], numbers["high"], numbers["level"], stretches=stretches
    )


def parse_evidence(name: str, values: Mapping[str, Any]) -> EvidenceReference:
    """Return how much heat of a flagged film lies inside the thorax."""
    names = list(EvidenceReference.__slots__)
    if sorted(values) != sorted(names):
        raise BundleError(f"{name}: must state {', '.join(names)}; received {', '.join(sorted(values))}.")
    numbers = {key: _number(name, key, values[key]) for key in names}
    if numbers["n_films"] != int(numbers["n_films"]):
        raise BundleError(f"{name}: n_films must be a whole number; received {numbers['n_films']}.")
    try:
        return EvidenceReference(numbers["least_share"], numbers["percentile"], int(numbers["n_films"]))
    except ValueError as error:
        raise BundleError(f"{name}: {error}") from error


def as_npz(arrays: Arrays) -> bytes:
    """Return arrays as a compressed .npz; the same arrays give the same bytes."""
    stream = io.BytesIO()
    np.savez_compressed(stream, allow_pickle=False, **arrays)
    return stream.getvalue()


def head_arrays(head: Head) -> Arrays:
    """Return the arrays of head.npz."""
    return {name: np.asarray(value, np.float32) for name, value in asdict(head).items()}


def frontal_arrays(reference: FrontalReference) -> Arrays:
    """Return the arrays of frontal.npz."""
    return {name: _stored(value) for name, value in asdict(reference).items()}


def shift_arrays(reference: ShiftReference) -> Arrays:
    """Return the arrays of shift.npz; in half precision its directions would move distances by several per cent."""
    return {name: np.asarray(value, np.float32) for name, value in asdict(reference).items()}


def _stored(value: npt.ArrayLike) -> npt.NDArray[np.floating]:
    """Return an array in float32, or a matrix in half precision where that holds every number of it exactly."""
    single = np.asarray(value, np.float32)
    with np.errstate(over="ignore"):
        half = single.astype(np.float16)
    return half if single.ndim == 2 and np.array_equal(half, single) else single


def tuning_scores_arrays(scores: TuningScores) -> Arrays:
    """Return the arrays of tuning_scores.npz."""
    return {name: np.asarray(value, np.float32) for name, value in asdict(scores).items()}


def parse_tuning_scores(name: str, content: bytes) -> TuningScores:
    """Return the logits of the tuning films; both classes must be there."""
    arrays = _parse_npz(name, content, {"diseased": 1, "non_diseased": 1})
    if not arrays["diseased"].size or not arrays["non_diseased"].size:
        raise BundleError(f"{name}: must hold logits of both classes; one of them is empty.")
    return TuningScores(**arrays)


def parse_head(name: str, content: bytes) -> Head:
    """Return the head of the network; a bundle of an older release has no margin."""
    arrays = _parse_npz(name, content, {"kernel": 1, "bias": 0, "margin": 0}, optional=("margin",))
    margin = float(arrays.get("margin", 0.0))
    if not 0 <= margin < _MOST_MARGIN:
        raise BundleError(f"{name}: margin must be in [0, {_MOST_MARGIN}); received {margin}.")
    return Head(kernel=arrays["kernel"], bias=float(arrays["bias"]), margin=margin)


def parse_frontal(name: str, content: bytes) -> FrontalReference:
    """Return the detector of frontal chest films; its arrays must fit each other and the outline."""
    axes = {"hidden_kernel": 2, "hidden_bias": 1, "kernel": 1, "bias": 0, "threshold": 0, "usual": 0}
    arrays = _parse_npz(name, content, axes)
    units = arrays["kernel"].size
    for key, shape in {"hidden_bias": (units,), "hidden_kernel": (OUTLINE_SIZE, units)}.items():
        if arrays[key].shape != shape:
            raise BundleError(f"{name}: {key} must have shape {shape}; received {arrays[key].shape}.")
    return FrontalReference(
        hidden_kernel=arrays["hidden_kernel"],
        hidden_bias=arrays["hidden_bias"],
        kernel=arrays["kernel"],
        bias=float(arrays["bias"]),
        threshold=float(arrays["threshold"]),
        usual=float(arrays["usual"]),
    )


def parse_shift(name: str, content: bytes) -> ShiftReference:
    """Return the shift reference; its arrays must fit each other."""
    axes = {"mean": 1, "components": 2, "scale": 1, "residual_scale": 0, "tuning_distances": 1}
    arrays = _parse_npz(name, content, axes)
    kept, width = arrays["components"].shape
    if arrays["mean"].size != width or arrays["scale"].size != kept:
        raise BundleError(
            f"{name}: mean, components and scale must have the shapes (d,), (k, d) and (k,); "
            f"received {arrays['mean'].shape}, {(kept, width)} and {arrays['scale'].shape}."
        )
    if not (arrays["scale"] > 0).all() or not arrays["residual_scale"] > 0:
        raise BundleError(f"{name}: every scale must be above 0; received one that is not.")
    distances = arrays["tuning_distances"]
    if not distances.size or (np.diff(distances) < 0).any():
        raise BundleError(f"{name}: tuning_distances must be at least one number, ascending.")
    return ShiftReference(
        mean=arrays["mean"],
        components=arrays["components"],
        scale=arrays["scale"],
        residual_scale=float(arrays["residual_scale"]),
        tuning_distances=distances,
    )


def _parse_npz(
    name: str, content: bytes, axes: Mapping[str, int], *, optional: Sequence[str] = ()
) -> dict[str, npt.NDArray[np.float32]]:
    """Return the float32 arrays of a .npz part: exactly those named, with that many axes, all finite.

    Optional ones may be missing. A matrix may be stored in half precision.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            inflated = sum(entry.file_size for entry in archive.infolist())
        if inflated > MAX_INFLATED_BYTES:
            raise BundleError(
                f"{name}: must inflate to {MAX_INFLATED_BYTES} bytes at most; received {inflated}."
            )
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            arrays = {key: archive[key] for key in archive.files}
    except (
        zipfile.BadZipFile,
        ValueError,
        EOFError,
        OSError,
        NotImplementedError,
        zlib.error,
    ) as error:
        raise BundleError(f"{name}: must be a .npz file of arrays; {error}.") from error
    axes = {key: count for key, count in axes.items() if key in arrays or key not in optional}
    if sorted(arrays) != sorted(axes):
        raise BundleError(
            f"{name}: must hold {', '.join(sorted(axes))}; received {', '.join(sorted(arrays))}."
        )
    for key, count in axes.items():
        array = arrays[key]
        if array.ndim == count == 2 and array.dtype == np.float16:
            array = arrays[key] = array.astype(np.float32)
        if array.dtype != np.float32 or array.ndim != count:
            raise BundleError(
                f"{name}: {key} must be float32 with {count} axes; received {array.dtype} with {array.ndim}."
            )
        if not np.isfinite(array).all():
            raise BundleError(f"{name}: every number must be finite; {key} has one that is not.")
    return arrays


def _number(where: str, name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise BundleError(f"{where}: {name} must be a finite number; received {value!r}.")
    return float(value)


def text(name: str, content: bytes) -> str:
    """Return the text of a part, which must be UTF-8."""
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise BundleError(f"{name}: must be UTF-8 text; {error.reason} at byte {error.start}.") from error
