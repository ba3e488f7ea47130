"""What a source's labels mean, the rule written beside each."""

from collections.abc import Mapping

from firstread.data.manifest import Series
from firstread.terms import LabelState

__all__ = ["KAGGLE_PNEUMONIA_FOLDERS", "KAGGLE_PNEUMONIA_SERIES"]

# Kermany et al., Cell 2018 (172:1122): two expert physicians graded each film, a third checked the evaluation
# part. A film was called pneumonia (bacterial or viral) or normal; there was no third answer, so nothing here
# is "uncertain", and other disease among the normals was not looked for.

KAGGLE_PNEUMONIA_FOLDERS: Mapping[str, LabelState] = {
    # The folder is the label: PNEUMONIA holds bacterial and viral films alike.
    "PNEUMONIA": LabelState.PRESENT,
    "NORMAL": LabelState.ABSENT,
}

KAGGLE_PNEUMONIA_SERIES: Mapping[str, LabelState] = {
    # The file name says it a second time; where the two disagree, the film is refused.
    Series.BACTERIA: LabelState.PRESENT,
    Series.VIRUS: LabelState.PRESENT,
    Series.IM: LabelState.ABSENT,
    Series.NORMAL2_IM: LabelState.ABSENT,
}
