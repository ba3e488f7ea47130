"""What one report says: the numbers, the films behind them, and what they cannot say."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from firstread.evaluation.assessment import Assessment
from firstread.evaluation.comparison import Comparison
from firstread.evaluation.intervals import Figure, Interval, NotDefined
from firstread.evaluation.judgement import Judgement
from firstread.evaluation.precision_recall import PrecisionRecall
from firstread.reporting.cells import level_words
from firstread.terms import Part

__all__ = ["Account", "Films", "LookCount", "Model", "Rival", "UnscoredFilm", "WorstError", "without_films"]


@dataclass(frozen=True, slots=True)
class Model:
    """The bundle that is judged.

    Args:
        name: Its own.
        sha256: Of every part of it.
        facts: Plain values in reading order, name → value.
        notes: What its maker says a reader must know.
        attribution: Whose data and weights it stands on.
        predicted: What tuning promised with its interval, by operating point and measure; empty where the
            bundle holds none.
        judgements: What earlier evaluations on test films found.
        cross_fitted: Figure → its value on tuning films, each stated by a calibration fitted on other blocks of them;
            empty where the bundle does not say.
    """

    name: str
    sha256: str
    facts: Mapping[str, str]
    notes: tuple[str, ...]
    attribution: tuple[str, ...]
    predicted: Mapping[str, Mapping[str, Interval]]
    judgements: tuple[Judgement, ...] = ()
    cross_fitted: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Films:
    """The films it is judged on.

    Args:
        part: Which part of the data.
        chosen: In words, how these films were chosen.
        split: In a few words: "id-block split".
        n_found: Films of the part, scored or not.
        series: Films of each series, scored or not.
        hash: SHA-256 of the films and what is held to be true of them.
        title: Whose films, as whoever evaluated named them.
        reference_standard: How they came by their labels and what is known against them, from the same source.
    """

    part: Part
    chosen: str
    split: str
    n_found: int
    series: Mapping[str, int]
    hash: str
    title: str = "not named"
    reference_standard: str = "not stated"


@dataclass(frozen=True, slots=True)
class WorstError:
    """A film that was told wrong by far.

    Args:
        label: "missed 1": what it is called where its name must not stand.
        diseased: What is held to be true of it.
        probability: What the model said.
        series: It belongs to.
        warnings: What triage would have said beside the score.
        name: Of the film; None where it must not be named.
        shape: Columns and rows of the stored film.
        film: JPEG of the film as the network sees it; None where no film may be shown.
        heat_map: JPEG of the same with its heat map on it.
    """

    label: str
    diseased: bool
    probability: float
    series: str
    warnings: tuple[str, ...]
    name: str | None
    shape: tuple[int, int]
    film: bytes | None
    heat_map: bytes | None


@dataclass(frozen=True, slots=True)
class UnscoredFilm:
    """A film the model says nothing of.

    Args:
        name: Of the film; None where it must not be named.
        diseased: What is held to be true of it.
        code: Why, as a stable code.
        reason: Why, in words.
    """

    name: str | None
    diseased: bool
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class LookCount:
    """How often these test films were looked at, this look included.

    Args:
        ledger: File that says so.
        by_this_bundle: Looks of this bundle at these films.
        by_any_bundle: Looks of any bundle at these films.
        in_ledger: Every look the ledger holds.
        first: Time of the first look at these films.
        altered: Lines of the ledger that do not follow from the line before them.
    """

    ledger: str
    by_this_bundle: int
    by_any_bundle: int
    in_ledger: int
    first: str
    altered: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Rival:
    """A second bundle on the same films.

    Args:
        model: The other bundle.
        auroc: Of the other bundle, on the films it scored.
        comparison: This bundle less the other, on the films that both scored.
    """

    model: Model
    auroc: Figure
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Account:
    """The whole account of a bundle on one part.

    Args:
        model: What is judged.
        films: What it is judged on.
        assessment: Every figure with its interval.
        precision_recall: PPV over sensitivity, or why there is none.
        worst_errors: At the screening point: missed films, then falsely flagged ones, the worst first.
        not_scored: Films the model says nothing of.
        looks: How often the test was looked at; None for parts that are no test.
        rival: A second bundle; None when there is none.
        cautions: What must be known of these films and this model before any figure.
        cannot_say: What a reader must not take from this report.
        created: When.
        version: Of firstread.
        seed: Of the resamples.
    """

    model: Model
    films: Films
    assessment: Assessment
    precision_recall: PrecisionRecall | NotDefined
    worst_errors: tuple[WorstError, ...]
    not_scored: tuple[UnscoredFilm, ...]
    looks: LookCount | None
    rival: Rival | None
    cautions: tuple[str, ...]
    cannot_say: tuple[str, ...]
    created: datetime
    version: str
    seed: int

    @property
    def title(self) -> str:
        """What the report is of."""
        return f"{self.model.name} on the {self.films.part.value} part"

    @property
    def footnote(self) -> str:
        """Films, split and intervals, for below a figure."""
        assessed = self.assessment
        return (
            f"{self.model.name}, {self.films.part.value} part ({self.films.split}): {assessed.n_films:,} films of "
            f"{assessed.n_patients:,} patients, {assessed.n_diseased:,} diseased. {level_words(assessed.level)} "
            f"intervals clustered by patient, {assessed.repeats:,} resamples."
        )


def without_films(account: Account) -> Account:
    """Return the account as it may be shown to anybody: no film's picture and no film's name in it."""
    return replace(
        account,
        worst_errors=tuple(
            replace(error, name=None, film=None, heat_map=None) for error in account.worst_errors
        ),
        not_scored=tuple(replace(film, name=None) for film in account.not_scored),
    )
