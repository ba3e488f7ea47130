from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from firstread import config
from firstread.config import Augmentation, Config, Training
from firstread.errors import ConfigError


def write(folder: Path, text: str) -> Path:
    file = folder / "settings.toml"
    file.write_text(text)
    return file


def test_without_anything_said_the_defaults_hold() -> None:
    assert Config() == config.load(environment={})


def test_flags_beat_the_environment_beats_the_file_beats_the_defaults(tmp_path: Path) -> None:
    file = write(tmp_path, "[training]\nepochs = 2\npatience = 2\nbatch_size = 2\n")
    environment = {"FIRSTREAD_TRAINING__PATIENCE": "3", "FIRSTREAD_TRAINING__BATCH_SIZE": "3"}

    loaded = config.load(file, environment=environment, flags={"training": {"batch_size": 4, "seed": None}})

    training = loaded.training
    assert (2, 3, 4, Training().seed) == (
        training.epochs,
        training.patience,
        training.batch_size,
        training.seed,
    )


@pytest.mark.parametrize(
    ("variable", "text", "section", "name", "expected"),
    [
        ("FIRSTREAD_WORKERS__TIMEOUT_S", "4", "workers", "timeout_s", 4.0),
        ("FIRSTREAD_WORKERS__PROCESSES", "none", "workers", "processes", None),
        ("FIRSTREAD_TRAINING__WEIGHTS", "none", "training", "weights", "none"),
        ("FIRSTREAD_TRAINING__WEIGHTS", "folder/file.h5", "training", "weights", "folder/file.h5"),
        ("FIRSTREAD_TRAINING__MIXED_PRECISION", "true", "training", "mixed_precision", True),
        ("FIRSTREAD_AUGMENTATION__JPEG_QUALITY", "[40, 90]", "augmentation", "jpeg_quality", (40, 90)),
        ("FIRSTREAD_WEB__ROOTS", '["/archive", "/new"]', "web", "roots", ("/archive", "/new")),
        ("FIRSTREAD_WEB__ROOTS", "[]", "web", "roots", ()),
    ],
)
def test_a_variable_becomes_the_type_of_its_setting(
    variable: str, text: str, section: str, name: str, expected: Any
) -> None:
    loaded = config.load(environment={variable: text})

    actual = getattr(getattr(loaded, section), name)
    assert expected == actual
    assert type(expected) is type(actual)


def test_other_variables_are_somebody_elses() -> None:
    assert Config() == config.load(environment={"FIRSTREAD_HOME": "x", "KERAS_BACKEND": "jax"})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[reading]\nx = 1\n", "A settings section must be one of .*training.*; received 'reading'"),
        ("[training]\nepoch = 1\n", r"\[training\] knows .*epochs.*; received 'epoch'"),
        ('[training]\nepochs = "many"\n', "training.epochs must be int; received 'many'"),
        ("[training]\nepochs = 1.5\n", "training.epochs must be int; received 1.5"),
        ("[training]\nepochs = true\n", "training.epochs must be int; received True"),
        ("[training]\nepochs = 0\n", "training.epochs must be at least 1; received 0"),
        ("[augmentation]\njpeg_quality = [95, 30]\n", r"1 <= low <= high <= 100; received \(95, 30\)"),
        ("[augmentation]\njpeg_quality = [95]\n", r"jpeg_quality must be tuple\[int, int\]; received \[95\]"),
        (
            '[web]\nroots = ["/archive", 1]\n',
            r"roots must be tuple\[str, \.\.\.\]; received \['/archive', 1\]",
        ),
        ("[training\n", "the settings file must be TOML"),
        ("workers = 3\n", r"\[workers\] must be a section of settings, name = value; received 3"),
        ("[workers]\ntimeout_s = inf\n", r"timeout_s must be in \(0, 3600\]; received inf"),
    ],
)
def test_a_wrong_setting_is_refused_with_what_must_hold(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        config.load(write(tmp_path, text), environment={})


def test_a_settings_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"absent\.toml: the settings file must be readable"):
        config.load(tmp_path / "absent.toml", environment={})


@pytest.mark.parametrize(
    ("section", "changed"),
    [
        ("read", {"max_pixels": 0}),
        ("workers", {"processes": 0}),
        ("workers", {"memory_bytes": 1}),
        ("workers", {"timeout_s": 0.0}),
        ("inference", {"batch_size": 0}),
        ("inference", {"threads": 0}),
        ("worklist", {"wait_cap": -1}),
        ("augmentation", {"flip": 1.5}),
        ("augmentation", {"zoom": 0.5}),
        ("augmentation", {"blur": -1.0}),
        ("training", {"split": "random"}),
        ("training", {"batch_norm": "on"}),
        ("training", {"tuning_block": 8}),
        ("training", {"head_epochs": 99}),
        ("training", {"learning_rate": 0.0}),
        ("training", {"ema": 1.0}),
        ("training", {"label_smoothing": 0.5}),
        ("training", {"low_pass_px": 9.0}),
        ("training", {"side": 100}),
        ("training", {"margin_px": 97}),
        ("training", {"margin_px": -1}),
        ("augmentation", {"erase": 1.1}),
        ("training", {"max_films": 0}),
        ("training", {"devices": 0}),
    ],
)
def test_a_value_outside_its_range_is_refused(section: str, changed: dict[str, Any]) -> None:
    name = next(iter(changed))

    with pytest.raises(ConfigError, match=rf"{section}\.{name} must .*; received"):
        config.with_changes(Config(), section, changed)


def test_every_setting_is_described() -> None:
    for section in fields(Config):
        value = getattr(Config(), section.name)
        documented = type(value).__doc__ or ""
        assert [] == [f.name for f in fields(value) if f"{f.name}:" not in documented]


def test_plain_values_come_back_as_the_section() -> None:
    assert Augmentation() == Augmentation(**config.as_dict(Augmentation()))
