"""A report as a reader meets it, whatever it is written as: sections of text, tables, figures and films."""

from dataclasses import dataclass

from firstread.reporting.plate import Plate

__all__ = ["Document", "Photograph", "Section", "Table"]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first column names the row.

    Args:
        columns: Headings.
        rows: Cells, as many in each row as there are headings.
        caption: What it shows, of which films.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Photograph:
    """A film with what is to be said of it.

    Args:
        label: What it is called.
        lines: What is said of it.
        shape: Columns and rows of the stored film: the picture is stretched back to them.
        film: JPEG; None where it must not be shown.
        heat_map: JPEG of the film with its heat map; None where there is none.
    """

    label: str
    lines: tuple[str, ...]
    shape: tuple[int, int]
    film: bytes | None
    heat_map: bytes | None


@dataclass(frozen=True, slots=True)
class Section:
    """One heading and what stands under it, in this order.

    Args:
        title: The heading.
        text: Paragraphs.
        notes: A list.
        tables: With their captions.
        plates: Figures.
        photographs: Films.
    """

    title: str
    text: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    plates: tuple[Plate, ...] = ()
    photographs: tuple[Photograph, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A report.

    Args:
        title: What it is of.
        subtitle: Films, split and date.
        notice: What it is not.
        warnings: What must be known before any figure.
        sections: In reading order.
        generator: Program and version.
    """

    title: str
    subtitle: str
    notice: str
    warnings: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    generator: str = "firstread"
