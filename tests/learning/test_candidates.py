from pathlib import Path

import pytest

from firstread.config import Config
from firstread.errors import ConfigError
from firstread.learning.candidates import Candidate, read_candidates


def read(tmp_path: Path, text: str) -> tuple[Candidate, ...]:
    file = tmp_path / "candidates.toml"
    file.write_text(text)
    return read_candidates(file, config=Config())


def test_a_candidate_has_what_all_share_and_what_is_its_own(tmp_path: Path) -> None:
    base, other = read(
        tmp_path,
        """
        [training]
        epochs = 7
        low_pass_px = 1.0
        [augmentation]
        flip = 0.0
        [[candidates]]
        name = "base"
        why = "The usual way."
        [[candidates]]
        name = "other"
        why = "It may help."
        training.low_pass_px = 3
        augmentation = { jpeg = 0.1, jpeg_quality = [20, 40] }
        """,
    )

    assert ("base", "The usual way.") == (base.name, base.why)
    assert (7, 1.0, 0.0) == (
        base.config.training.epochs,
        base.config.training.low_pass_px,
        base.config.augmentation.flip,
    )
    assert (7, 3.0, 0.0) == (
        other.config.training.epochs,
        other.config.training.low_pass_px,
        other.config.augmentation.flip,
    )
    assert (0.1, (20, 40)) == (other.config.augmentation.jpeg, other.config.augmentation.jpeg_quality)


ONE = '[[candidates]]\nname = "base"\nwhy = "The usual way."\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("candidates = [", "must be TOML"),
        ("", r"must list what is compared, as \[\[candidates\]\] with name and why; received none"),
        ("candidates = 3", r"must list what is compared"),
        (ONE + ONE, "every candidate needs a name of its own; 'base' came twice"),
        ('[[candidates]]\nwhy = "So."', "name must be made of a-z.*received None"),
        ('[[candidates]]\nname = "../up"\nwhy = "So."', r"received '\.\./up'"),
        ('[[candidates]]\nname = "base"', "candidate base: why it is tried must be stated"),
        (ONE + "training.epoch = 3", r"candidate base: \[training\] knows .*received 'epoch'"),
        (ONE + "training.epochs = 0", "candidate base: training.epochs must be at least 1; received 0"),
        (ONE + "training.seed = 3", "candidate base: training.seed must be left out"),
        ('[training]\nsplit = "official"\n' + ONE, "training.split must be left out"),
        (ONE + "[workers]\nprocesses = 1", "tables must be training and augmentation; received 'workers'"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=rf"candidates\.toml.*{message}"):
        read(tmp_path, text)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="must be readable; No such file"):
        read_candidates(tmp_path / "none.toml", config=Config())
