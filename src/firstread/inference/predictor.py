"""From films to calibrated probability, shift and heat map, in one pass through the network."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from firstread.config import Inference
from firstread.errors import BundleError
from firstread.evaluation import frontal, shift
from firstread.inference import explain
from firstread.inference.bundle import Bundle
from firstread.inference.evidence import share_in_thorax
from firstread.inference.session import Films, OnnxSession, Session, processors
from firstread.records import Reason

__all__ = ["Predictions", "Predictor"]

# float32 sums of a few thousand products differ by about 1e-5; a head of another network differs by far more.
PARITY = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """What a bundle says of n films.

    Args:
        logit: Raw output of the network, shape (n,), float32.
        probability: Calibrated, in [0, 1], shape (n,), float64.
        shift: Percentage of tuning films that are more ordinary, shape (n,); None when the bundle cannot
            tell.
        heat_map: How strongly each place speaks for disease, 0 to 1, shape (n, h, w), float32; None when
            not asked for.
        evidence: Share of the heat of each flagged film that lies inside the thorax, shape (n,); NaN for films
            that are not flagged, and where the lungs cannot be found; None when not asked for, or when the bundle
            cannot tell.
        refused: Why each film must not be scored, None for frontal chest films, n of them; None when the bundle
            cannot tell.
    """

    logit: npt.NDArray[np.float32]
    probability: npt.NDArray[np.float64]
    shift: npt.NDArray[np.float64] | None
    heat_map: npt.NDArray[np.float32] | None
    evidence: npt.NDArray[np.float64] | None
    refused: tuple[Reason | None, ...] | None = None


class Predictor:
    """A bundle, ready to answer.

    Threads that share one pass wait for each other after every layer, and a film that is decoded meanwhile holds
    one of them up. So each thread has a pass of its own (triage of 1,000 films on two processors: 8.2 s, not 9.5).

    Args:
        bundle: From `bundle.load`.
        settings: Films in one pass, and threads.
        session: What runs the network, one pass at a time; ONNX Runtime when None.

    Attributes:
        passes: How many run at the same time: so many threads may well call `predict` with one batch each.

    Raises:
        BundleError: If the network cannot be loaded or does not agree with the bundle's head.
    """

    def __init__(self, bundle: Bundle, *, settings: Inference, session: Session | None = None) -> None:
        self.bundle = bundle
        self._batch_size = settings.batch_size
        threads = settings.threads or processors()
        self.passes = threads if session is None else 1
        self._session = session or OnnxSession(bundle.model_path, threads=1)
        self._require_parity()

    def predict(self, films: Films, *, heat_maps: bool = False, evidence: bool = False) -> Predictions:
        """Return what the bundle says of each film.

        Args:
            films: Made by the bundle's recipe: shape (n, height, width), whole grey levels 0..255.
            heat_maps: Also say where.
            evidence: Also say how much of that is inside the thorax.

        Raises:
            ValueError: If the films have another shape or type, or a grey level is not in [0, 255].
            BundleError: If the network answers with something that is not a number.
        """
        evidence = evidence and self.bundle.evidence is not None
        outputs = ["logit"]
        if self.bundle.shift is not None:
            outputs.append("features")
        if heat_maps or evidence:
            outputs.append("feature_map")
        passes = self._side_by_side(self._batches(films), outputs, evidence)
        return Predictions(
            logit=np.concatenate([one.logit for one in passes]),
            probability=np.concatenate([one.probability for one in passes]),
            shift=None
            if self.bundle.shift is None
            else np.concatenate([one.shift for one in passes if one.shift is not None]),
            heat_map=np.concatenate([one.heat_map for one in passes if one.heat_map is not None])
            if heat_maps
            else None,
            evidence=np.concatenate([one.evidence for one in passes if one.evidence is not None])
            if evidence
            else None,
            refused=None
            if self.bundle.frontal is None
            else tuple(reason for one in passes for reason in one.refused or ()),
        )

    def feature_maps(self, films: Films) -> npt.NDArray[np.float32]:
        """Return what the last unit weighs, shape (n, h, w, d): for other weights than the bundle's.

        Args:
            films: As for `predict`.
        """
        return np.concatenate(
            [self._session.run(batch, ("feature_map",))["feature_map"] for batch in self._batches(films)]
        )

    def _batches(self, films: Films) -> list[Films]:
        # One pass even for no films: its empty arrays have the right shapes.
        starts = range(0, max(len(films), 1), self._batch_size)
        return [films[start : start + self._batch_size] for start in starts]

    def _side_by_side(self, batches: list[Films], outputs: list[str], evidence: bool) -> list[Predictions]:
        if len(batches) == 1 or self.passes == 1:
            return [self._pass(batch, outputs, evidence) for batch in batches]
        with ThreadPoolExecutor(self.passes, "network") as network:
            return list(network.map(lambda batch: self._pass(batch, outputs, evidence), batches))

    def _pass(self, films: Films, outputs: list[str], evidence: bool) -> Predictions:
        bundle = self.bundle
        answer = self._session.run(films, outputs)
        logit = answer["logit"].reshape(-1)
        if not np.isfinite(logit).all():
            raise BundleError(
                f"{bundle.folder}: every score must be a number; the network gave one that is not."
            )
        heat_map = None
        if "feature_map" in outputs:
            heat_map = explain.heat(
                explain.class_activation(answer["feature_map"], bundle.head),
                calibration=bundle.calibration,
                threshold=bundle.operating_points["screening"].threshold,
            )
        probability = bundle.calibration.probability(logit)
        unusual = None if bundle.shift is None else shift.percentage(bundle.shift, answer["features"])
        return Predictions(
            logit=logit,
            probability=probability,
            shift=unusual,
            heat_map=heat_map,
            evidence=self._share(films, heat_map, probability) if evidence and heat_map is not None else None,
            refused=None if bundle.frontal is None else frontal.reasons(bundle.frontal, films, shift=unusual),
        )

    def _share(
        self, films: Films, heat_map: npt.NDArray[np.float32], probability: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.float64]:
        flagged = probability >= self.bundle.operating_points["screening"].threshold
        share = np.full(len(films), np.nan)
        if flagged.any():
            share[flagged] = share_in_thorax(films[flagged], heat_map[flagged])
        return share

    def _require_parity(self) -> None:
        """Refuse a bundle whose head is not that of its network: its heat maps would point anywhere."""
        recipe, head = self.bundle.recipe, self.bundle.head
        ramp = np.linspace(0, 255, recipe.height * recipe.width, dtype=np.float32)
        film = np.rint(ramp).astype(np.uint8).reshape(1, recipe.height, recipe.width)
        answer = self._session.run(film, ("logit", "features", "feature_map"))
        logit = float(answer["logit"].reshape(-1)[0])
        from_features = float(answer["features"][0] @ head.kernel) + head.bias
        from_map = float(explain.class_activation(answer["feature_map"], head).mean())
        for part, value in (("features", from_features), ("feature_map", from_map)):
            if not abs(value - logit) <= PARITY * max(1.0, abs(logit)):
                raise BundleError(
                    f"{self.bundle.folder}: head.npz must give the network's logit, {logit:.5f}, "
                    f"from its {part}; received {value:.5f}."
                )
