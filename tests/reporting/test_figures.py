import io
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree as ET

from PIL import Image

from firstread.evaluation.intervals import NotDefined
from firstread.reporting.account import Account
from firstread.reporting.figures import plates

NAMES = {"roc", "precision_recall", "scores", "reliability", "predictive_values", "decision_curve"}
ONE_CLASS = NotDefined("It needs both classes.")


def test_every_figure_is_drawn_as_svg_and_png(report_files: dict[str, bytes]) -> None:
    for name in NAMES:
        svg, png = (report_files[f"figures/{name}.{suffix}"] for suffix in ("svg", "png"))
        assert "{http://www.w3.org/2000/svg}svg" == ET.fromstring(svg).tag  # noqa: S314 - our own
        with Image.open(io.BytesIO(png)) as picture:
            assert picture.width >= 1000


def test_the_same_numbers_give_the_same_bytes_and_leave_nothing_behind(
    account: Account, report_files: dict[str, bytes]
) -> None:
    """A report under version control must change only when a number does."""
    import matplotlib as mpl
    from matplotlib import pyplot as plt

    before = dict(mpl.rcParams)

    again = {f"figures/{plate.name}.svg": plate.svg for plate in plates(account)}

    assert {name: content for name, content in report_files.items() if name.endswith(".svg")} == again
    assert before == dict(mpl.rcParams)
    assert [] == plt.get_fignums()


def test_what_does_not_exist_is_not_drawn(account_with: Callable[..., Account]) -> None:
    points = tuple(replace(one, predictive_values=ONE_CLASS) for one in account_with().assessment.points)
    bare = account_with(roc=ONE_CLASS, decision_curve=ONE_CLASS, points=points)

    drawn = plates(replace(bare, precision_recall=ONE_CLASS))

    assert ["scores", "reliability"] == [plate.name for plate in drawn]


def test_a_figures_reading_holds_its_interval(report_files: dict[str, bytes]) -> None:
    assert b"Area 0.900 (0.880" in report_files["report.html"]
