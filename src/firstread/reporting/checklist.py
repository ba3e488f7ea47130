"""Reporting checklists, answered from artefacts alone: an item that no artefact answers says so."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from firstread.errors import DataError
from firstread.reporting.stated_figures import stated

__all__ = ["FOLDER", "Checklist", "Item", "as_markdown", "fill"]

FOLDER = Path(__file__).parent / "checklists"
"""One TOML file per checklist: items, and for some a Jinja2 sentence over the artefacts that answer them."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing a checklist asks.

    Args:
        number: As the checklist counts.
        section: Of the checklist.
        asks: What it asks, in our words.
        answer: From artefacts; None when it is not answered.
        needs: Artefacts that would answer it, by name; empty when nothing the software makes can.
    """

    number: str
    section: str
    asks: str
    answer: str | None
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checklist:
    """A checklist as far as it could be answered.

    Args:
        name: Such as "CLAIM 2024".
        source: Where it was published.
        items: All of them, in its order.
    """

    name: str
    source: str
    items: tuple[Item, ...]

    @property
    def answered(self) -> int:
        """How many items have an answer."""
        return sum(item.answer is not None for item in self.items)


def fill(file: Path, artefacts: Mapping[str, Any]) -> Checklist:
    """Return a checklist with the answers that artefacts give.

    Args:
        file: A TOML file of `FOLDER`.
        artefacts: By name, as plain values: facts, recipe, points, bundle, report …

    Raises:
        DataError: If an artefact is not as firstread writes it.
    """
    stated = tomllib.loads(file.read_text(encoding="utf-8"))
    items = tuple(_filled(item, artefacts) for item in stated["items"])
    return Checklist(stated["name"], stated["source"], items)


def as_markdown(checklist: Checklist) -> str:
    """Return the page of a checklist."""
    rows = [f"| {item.number} | {item.section} | {item.asks} | {_cell(item)} |" for item in checklist.items]
    return "\n".join(
        (
            f"# {checklist.name}",
            "",
            f"{checklist.source}",
            "",
            f"{checklist.answered} of {len(checklist.items)} items are answered, each from an artefact of the "
            "software. The others need people.",
            "",
            "| item | section | asks | answer |",
            "|---|---|---|---|",
            *rows,
            "",
        )
    )


def _filled(item: Mapping[str, str], artefacts: Mapping[str, Any]) -> Item:
    from jinja2 import Environment, StrictUndefined, UndefinedError, meta

    environment = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701  # Markdown, of our own values
    environment.filters["figure"], environment.filters["stated"] = _figure, stated
    sentence = item.get("answer", "")
    answer, needs = None, tuple(sorted(meta.find_undeclared_variables(environment.parse(sentence))))
    if needs:
        try:
            answer = " ".join(environment.from_string(sentence).render(artefacts).split()) or None
        except UndefinedError:
            answer = None
        except (TypeError, ValueError, KeyError) as error:
            raise DataError(
                f"Item {item['number']}: {' and '.join(needs)} must be as firstread writes them; {error}."
            ) from error
    return Item(item["number"], item["section"], item["asks"], answer, needs)


def _figure(figure: object) -> str:
    """Return a figure of an account, where each has an interval; a bundle's older facts may hold plain numbers."""
    if isinstance(figure, int | float):
        raise TypeError(f"a figure has an interval or a reason why not; received {figure!r}")
    return stated(figure)


def _cell(item: Item) -> str:
    if item.answer is not None:
        return item.answer.replace("|", "\\|")
    needed = [name for name in item.needs if name not in ("facts", "bundle", "recipe", "points")]
    return f"not answered (would come from: {', '.join(needed)})" if needed else "not answered"
