"""Which film is learned from, which is tuned on, which is tested on; no patient is in two parts."""

from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
import numpy.typing as npt

from firstread.config import Training
from firstread.data.manifest import Manifest, PatientKey
from firstread.errors import DataError
from firstread.terms import LabelState, Part

__all__ = [
    "Split",
    "contiguous_blocks",
    "held_out",
    "id_block",
    "id_blocks",
    "leave_block_out",
    "made_by",
    "official",
    "patient_grouped",
]


@dataclass(frozen=True)
class Split:
    """A data set cut into parts; that it exists is the proof that no patient is in two of them.

    Args:
        name: "official", "id-block", "patient-grouped", or what was held out.
        training: What is learned from.
        tuning: What stopping, thresholds and calibration are chosen on.
        internal_test: What is only judged on; None where the data set has none.
        description: How the parts were made, for the reader of a figure.

    Raises:
        DataError: If a patient is in two parts, or a part has no diseased or no non-diseased film.
    """

    name: str
    training: Manifest
    tuning: Manifest
    internal_test: Manifest | None
    description: str

    def __post_init__(self) -> None:
        for part, manifest in self.parts.items():
            diseased = int(manifest.diseased.sum())
            if not 0 < diseased < len(manifest):
                raise DataError(
                    f"{self.name} split: the {part} part must hold films of both classes; received "
                    f"{diseased} diseased of {len(manifest)}."
                )
        for one, other in combinations(self.parts, 2):
            _require_separate(self, one, other)

    @property
    def parts(self) -> dict[Part, Manifest]:
        """The parts there are, by name."""
        parts = {Part.TRAINING: self.training, Part.TUNING: self.tuning}
        if self.internal_test is not None:
            parts[Part.INTERNAL_TEST] = self.internal_test
        return parts


def official(manifest: Manifest) -> Split:
    """Return the parts as the source delivers them: train, val and test.

    The val folder has 16 films, so one film is 6 points: nothing can be chosen on it.
    """
    return Split(
        "official",
        manifest.select(lambda film: film.folder_part == "train"),
        manifest.select(lambda film: film.folder_part == "val"),
        _delivered_test(manifest),
        "The folders as delivered; the val folder is too small to choose anything on.",
    )


def id_block(manifest: Manifest, *, blocks: int = 8, tuning_block: int = 0) -> Split:
    """Return parts whose patients come from different stretches of numbers, as the official test does.

    Each series is cut into contiguous blocks of nearly equal numbers of patients, those with disease and those without
    apart, since a manifest.csv may list one class after the other; one block is tuned on, the rest is learned from.
    A random draw of the same folder hides how the official test differs; this hides less of it.

    Args:
        manifest: All films; those of the test folder become the internal test.
        blocks: Blocks each series is cut into, at least 2.
        tuning_block: Which of them is tuned on; 0 has the lowest numbers.
    """
    if blocks < 2:
        raise ValueError(f"blocks must be at least 2; received {blocks}.")
    if not 0 <= tuning_block < blocks:
        raise ValueError(f"tuning_block must be in [0, {blocks}); received {tuning_block}.")
    own = manifest.select(lambda film: film.folder_part != "test")
    tuned = contiguous_blocks(own, blocks=blocks) == tuning_block
    return Split(
        "id-block",
        own.select(~tuned),
        own.select(tuned),
        _delivered_test(manifest),
        f"Each series of patient numbers cut into {blocks} contiguous blocks; tuned on block {tuning_block}.",
    )


def id_blocks(manifest: Manifest, *, blocks: int) -> dict[str, list[tuple[PatientKey, ...]]]:
    """Return each series' patients, by number, cut into blocks that differ by one patient at most."""
    cuts = {}
    for series in manifest.series:
        patients = sorted({film.patient for film in manifest.films if film.series == series})
        edges = [len(patients) * block // blocks for block in range(blocks + 1)]
        cuts[series] = [tuple(patients[start:end]) for start, end in pairwise(edges)]
    return cuts


def contiguous_blocks(manifest: Manifest, *, blocks: int = 5) -> npt.NDArray[np.intp]:
    """Return the number of each film's block, 0 to blocks − 1, shape (n_films,).

    The patients of each series, those with disease and those without apart, are cut by number into contiguous blocks
    of nearly equal numbers; so every block holds both classes wherever there are patients enough.

    Args:
        manifest: Films to cut, usually those of one part.
        blocks: At least 2.
    """
    if blocks < 2:
        raise ValueError(f"blocks must be at least 2; received {blocks}.")
    diseased = {film.patient for film in manifest.films if film.finding is LabelState.PRESENT}
    block_of: dict[PatientKey, int] = {}
    for present in (True, False):
        part = manifest.select(
            np.array([(owner in diseased) is present for owner in manifest.patients], bool)
        )
        for cut in id_blocks(part, blocks=blocks).values():
            block_of |= {patient: block for block, patients in enumerate(cut) for patient in patients}
    return np.array([block_of[patient] for patient in manifest.patients], np.intp)


def made_by(manifest: Manifest, settings: Training) -> Split:
    """Return the parts that the settings of a training ask for.

    Args:
        manifest: All films.
        settings: `split`, `blocks`, `tuning_block` and `seed` are used.

    Raises:
        DataError: If a patient would be in two parts, or a part lacks a class.
    """
    if settings.split == "official":
        return official(manifest)
    if settings.split == "patient-grouped":
        return patient_grouped(manifest, tuning_fraction=1 / settings.blocks, seed=settings.seed)
    return id_block(manifest, blocks=settings.blocks, tuning_block=settings.tuning_block)


def leave_block_out(manifest: Manifest, *, blocks: int = 5, block: int, tuning_blocks: int = 8) -> Split:
    """Return parts of which one contiguous block of every series is only judged on.

    Each block in turn shows how figures differ between stretches of patient numbers that were not learned from.

    Args:
        manifest: All films; those of the test folder are left out.
        blocks: Blocks each series is cut into, at least 2.
        block: Which is judged on, 0 has the lowest numbers.
        tuning_blocks: The rest is cut into so many again, and the lowest is tuned on.
    """
    if not 0 <= block < blocks:
        raise ValueError(f"block must be in [0, {blocks}); received {block}.")
    own = manifest.select(lambda film: film.folder_part != "test")
    return held_out(
        own,
        contiguous_blocks(own, blocks=blocks) == block,
        name=f"block {block} of {blocks}",
        tuning_blocks=tuning_blocks,
    )


def held_out(manifest: Manifest, held: npt.NDArray[np.bool_], *, name: str, tuning_blocks: int = 8) -> Split:
    """Return parts of which some films are only judged on; the rest is cut into contiguous blocks, the lowest tuned on.

    Args:
        manifest: Films of training folders.
        held: What is judged on, whole patients, shape (n_films,).
        name: What these films are: "block 0 of 5".
        tuning_blocks: Blocks the rest is cut into, at least 2.

    Raises:
        DataError: If a patient would be in two parts, or a part lacks a class.
    """
    rest = manifest.select(~held)
    tuned = contiguous_blocks(rest, blocks=tuning_blocks) == 0
    return Split(
        name,
        rest.select(~tuned),
        rest.select(tuned),
        manifest.select(held),
        f"Judged on {name}; the rest of each series cut into {tuning_blocks} contiguous blocks, tuned on block 0.",
    )


def patient_grouped(manifest: Manifest, *, tuning_fraction: float = 0.125, seed: int) -> Split:
    """Return parts drawn at random by patient, the same fraction of every series.

    Honest about patients, blind to the shift between stretches of numbers: figures on it flatter.

    Args:
        manifest: All films; those of the test folder become the internal test.
        tuning_fraction: Of each series' patients, in (0, 1).
        seed: Of the draw.
    """
    if not 0 < tuning_fraction < 1:
        raise ValueError(f"tuning_fraction must be in (0, 1); received {tuning_fraction}.")
    rng = np.random.default_rng(seed)
    own = manifest.select(lambda film: film.folder_part != "test")
    tuned: set[PatientKey] = set()
    for series in own.series:
        patients = sorted({film.patient for film in own.films if film.series == series})
        order = rng.permutation(len(patients))
        wanted = round(tuning_fraction * len(patients))
        tuned.update(patients[row] for row in order[: max(wanted, 1)])
    return Split(
        "patient-grouped",
        own.select(lambda film: film.patient not in tuned),
        own.select(lambda film: film.patient in tuned),
        _delivered_test(manifest),
        f"{tuning_fraction:.1%} of each series' patients drawn at random (seed {seed}).",
    )


def _delivered_test(manifest: Manifest) -> Manifest | None:
    test = manifest.select(lambda film: film.folder_part == "test")
    return test if len(test) else None


def _require_separate(split: Split, one: Part, other: Part) -> None:
    parts = split.parts
    shared = set(parts[one].patients) & set(parts[other].patients)
    if shared:
        films = [next(film for film in parts[part].films if film.patient in shared) for part in (one, other)]
        raise DataError(
            f"{split.name} split: a patient must be in one part only; {len(shared)} "
            f"{'is' if len(shared) == 1 else 'are'} in {one} and {other}, for example "
            f"{films[0].path} and {films[1].path}."
        )
