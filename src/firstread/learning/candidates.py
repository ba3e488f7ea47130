"""Ways of training that are to be compared, as a TOML file names them."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from firstread.config import Config, with_changes
from firstread.errors import ConfigError

__all__ = ["Candidate", "read_candidates"]

_SECTIONS = ("training", "augmentation")
_OF_THE_FOLDS = ("split", "blocks", "tuning_block")
_SHARED_BY_ALL = (*_OF_THE_FOLDS, "seed", "max_films")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way of training.

    Args:
        name: Short, and fit for a folder.
        why: What is hoped for from it, in a sentence.
        config: Every setting of it.
    """

    name: str
    why: str
    config: Config


def read_candidates(file: Path, *, config: Config) -> tuple[Candidate, ...]:
    """Return the candidates of a file, the base first.

    Tables `[training]` and `[augmentation]` hold for all; each `[[candidates]]` has a name, a why, and tables of its
    own for what it does otherwise.

    Args:
        file: TOML.
        config: What stands where the file says nothing.

    Raises:
        ConfigError: If the file is no TOML, a setting is unknown, a name comes twice, or there is no candidate.
    """
    content = _read(file)
    listed = content.pop("candidates", None)
    if not isinstance(listed, list) or not listed or not all(isinstance(one, dict) for one in listed):
        raise ConfigError(
            f"{file}: must list what is compared, as [[candidates]] with name and why; received none."
        )
    shared = _changed(config, content, forbidden=_OF_THE_FOLDS, where=str(file))
    candidates = tuple(_candidate(one, shared, file) for one in listed)
    _require_separate([one.name for one in candidates], file)
    return candidates


def _read(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as stream:
            return tomllib.load(stream)
    except OSError as error:
        raise ConfigError(f"{file}: the file of candidates must be readable; {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: the file of candidates must be TOML; {error}.") from error


def _candidate(stated: Mapping[str, Any], shared: Config, file: Path) -> Candidate:
    name, why = stated.get("name"), stated.get("why")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ConfigError(
            f"{file}: a candidate's name must be made of a-z, 0-9, dot, dash and underscore, because its folder is "
            f"called so; received {name!r}."
        )
    if not isinstance(why, str) or not why.strip():
        raise ConfigError(f"{file}, candidate {name}: why it is tried must be stated, in a sentence.")
    own = {key: value for key, value in stated.items() if key not in ("name", "why")}
    config = _changed(shared, own, forbidden=_SHARED_BY_ALL, where=f"{file}, candidate {name}")
    return Candidate(name, why.strip(), config)


def _changed(config: Config, tables: Mapping[str, Any], *, forbidden: Sequence[str], where: str) -> Config:
    for section, values in tables.items():
        if section not in _SECTIONS:
            raise ConfigError(f"{where}: tables must be {' and '.join(_SECTIONS)}; received {section!r}.")
        fixed = [name for name in forbidden if section == "training" and name in values]
        if fixed:
            raise ConfigError(
                f"{where}: training.{fixed[0]} must be left out; every candidate is judged on the same films with "
                "the same seeds, which --folds and --seeds say."
            )
        try:
            config = with_changes(config, section, values)
        except ConfigError as error:
            raise ConfigError(f"{where}: {error}") from error
    return config


def _require_separate(names: Sequence[str], file: Path) -> None:
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise ConfigError(f"{file}: every candidate needs a name of its own; {twice[0]!r} came twice.")
