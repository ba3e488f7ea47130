"""The one workflow: read → check → predict, film by film, for the command line and everything else."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from firstread.config import Config
from firstread.evaluation.shift import WARN_PERCENTAGE
from firstread.imaging.film_pool import FilmPool
from firstread.imaging.prepare import Prepared
from firstread.inference.bundle import Bundle
from firstread.inference.predictor import Predictions, Predictor
from firstread.records import NotScored, Outcome, Reason, Scored
from firstread.terms import Band

__all__ = ["Picture", "Screened", "screen"]

PreparedFilm = tuple[Path, Prepared | Reason]


@dataclass(frozen=True, slots=True)
class Picture:
    """What a reader is shown of a scored film.

    Args:
        film: Model input, shape (height, width), uint8; squashed to the recipe's shape.
        heat_map: Where the network saw pneumonia, shape (h, w), 0..1.
    """

    film: npt.NDArray[np.uint8]
    heat_map: npt.NDArray[np.float32] | None


@dataclass(frozen=True, slots=True)
class Screened:
    """One file's outcome, with its picture when pictures were asked for and it was scored."""

    outcome: Outcome
    picture: Picture | None = None


def screen(
    paths: Iterable[Path],
    predictor: Predictor,
    *,
    config: Config,
    pictures: bool = False,
    pool: FilmPool | None = None,
) -> Iterator[Screened]:
    """Yield exactly one outcome for each path, in the order of the paths.

    Films are decoded by the pool's processes while the network works on the batches before. No more than a
    few batches are held, however many the paths are and however slow the caller is. A film whose content
    came before is not scored again: it gets the same score, and a warning that names the first.

    Args:
        paths: Files to read; drawn as they are needed.
        predictor: The network, its calibration and its operating points.
        config: Limits, workers and batch size.
        pictures: Also keep the film and its heat map.
        pool: Workers that are already running with the bundle's recipe; they stay running. None starts
            workers for this call alone.
    """
    workers = (
        FilmPool(predictor.bundle.recipe, limits=config.read, workers=config.workers)
        if pool is None
        else nullcontext(pool)
    )
    # Each pass has a thread of its own. Threads of the linear algebra below it wait by spinning, and took the
    # processors from decoding: 700 films in 8.6 s, and in 5.1 s without them.
    with (
        workers as open_pool,
        threadpool_limits(1, "blas"),
        ThreadPoolExecutor(predictor.passes, "network") as network,
    ):
        run = _Run(predictor, pictures, network)
        begun: deque[_Batch] = deque()
        for films in _batches(open_pool.prepare_all(paths), config.inference.batch_size):
            begun.append(run.begin(films))
            # One batch more than there are passes: none of them waits for this thread to bring the next.
            # Reasons with no film before them need not wait for the network.
            while begun and (len(begun) > predictor.passes or begun[0].answer is None):
                yield from run.results(begun.popleft())
        for batch in begun:
            yield from run.results(batch)


def _batches(films: Iterable[PreparedFilm], size: int) -> Iterator[list[PreparedFilm]]:
    """Yield films in the network's batches; what comes before the first film of a batch goes alone."""
    batch: list[PreparedFilm] = []
    n_films = 0
    for path, outcome in films:
        batch.append((path, outcome))
        n_films += isinstance(outcome, Prepared)
        if n_films == 0 or n_films >= size:
            yield batch
            batch, n_films = [], 0
    if batch:
        yield batch


@dataclass(frozen=True, slots=True)
class _Batch:
    """Films on their way through the network.

    Args:
        films: In the order of the paths.
        new: Each content that was not met before, and the file it came in first, in the network's order.
        answer: What the network will say of the new ones; None when there are none.
    """

    films: Sequence[PreparedFilm]
    new: Mapping[str, Path]
    answer: "Future[Predictions] | None"


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the network said about one content, and the name of the file it came in first."""

    first: Path
    logit: float
    probability: float
    shift: float | None
    heat_map: npt.NDArray[np.float32] | None
    evidence: float | None
    refused: Reason | None


@dataclass(slots=True)
class _Run:
    """One pass over the paths: it remembers what each content was answered."""

    predictor: Predictor
    pictures: bool
    network: ThreadPoolExecutor
    met: set[str] = field(default_factory=set)
    answers: dict[str, _Answer] = field(default_factory=dict)

    def begin(self, films: Sequence[PreparedFilm]) -> _Batch:
        """Send every content that was not met before through the network, in one pass."""
        new: dict[str, tuple[Path, Prepared]] = {}
        for path, prepared in films:
            if isinstance(prepared, Prepared) and prepared.facts.sha256 not in self.met:
                new.setdefault(prepared.facts.sha256, (path, prepared))
        self.met.update(new)
        answer = None
        if new:
            pixels = np.stack([prepared.pixels for _, prepared in new.values()])
            answer = self.network.submit(
                self.predictor.predict, pixels, heat_maps=self.pictures, evidence=True
            )
        return _Batch(films, {sha256: path for sha256, (path, _) in new.items()}, answer)

    def results(self, batch: _Batch) -> Iterator[Screened]:
        """Wait for a batch; the batches before it have to come first, since it may hold copies of their films."""
        if batch.answer is not None:
            predictions = batch.answer.result()
            for row, (sha256, path) in enumerate(batch.new.items()):
                self.answers[sha256] = _answer(path, predictions, row)
        for path, prepared in batch.films:
            if isinstance(prepared, Reason):
                yield Screened(NotScored(path, prepared))
            else:
                yield self._screened(path, prepared)

    def _screened(self, path: Path, prepared: Prepared) -> Screened:
        answer = self.answers[prepared.facts.sha256]
        if answer.refused is not None:
            warnings = prepared.warnings + tuple(_origin(path, prepared, answer))
            return Screened(NotScored(path, answer.refused, prepared.facts, warnings, shift=answer.shift))
        band = _band(answer.probability, self.predictor.bundle)
        outcome = Scored(
            path=path,
            facts=prepared.facts,
            logit=answer.logit,
            probability=answer.probability,
            flagged=band is Band.URGENT,
            band=band,
            shift=answer.shift,
            warnings=(
                *prepared.warnings,
                *_warnings(path, prepared, answer),
                *_doubt(band, answer, self.predictor.bundle),
                *_elsewhere(answer, self.predictor.bundle),
            ),
        )
        return Screened(outcome, Picture(prepared.pixels, answer.heat_map) if self.pictures else None)


def _answer(path: Path, predictions: Predictions, row: int) -> _Answer:
    heat_maps, shift, evidence = predictions.heat_map, predictions.shift, predictions.evidence
    return _Answer(
        first=path,
        logit=float(predictions.logit[row]),
        probability=float(predictions.probability[row]),
        shift=None if shift is None else float(shift[row]),
        heat_map=None if heat_maps is None else heat_maps[row].copy(),
        evidence=None if evidence is None else float(evidence[row]),
        refused=None if predictions.refused is None else predictions.refused[row],
    )


def _band(probability: float, bundle: Bundle) -> Band:
    """Flagged is urgent; what even the careful operating point rules out is routine; the rest is review."""
    points = bundle.operating_points
    if probability >= points["screening"].threshold:
        return Band.URGENT
    if "rule_out" in points and probability >= points["rule_out"].threshold:
        return Band.REVIEW
    return Band.ROUTINE


def _doubt(band: Band, answer: _Answer, bundle: Bundle) -> Iterator[str]:
    """A flagged film in the abstain band; that of the others is what the REVIEW band says."""
    urgent = bundle.operating_points.get("urgent")
    if band is Band.URGENT and urgent is not None and answer.probability < urgent.threshold:
        yield f"between the operating points: flagged, but below 'urgent' ({urgent.threshold:.3f})"


def _elsewhere(answer: _Answer, bundle: Bundle) -> Iterator[str]:
    """A flagged film whose heat lies outside the lungs; NaN, where they were not found, is below nothing."""
    ordinary = bundle.evidence
    if ordinary is not None and answer.evidence is not None and answer.evidence < ordinary.least_share:
        yield (
            f"the evidence lies outside the lungs ({100 * (1 - answer.evidence):.0f} % of the heat; at most "
            f"{100 * (1 - ordinary.least_share):.0f} % on {100 - ordinary.percentile:g} % of flagged tuning films)"
        )


def _warnings(path: Path, prepared: Prepared, answer: _Answer) -> Iterator[str]:
    yield from _origin(path, prepared, answer)
    if answer.shift is not None and answer.shift >= WARN_PERCENTAGE:
        share = f"{int(answer.shift)} % of them" if answer.shift < 100 else "any of them"
        yield f"unlike the films this model was tuned on (more unusual than {share}): do not rely on the score"


def _origin(path: Path, prepared: Prepared, answer: _Answer) -> Iterator[str]:
    if prepared.facts.synthetic:
        yield "synthetic radiograph: shows no patient"
    if path != answer.first:
        # Two folders may hold the same name: then only the path tells the films apart.
        name = answer.first.name if answer.first.name != path.name else str(answer.first)
        yield f"same film as {name}"
