from dataclasses import replace

from firstread.evaluation.judgement import Judgement
from firstread.reporting.judgement_words import (
    NONE_ELSEWHERE,
    judgement_line,
    judgement_lines,
    judgement_section,
)
from firstread.terms import Part

HERE = "ee" * 32


def test_one_sentence_has_whose_films_how_many_and_the_interval(judgement: Judgement) -> None:
    assert (
        "Adults of nobody (external test, 2026-03-01): AUROC 0.523 (0.460–0.587) on 90 films (of 100; the others have "
        "no score) of 80 patients, 30 diseased; 95\N{NO-BREAK SPACE}% interval by patient."
    ) == judgement_line(judgement)


def test_a_report_says_first_what_was_found_elsewhere(judgement: Judgement) -> None:
    [said] = judgement_lines([judgement], part=Part.TUNING, data=HERE)

    assert said == f"Elsewhere: {judgement_line(judgement)}"


def test_a_report_does_not_repeat_what_was_found_on_its_own_films(judgement: Judgement) -> None:
    assert () == judgement_lines([judgement], part=Part.EXTERNAL_TEST, data=judgement.data)


def test_nothing_from_elsewhere_is_said_too(judgement: Judgement) -> None:
    internal = replace(judgement, part=Part.INTERNAL_TEST)

    assert (NONE_ELSEWHERE,) == judgement_lines([], part=Part.TUNING, data=HERE)
    assert (f"Elsewhere: {judgement_line(internal)}", NONE_ELSEWHERE) == judgement_lines(
        [internal], part=Part.TUNING, data=HERE
    )
    assert () == judgement_lines([], part=Part.EXTERNAL_TEST, data=HERE), "the report is one itself"
    assert NONE_ELSEWHERE in judgement_section([internal])


def test_the_card_has_every_figure_with_its_films_its_labels_and_its_looks(judgement: Judgement) -> None:
    section = judgement_section([judgement])

    assert "| screening | 0.5000 | 0.660 (0.576–0.735) | not defined: no such film. |" in section
    assert "as stated by whoever evaluated: mined from report text" in section
    assert "2 by any bundle, 1 by this one" in section
    assert "- Of 100 films, 10 could not be scored." in section
    assert f"`{judgement.data}`" in section
    assert NONE_ELSEWHERE not in section
