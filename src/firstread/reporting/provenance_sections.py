"""The sections of an account that say what its figures stand on: films, looks, model, method, limits."""

from firstread.reporting.account import Account, LookCount, WorstError
from firstread.reporting.cells import level_words, number
from firstread.reporting.document import Photograph, Section, Table

__all__ = ["look_warnings", "provenance_sections"]


def provenance_sections(account: Account) -> tuple[Section, ...]:
    """Return what a reader needs to judge the figures, in reading order."""
    sections = [_worst_errors(account), _not_scored(account)]
    if account.looks is not None:
        sections.append(_looks(account.looks))
    return (*sections, _limits(account), _films(account), _model(account), _method(account))


def look_warnings(looks: LookCount | None) -> tuple[str, ...]:
    """Say what the ledger tells against the figures."""
    if looks is None:
        return ()
    warnings = []
    if looks.by_any_bundle > 1:
        warnings.append(
            f"This was look {looks.by_any_bundle} at these test films, {looks.by_this_bundle} of them by this bundle: "
            "whatever was changed after an earlier look is fitted to them, and the figures flatter."
        )
    if looks.altered:
        lines = ", ".join(map(str, looks.altered))
        warnings.append(
            f"The ledger was altered: line {lines} does not follow from the line before. "
            "The number of looks is a lower bound."
        )
    return tuple(warnings)


def _worst_errors(account: Account) -> Section:
    first = account.assessment.points[0].name if account.assessment.points else "screening"
    errors = account.worst_errors
    text = (
        f"Wrong at the {first} point, the furthest from the truth first."
        if errors
        else f"No film was told wrong at the {first} point."
    )
    rows = tuple(
        (
            error.name or error.label,
            "diseased" if error.diseased else "non-diseased",
            number(error.probability, 4),
            error.series,
            "; ".join(error.warnings) or "–",
        )
        for error in errors
    )
    table = Table(("film", "held to be", "probability", "series", "warnings of triage"), rows)
    return Section(
        "Worst errors",
        text=(text,),
        tables=(table,) if rows else (),
        photographs=tuple(_photograph(error) for error in errors if error.film is not None),
    )


def _photograph(error: WorstError) -> Photograph:
    truth = "diseased, not flagged" if error.diseased else "non-diseased, flagged"
    return Photograph(
        error.name or error.label,
        (f"{truth}; probability {number(error.probability, 4)}", *error.warnings),
        error.shape,
        error.film,
        error.heat_map,
    )


def _not_scored(account: Account) -> Section:
    missing = account.not_scored
    if not missing:
        return Section(
            "Films that were not scored", text=(f"All {account.films.n_found:,} films were scored.",)
        )
    diseased = sum(film.diseased for film in missing)
    rows = tuple(
        (
            film.name or f"not scored {number}",
            "diseased" if film.diseased else "non-diseased",
            film.code,
            film.reason,
        )
        for number, film in enumerate(missing, start=1)
    )
    return Section(
        "Films that were not scored",
        text=(
            f"{len(missing):,} of {account.films.n_found:,} films, {diseased:,} of them diseased, have no score and "
            "are in none of the figures. In triage they keep their place in the order of arrival.",
        ),
        tables=(Table(("film", "held to be", "code", "reason"), rows),),
    )


def _looks(looks: LookCount) -> Section:
    rows = (
        ("by this bundle at these films", f"{looks.by_this_bundle:,}"),
        ("by any bundle at these films", f"{looks.by_any_bundle:,}"),
        ("at any films this ledger holds", f"{looks.in_ledger:,}"),
        ("first look at these films", looks.first),
        ("ledger", looks.ledger),
        ("lines that do not follow from the one before", ", ".join(map(str, looks.altered)) or "none"),
    )
    return Section(
        "Looks at this test",
        text=(
            "Each look was written down before a film was scored, this one included. Lines taken off the end of the "
            "ledger, and looks elsewhere, do not show.",
        ),
        tables=(Table(("looks", "number"), rows),),
    )


def _limits(account: Account) -> Section:
    return Section("What this report cannot say", notes=account.cannot_say)


def _films(account: Account) -> Section:
    films = account.films
    rows = (
        ("whose they are, as stated", films.title),
        ("reference standard, as stated", films.reference_standard),
        ("part", films.part.value),
        ("how they were chosen", films.chosen),
        ("split", films.split),
        ("films", f"{films.n_found:,}, of which {account.assessment.n_films:,} scored"),
        ("patients", f"{account.assessment.n_patients:,}"),
        *((f"series {name}", f"{n:,} films") for name, n in films.series.items()),
        ("SHA-256 of films and labels", films.hash),
    )
    return Section("The films", tables=(Table(("", "value"), rows),))


def _model(account: Account) -> Section:
    model = account.model
    rows = (("bundle", model.name), *model.facts.items(), ("SHA-256", model.sha256))
    return Section(
        "The model",
        tables=(Table(("", "value"), rows),),
        notes=(*model.notes, *model.attribution),
    )


def _method(account: Account) -> Section:
    assessed = account.assessment
    return Section(
        "How the figures were made",
        text=(
            "Films went the way of triage: the same reading, checks and network. Intervals hold "
            f"{level_words(assessed.level)} and rest on one draw of {assessed.repeats:,} resamples of whole patients "
            f"(Davison and Hinkley, 1997, section 3.8; seed {account.seed}), because films of one patient look alike. "
            "Fractions of films have Wilson's interval for as many independent films as would vary as much (Rao and "
            "Scott, 1992); where few patients show how alike their films are, those of one patient are taken to be "
            "right or wrong together. Other figures and the bands have percentiles of the resamples, the calibration "
            "error a lower limit that allows for chance only making it larger.",
            "AUROC counts ties half (Hanley and McNeil, 1982). Calibration slope and intercept: Cox, 1958; expected "
            "calibration error: Naeini et al., 2015. Decision curve: Vickers and Elkin, 2006.",
            "A figure that does not exist on these films is written as not defined, with the reason; none is replaced "
            "by 0.",
        ),
    )
