"""Writes figures into a page between two marks and leaves the prose around them alone."""

from pathlib import Path

__all__ = ["put"]


def put(page: Path, part: str, block: str) -> None:
    """Replace the figures of one part; a page without its marks gets them at the end.

    Args:
        page: Markdown file; made where it does not exist.
        part: Name between the marks.
        block: What stands there afterwards.
    """
    begin, end = f"<!-- figures of {part}: begin -->", f"<!-- figures of {part}: end -->"
    text = page.read_text(encoding="utf-8") if page.exists() else "# Performance\n"
    if begin not in text or end not in text:
        text = f"{text.rstrip()}\n\n## {part.capitalize()}\n\n{begin}\n{end}\n"
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(f"{before}{begin}\n{block.strip()}\n{end}{after}", encoding="utf-8")
