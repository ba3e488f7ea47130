"""Every figure of an account, in reading order."""

from firstread.evaluation.intervals import NotDefined
from firstread.reporting.account import Account
from firstread.reporting.discrimination_figures import histogram_plate, precision_recall_plate, roc_plate
from firstread.reporting.plate import Plate
from firstread.reporting.usefulness_figures import decision_plate, predictive_values_plate, reliability_plate

__all__ = ["plates"]


def plates(account: Account) -> tuple[Plate, ...]:
    """Draw what can be drawn of these films: with one class only there is no curve, and none is drawn."""
    assessed, footnote = account.assessment, account.footnote
    drawn = []
    if not isinstance(assessed.roc, NotDefined):
        drawn.append(roc_plate(assessed.roc, assessed.auroc, assessed.points, footnote))
    if not isinstance(account.precision_recall, NotDefined):
        drawn.append(
            precision_recall_plate(account.precision_recall, assessed.auprc, assessed.points, footnote)
        )
    drawn.append(histogram_plate(assessed.histogram, assessed.points, footnote))
    drawn.append(reliability_plate(assessed.reliability, assessed.calibration_slope, assessed.ece, footnote))
    if any(not isinstance(point.predictive_values, NotDefined) for point in assessed.points):
        drawn.append(predictive_values_plate(assessed.points, footnote))
    if not isinstance(assessed.decision_curve, NotDefined):
        drawn.append(decision_plate(assessed.decision_curve, footnote))
    return tuple(drawn)
