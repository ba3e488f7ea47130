from firstread.data.labels import KAGGLE_PNEUMONIA_FOLDERS, KAGGLE_PNEUMONIA_SERIES
from firstread.data.manifest import Series
from firstread.terms import LabelState


def test_every_series_has_a_label_that_a_folder_has_too() -> None:
    assert set(Series) == set(KAGGLE_PNEUMONIA_SERIES)
    assert set(KAGGLE_PNEUMONIA_FOLDERS.values()) == set(KAGGLE_PNEUMONIA_SERIES.values())


def test_bacteria_and_virus_are_pneumonia() -> None:
    present = {series for series, finding in KAGGLE_PNEUMONIA_SERIES.items() if finding is LabelState.PRESENT}

    assert {Series.BACTERIA, Series.VIRUS} == present
