"""A bundle: a folder with a model and everything it needs, refused when any part does not match."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from firstread.errors import BundleError
from firstread.evaluation.calibration import Calibration
from firstread.evaluation.frontal import FrontalReference
from firstread.evaluation.judgement import Judgement
from firstread.evaluation.operating_point import OperatingPoint
from firstread.evaluation.shift import ShiftReference
from firstread.evaluation.tuning_scores import TuningScores
from firstread.imaging.preprocess import Recipe
from firstread.inference import bundle_folder, judgements
from firstread.inference import parts as part_files
from firstread.inference.evidence import EvidenceReference
from firstread.inference.model_file import ModelSignature, Shape, read_signature
from firstread.inference.parts import Head

__all__ = ["FORMAT_VERSION", "OPSETS", "Bundle", "BundleParts", "Head", "load", "record", "save", "shipped"]

FORMAT_VERSION = 1
OPSETS = range(13, 22)
"""Opsets that every ONNX Runtime firstread runs on executes."""


@dataclass(frozen=True, slots=True)
class BundleParts:
    """What a bundle is made from.

    Args:
        model: The ONNX file to copy.
        recipe: How a radiograph becomes model input.
        calibration: From logit to probability.
        operating_points: By name: "screening" decides what is flagged, "rule_out" is the lower edge of
            REVIEW. Thresholds are calibrated probabilities.
        head: The last unit, for heat maps without a second pass.
        shift: Where ordinary films lie; None when the bundle cannot tell.
        facts: Training data and its hash, split, seeds, software versions, metrics, licence, attribution.
        model_card: Markdown.
        weights: What the model lacks of the training framework's weights, to fine-tune from; not used for scoring.
        tuning_scores: Logits of the tuning films, to compare a site's with.
        frontal: What tells a frontal chest film from other pictures; None when the bundle refuses none.
        evidence: How much of the heat of flagged tuning films lies inside the thorax; None where nobody measured it.
    """

    model: Path
    recipe: Recipe
    calibration: Calibration
    operating_points: Mapping[str, OperatingPoint]
    head: Head
    shift: ShiftReference | None
    facts: Mapping[str, Any]
    model_card: str
    weights: part_files.Arrays | None = None
    tuning_scores: TuningScores | None = None
    evidence: EvidenceReference | None = None
    frontal: FrontalReference | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Bundle:
    """A verified bundle.

    Args:
        folder: Where it lies.
        recipe: How a radiograph becomes model input.
        calibration: From logit to probability.
        operating_points: By name; a film is flagged when its probability reaches the one named "screening".
        head: The last unit.
        shift: Where ordinary films lie; None when the bundle cannot tell.
        facts: Where the model comes from.
        sha256: Stands for every part but the card and the judgements, which may be written again.
        tuning_scores: Logits of the tuning films; None in bundles that do not hold them.
        frontal: What tells a frontal chest film from other pictures; None when the bundle refuses none.
        evidence: From which share of heat inside the thorax on a flagged film is ordinary; None when the bundle
            cannot tell, and then nobody is warned.
        judgements: What evaluations of this bundle on test films found; empty where none was recorded.
    """

    folder: Path
    recipe: Recipe
    calibration: Calibration
    operating_points: Mapping[str, OperatingPoint]
    head: Head
    shift: ShiftReference | None
    facts: Mapping[str, Any]
    sha256: str
    tuning_scores: TuningScores | None = None
    evidence: EvidenceReference | None = None
    frontal: FrontalReference | None = None
    judgements: tuple[Judgement, ...] = ()

    @property
    def abstain_band(self) -> tuple[float, float]:
        """Probabilities (from, below) in which a film is neither ruled out nor flagged by every operating point.

        Its part below "screening" is the REVIEW band; a flagged film in it does not reach "urgent" and carries a
        warning.
        """
        highest = max(point.threshold for point in self.operating_points.values())
        return self.operating_points["rule_out"].threshold, highest

    @property
    def model_path(self) -> Path:
        """The ONNX file."""
        return self.folder / "model.onnx"

    @property
    def model_card(self) -> str:
        """The card as it lies in the folder."""
        return (self.folder / bundle_folder.MODEL_CARD).read_text(encoding="utf-8")

    @property
    def weights_path(self) -> Path | None:
        """The weights to fine-tune from; None when the bundle has none."""
        path = self.folder / "weights.npz"
        return path if path.exists() else None


def load(folder: Path) -> Bundle:
    """Return the bundle in a folder after verifying every part.

    Raises:
        BundleError: If a part is missing, unknown, a link, or does not match its hash, its format or its
            neighbours; the message names the folder and the part.
    """
    try:
        return _load(folder)
    except BundleError as error:
        raise BundleError(f"{folder}: {error}") from error.__cause__
    except OSError as error:
        raise BundleError(f"{folder}: every part must be readable; {error.strerror}.") from error


def save(folder: Path, parts: BundleParts) -> Bundle:
    """Write a bundle and return it as loaded.

    It is written beside its place, verified, and then renamed, so a crash leaves no half-written bundle.
    A bundle that stands there is replaced; anything else that stands there is left alone.

    Raises:
        BundleError: If a part is unfit, ONNX Runtime cannot load the model, or the place is taken by
            something that is not a bundle.
    """
    from firstread.inference.session import OnnxSession

    def verify(beside: Path) -> None:
        try:
            OnnxSession(_load(beside).model_path, threads=1)
        except BundleError as error:
            # The reader knows the place, not the folder beside it, which is gone by then.
            raise BundleError(f"{folder}: {str(error).replace(str(beside), str(folder))}") from error

    bundle_folder.write(Path(folder), _contents(parts), verify=verify)
    return load(Path(folder))


def record(bundle: Bundle, found: Sequence[Judgement], *, model_card: str) -> Bundle:
    """Write judgements and a new card into a bundle, which stays the same bundle, and return it as loaded.

    Args:
        bundle: Its folder is replaced, whole or not at all.
        found: All judgements it is to hold.
        model_card: Markdown.

    Raises:
        BundleError: If a judgement is of another bundle, or the folder cannot be written.
    """
    contents, _ = bundle_folder.read(bundle.folder)
    contents[bundle_folder.MODEL_CARD] = model_card.encode()
    contents[bundle_folder.JUDGEMENTS] = part_files.as_json(judgements.as_values(found))
    bundle_folder.write(bundle.folder, contents, verify=_load)
    return load(bundle.folder)


def shipped() -> Path:
    """Return the folder of the bundle that comes with the package.

    Raises:
        BundleError: If there is none, or more than one.
    """
    room = Path(str(resources.files("firstread"))) / "bundles"
    # A hidden folder is a bundle that was being written when the process was killed.
    found = sorted(path.parent for path in room.glob(f"[!.]*/{bundle_folder.SUMS}"))
    if len(found) != 1:
        raise BundleError(
            f"{room}: one bundle must come with the package; found {len(found)}. "
            "Train one (`firstread train`), or name one (`--bundle FOLDER`)."
        )
    return found[0]


def _load(folder: Path) -> Bundle:
    contents, sha256 = bundle_folder.read(folder)
    facts = part_files.parse_json("facts.json", contents["facts.json"])
    if facts.get("format_version") != FORMAT_VERSION:
        raise BundleError(
            f"facts.json: format_version must be {FORMAT_VERSION}; received {facts.get('format_version')!r}. "
            "Another release of firstread wrote this bundle."
        )
    calibration = part_files.parse_json("calibration.json", contents["calibration.json"])
    points = part_files.parse_json("operating_points.json", contents["operating_points.json"])
    bundle = Bundle(
        folder=folder,
        recipe=_recipe(contents["recipe.json"]),
        calibration=part_files.parse_calibration("calibration.json", calibration),
        operating_points=part_files.parse_operating_points("operating_points.json", points),
        head=part_files.parse_head("head.npz", contents["head.npz"]),
        shift=part_files.parse_shift("shift.npz", contents["shift.npz"]) if "shift.npz" in contents else None,
        facts=facts,
        sha256=sha256,
        tuning_scores=(
            part_files.parse_tuning_scores("tuning_scores.npz", contents["tuning_scores.npz"])
            if "tuning_scores.npz" in contents
            else None
        ),
        frontal=part_files.parse_frontal("frontal.npz", contents["frontal.npz"])
        if "frontal.npz" in contents
        else None,
        evidence=(
            part_files.parse_evidence(
                "evidence.json", part_files.parse_json("evidence.json", contents["evidence.json"])
            )
            if "evidence.json" in contents
            else None
        ),
        judgements=_judgements(contents.get(bundle_folder.JUDGEMENTS), sha256),
    )
    _require_fit(bundle, read_signature(contents["model.onnx"]))
    return bundle


def _recipe(content: bytes) -> Recipe:
    try:
        return Recipe.from_dict(part_files.parse_json("recipe.json", content))
    except TypeError as error:
        raise BundleError(f"recipe.json: every field must have its type; {error}.") from error


def _judgements(content: bytes | None, sha256: str) -> tuple[Judgement, ...]:
    if content is None:
        return ()
    name = bundle_folder.JUDGEMENTS
    found = judgements.parse(name, part_files.parse_json(name, content))
    for judgement in found:
        if judgement.bundle != sha256:
            raise BundleError(
                f"{name}: every judgement must be of this bundle, {sha256[:12]}; received one of "
                f"{judgement.bundle[:12]}."
            )
    return found


def _require_fit(bundle: Bundle, model: ModelSignature) -> None:
    """Refuse a model that does not take what the recipe makes, or does not give what the head needs."""
    if model.opset not in OPSETS:
        raise BundleError(
            f"model.onnx: its opset must be {OPSETS.start} to {OPSETS.stop - 1}; received {model.opset}."
        )
    recipe, width = bundle.recipe, bundle.head.kernel.size
    _require_tensors("input", {"film": (None, recipe.height, recipe.width, 1)}, model.inputs)
    _require_tensors(
        "output",
        {"logit": (None,), "features": (None, width), "feature_map": (None, None, None, width)},
        model.outputs,
    )
    if bundle.shift is not None and bundle.shift.mean.size != width:
        raise BundleError(
            f"shift.npz: must be of as many features as head.npz, {width}; received {bundle.shift.mean.size}."
        )


def _require_tensors(kind: str, needed: Mapping[str, Shape], stated: Mapping[str, Shape | None]) -> None:
    if sorted(needed) != sorted(stated):
        raise BundleError(
            f"model.onnx: its {kind}s must be {', '.join(sorted(needed))}; "
            f"received {', '.join(sorted(stated))}."
        )
    for name, shape in needed.items():
        received = stated[name]
        if received is None:
            continue
        if len(received) != len(shape) or received[0] is not None:
            raise BundleError(
                f"model.onnx: {kind} {name!r} must have {len(shape)} axes, the first of any length; "
                f"received {received}."
            )
        for wanted, extent in zip(shape, received, strict=True):
            if wanted is not None and extent is not None and wanted != extent:
                raise BundleError(
                    f"model.onnx: {kind} {name!r} must have shape {shape}; received {received}."
                )


def _contents(parts: BundleParts) -> dict[str, bytes]:
    try:
        model = parts.model.read_bytes()
    except OSError as error:
        raise BundleError(f"{parts.model}: the model must be readable; {error.strerror}.") from error
    points = {name: asdict(point) for name, point in parts.operating_points.items()}
    contents = {
        "MODEL_CARD.md": parts.model_card.encode(),
        "calibration.json": part_files.as_json({"method": "temperature", **asdict(parts.calibration)}),
        "facts.json": part_files.as_json({**parts.facts, "format_version": FORMAT_VERSION}),
        "head.npz": part_files.as_npz(part_files.head_arrays(parts.head)),
        "model.onnx": model,
        "operating_points.json": part_files.as_json(points),
        "recipe.json": part_files.as_json(parts.recipe.as_dict()),
    }
    if parts.shift is not None:
        contents["shift.npz"] = part_files.as_npz(part_files.shift_arrays(parts.shift))
    if parts.weights is not None:
        contents["weights.npz"] = part_files.as_npz(parts.weights)
    if parts.tuning_scores is not None:
        scores = part_files.tuning_scores_arrays(parts.tuning_scores)
        contents["tuning_scores.npz"] = part_files.as_npz(scores)
    if parts.frontal is not None:
        contents["frontal.npz"] = part_files.as_npz(part_files.frontal_arrays(parts.frontal))
    if parts.evidence is not None:
        contents["evidence.json"] = part_files.as_json(asdict(parts.evidence))
    return contents
