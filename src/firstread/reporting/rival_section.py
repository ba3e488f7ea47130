"""The section that sets two bundles side by side on the same films."""

from collections.abc import Iterator

from firstread.evaluation.comparison import ComparedPoint, Comparison
from firstread.evaluation.intervals import NotDefined
from firstread.reporting.account import Account, Rival
from firstread.reporting.cells import interval_words, level_words, point_words
from firstread.reporting.document import Section, Table

__all__ = ["rival_section"]


def rival_section(account: Account, rival: Rival) -> Section:
    """Return the paired tests of two bundles."""
    compared, level = rival.comparison, level_words(account.assessment.level)
    films = (
        f"{account.films.part.value.capitalize()} part, {account.films.split}; {compared.n_films:,} films of "
        f"{compared.n_patients:,} patients that both scored, {compared.n_diseased:,} diseased."
    )
    return Section(
        f"Beside {rival.model.name}",
        text=(
            f"First: {account.model.name}, SHA-256 {account.model.sha256[:12]}. "
            f"Second: {rival.model.name}, SHA-256 {rival.model.sha256[:12]}. "
            "Each is judged at its own operating points.",
            "Differences of fractions have Tango's score interval (1998) for as many independent films as would vary "
            "as much, differences of AUROC percentiles of the resamples of patients; DeLong's is beside them.",
        ),
        notes=compared.cautions,
        tables=(
            Table(
                ("figure", f"value ({level} interval)"), tuple(_auroc_rows(account, rival, compared)), films
            ),
            Table(
                (
                    "operating point",
                    "figure",
                    f"first less second ({level} interval)",
                    "only first right",
                    "only second right",
                    "McNemar P",
                ),
                tuple(row for point in compared.points for row in _point_rows(point)),
                films,
            ),
        ),
    )


def _auroc_rows(account: Account, rival: Rival, compared: Comparison) -> Iterator[tuple[str, str]]:
    yield "AUROC, first", interval_words(account.assessment.auroc, digits=4)
    yield "AUROC, second", interval_words(rival.auroc, digits=4)
    yield "AUROC, first less second, by patient", interval_words(compared.auroc_difference, digits=4)
    test = compared.delong
    if isinstance(test, NotDefined):
        yield "DeLong's test", f"not defined: {test.reason}"
        return
    yield "AUROC, first less second, DeLong's interval", interval_words(test.difference, digits=4)
    yield "DeLong's test, P", p_words(test.p_value)


def _point_rows(point: ComparedPoint) -> Iterator[tuple[str, ...]]:
    for measure in ("sensitivity", "specificity", "accuracy"):
        fraction = getattr(point, measure)
        yield (
            point_words(point.name),
            f"{measure}, n = {fraction.n_films:,}",
            interval_words(fraction.difference),
            f"{fraction.only_first:,}",
            f"{fraction.only_second:,}",
            p_words(fraction.p_value),
        )


def p_words(p_value: float) -> str:
    """Return a P value as journals have it."""
    return "< 0.001" if p_value < 0.001 else f"{p_value:.3f}"
