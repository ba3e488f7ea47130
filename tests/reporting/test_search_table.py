from firstread.evaluation.method_comparison import LOOK_ALIKES, Method, Spread, Verdict
from firstread.reporting.search_table import search_table

BASE = Method(
    candidate="base",
    seeds=(20, 21, 22),
    folds=(LOOK_ALIKES, "block-0"),
    combined=Spread((1.0, 2.0, 3.0)),
    figures={"auroc": 0.98, "mean_change": 0.0304},
    worst_block=Spread((2.0, 2.0, 2.0)),
    block_spread=None,
    elsewhere={"adults, PA": 0.8},
    seconds=90.0,
    verdict=None,
)
LOST = Method(
    candidate="other",
    seeds=(20, 21, 22),
    folds=(LOOK_ALIKES,),
    combined=Spread((0.5, 0.5, 0.5)),
    figures={},
    worst_block=None,
    block_spread=None,
    elsewhere={},
    seconds=30.0,
    verdict=Verdict((20, 21, 22), (LOOK_ALIKES,), (-0.5, -1.5, -2.5), elsewhere=-0.05),
)
WHY = {"base": "What the others are compared with.", "other": "It may help."}


def test_every_way_has_a_row_and_a_reason() -> None:
    lines = search_table([BASE, LOST], why=WHY).splitlines()

    assert (
        "| base | 3 | look-alikes + 1 block | 2.00 ± 1.00 | 0.980 | – | – | – | – | 0.030 | 2.00 ± 0.00 | – | 0.800 "
        "| 1.5 | – |"
    ) in lines
    assert (
        "| other | 3 | look-alikes | 0.50 ± 0.00 | – | – | – | – | – | – | – | – | – | 0.5 | "
        "not better: lower for 3 of 3 on look-alikes; AUROC elsewhere −0.050 |"
    ) in lines
    assert "- **other**: It may help." in lines
    assert 1 == len({line.count(" | ") for line in lines if line.startswith("| ")})
