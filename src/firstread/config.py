"""Every setting, and the only loader: defaults < TOML file < environment < flags.

Edges load; every other room receives its section as an argument.
"""

import json
import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, get_args, get_origin

from firstread.config_sections import Augmentation, Inference, ReadLimits, Training, Workers, Worklist
from firstread.errors import ConfigError
from firstread.serving_sections import Doors, Queue, Store, Web

__all__ = [
    "Augmentation",
    "Config",
    "Doors",
    "Inference",
    "Queue",
    "ReadLimits",
    "Store",
    "Training",
    "Web",
    "Workers",
    "Worklist",
    "as_environment",
    "load",
    "with_changes",
]


@dataclass(frozen=True, slots=True)
class Config:
    """Every section."""

    read: ReadLimits = field(default_factory=ReadLimits)
    workers: Workers = field(default_factory=Workers)
    inference: Inference = field(default_factory=Inference)
    worklist: Worklist = field(default_factory=Worklist)
    augmentation: Augmentation = field(default_factory=Augmentation)
    training: Training = field(default_factory=Training)
    store: Store = field(default_factory=Store)
    queue: Queue = field(default_factory=Queue)
    web: Web = field(default_factory=Web)
    doors: Doors = field(default_factory=Doors)


def load(
    file: Path | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    flags: Mapping[str, Mapping[str, Any]] | None = None,
) -> Config:
    """Return the settings: defaults, then the TOML file, then FIRSTREAD_SECTION__NAME variables, then flags.

    Args:
        file: TOML file with one table a section.
        environment: Variables to read; the process's own when None.
        flags: Section → name → value; a value of None means "not given".

    Raises:
        ConfigError: If a section or a name is unknown, or a value is outside its range.
    """
    layers: list[Mapping[str, Mapping[str, Any]]] = []
    if file is not None:
        layers.append(_read_toml(file))
    layers.append(_from_environment(os.environ if environment is None else environment))
    if flags:
        layers.append({s: {k: v for k, v in values.items() if v is not None} for s, values in flags.items()})
    config = Config()
    for layer in layers:
        for section, values in layer.items():
            config = with_changes(config, section, values)
    return config


def with_changes(config: Config, section: str, values: Mapping[str, Any]) -> Config:
    """Return the settings with some values of one section replaced.

    Raises:
        ConfigError: If the section or a name is unknown, or a value has the wrong type or range.
    """
    known = {f.name for f in fields(Config)}
    if section not in known:
        raise ConfigError(
            f"A settings section must be one of {', '.join(sorted(known))}; received {section!r}."
        )
    if not isinstance(values, Mapping):
        raise ConfigError(f"[{section}] must be a section of settings, name = value; received {values!r}.")
    current = getattr(config, section)
    types = {f.name: f.type for f in fields(current)}
    unknown = sorted(set(values) - set(types))
    if unknown:
        raise ConfigError(f"[{section}] knows {', '.join(sorted(types))}; received {unknown[0]!r}.")
    typed = {name: _fitting(f"{section}.{name}", types[name], value) for name, value in values.items()}
    return replace(config, **{section: replace(current, **typed)})


def as_dict(section: object) -> dict[str, Any]:
    """Return a section as plain values for JSON."""
    if not is_dataclass(section) or isinstance(section, type):
        raise TypeError(f"A settings section is a dataclass value; received {type(section).__name__}.")
    return asdict(section)


def as_environment(config: Config, sections: Iterable[str]) -> dict[str, str]:
    """Return variables from which `load` makes the same sections, for a process that is started with them."""
    return {
        f"FIRSTREAD_{section}__{name}".upper(): _as_toml(value)
        for section in sections
        for name, value in as_dict(getattr(config, section)).items()
    }


def _as_toml(value: Any) -> str:
    if value is None:
        return '"none"'
    # JSON writes numbers, true and false, lists of them and text as TOML does.
    return json.dumps(value)


def _fitting(name: str, wanted: Any, value: Any) -> Any:
    """Return the value as the field has it; only a whole number for a fraction, and "none", are turned over."""
    options = get_args(wanted) if isinstance(wanted, UnionType) else (wanted,)
    if NoneType in options and value in (None, "none"):
        return None
    for option in options:
        if option is float and type(value) is int:
            return float(value)
        if get_origin(option) is tuple and isinstance(value, list | tuple):
            kinds = get_args(option)
            if kinds[1:] == (Ellipsis,):  # so many as there are
                kinds = kinds[:1] * len(value)
            if [type(item) for item in value] == list(kinds):
                return tuple(value)
        elif type(value) is option:
            return value
    shown = wanted.__name__ if isinstance(wanted, type) and not get_args(wanted) else wanted
    # Messages end up in logs.
    received = f"a {type(value).__name__}" if name.endswith("_secret") else repr(value)
    raise ConfigError(f"{name} must be {shown}; received {received}.")


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as stream:
            return tomllib.load(stream)
    except OSError as error:
        raise ConfigError(f"{file}: the settings file must be readable; {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: the settings file must be TOML; {error}.") from error


def _from_environment(environment: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """FIRSTREAD_WORKERS__TIMEOUT_S=4 sets workers.timeout_s; names without "__" belong to somebody else."""
    found: dict[str, dict[str, Any]] = {}
    for variable, text in environment.items():
        if variable.startswith("FIRSTREAD_") and "__" in variable:
            section, name = variable.removeprefix("FIRSTREAD_").lower().split("__", 1)
            found.setdefault(section, {})[name] = _value(text)
    return found


def _value(text: str) -> Any:
    """Read a variable as TOML reads a value: 4, 0.5, true, [30, 95]; anything else is text."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
