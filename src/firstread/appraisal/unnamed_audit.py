"""An audit as it may be shown to anybody: no film is named in it."""

from dataclasses import replace
from pathlib import Path

from firstread.appraisal.audit import Audit
from firstread.appraisal.bundle_audit import BundleAudit

__all__ = ["without_names"]


def without_names(audit: Audit) -> Audit:
    """Return the audit with a number for each film that was named, the same wherever the film comes again."""
    numbers: dict[Path, int] = {}

    def unnamed(paths: tuple[Path, ...]) -> tuple[Path, ...]:
        return tuple(Path(f"film {numbers.setdefault(path, len(numbers) + 1)}") for path in paths)

    check = audit.check
    return replace(
        audit,
        folder=Path(audit.folder).resolve().name,
        check=replace(
            check,
            identical=tuple(unnamed(group) for group in check.identical),
            near=tuple(unnamed(group) for group in check.near),
            unreadable=tuple(replace(film, path=unnamed((film.path,))[0]) for film in check.unreadable),
            leaks=tuple(replace(leak, paths=unnamed(leak.paths)) for leak in check.leaks),
        ),
        bundle=_unnamed_changes(audit.bundle) if isinstance(audit.bundle, BundleAudit) else audit.bundle,
    )


def _unnamed_changes(bundle: BundleAudit) -> BundleAudit:
    return replace(
        bundle, counterfactuals=tuple(replace(row, worst_film=None) for row in bundle.counterfactuals)
    )
