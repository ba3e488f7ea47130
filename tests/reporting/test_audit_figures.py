from firstread.evaluation.intervals import Figure, Interval, NotDefined
from firstread.reporting import audit_figures

ONE = Interval(0.8, 0.7, 0.9, 0.95)
NONE = NotDefined("The folder must hold a test part.")
FOOTNOTE = "Made-up films."


def test_a_split_that_is_not_defined_is_said_so() -> None:
    figures: dict[str, dict[str, Figure]] = {
        "thumbnail": {"random": ONE, "official": NONE},
        "rim": {"random": ONE, "official": NONE},
    }

    plate = audit_figures.inflation_plate(figures, what="AUROC", name="inflation", footnote=FOOTNOTE)

    assert "inflation" == plate.name
    assert plate.png.startswith(b"\x89PNG")
    assert plate.svg.lstrip().startswith(b"<?xml")


def test_the_same_numbers_give_the_same_bytes() -> None:
    rows: list[tuple[str, Figure, Figure, float]] = [
        ("mirrored", ONE, ONE, 0.95),
        ("inverted", NONE, NONE, 0.99),
    ]

    one, other = (audit_figures.counterfactual_plate(rows, footnote=FOOTNOTE) for _ in range(2))

    assert (one.svg, one.png) == (other.svg, other.png)


def test_a_curve_may_have_gaps() -> None:
    plate = audit_figures.corruption_plate(
        {"noise": [ONE, NONE, ONE], "blur": [NONE] * 3}, what="Accuracy", name="accuracy", footnote=FOOTNOTE
    )

    assert "Accuracy as films get worse" == plate.title


def test_the_map_of_numbers_is_drawn() -> None:
    plate = audit_figures.id_map_plate(
        [("IM", "test", 1, 111), ("IM", "train", 115, 766), ("virus", "train", 80, 80)], footnote=FOOTNOTE
    )

    assert "id_map" == plate.name
