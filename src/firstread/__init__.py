"""firstread reads every chest radiograph first, so that pneumonia is read first.

The names below are what a notebook needs; each is loaded when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from firstread.imaging.prepare import prepare
    from firstread.imaging.preprocess import Recipe
    from firstread.imaging.read import read
    from firstread.inference.bundle import load as load_bundle
    from firstread.inference.bundle import shipped as shipped_bundle
    from firstread.inference.predictor import Predictor
    from firstread.records import NotScored, Scored
    from firstread.screening import screen
    from firstread.triage.worklist import rank

__version__ = "0.1.0"
__all__ = [
    "NotScored",
    "Predictor",
    "Recipe",
    "Scored",
    "__version__",
    "load_bundle",
    "prepare",
    "rank",
    "read",
    "screen",
    "shipped_bundle",
]

_HOMES = {
    "NotScored": ("firstread.records", "NotScored"),
    "Predictor": ("firstread.inference.predictor", "Predictor"),
    "Recipe": ("firstread.imaging.preprocess", "Recipe"),
    "Scored": ("firstread.records", "Scored"),
    "load_bundle": ("firstread.inference.bundle", "load"),
    "prepare": ("firstread.imaging.prepare", "prepare"),
    "rank": ("firstread.triage.worklist", "rank"),
    "read": ("firstread.imaging.read", "read"),
    "screen": ("firstread.screening", "screen"),
    "shipped_bundle": ("firstread.inference.bundle", "shipped"),
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module 'firstread' has no attribute {name!r}")
    module, attribute = _HOMES[name]
    value = getattr(import_module(module), attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names before they are loaded."""
    return sorted({*globals(), *__all__})
