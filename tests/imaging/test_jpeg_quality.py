import io

import numpy as np
import pytest
from PIL import Image

from firstread.imaging import jpeg_quality


@pytest.mark.parametrize("quality", [1, 10, 30, 49, 50, 75, 90, 95, 100])
def test_finds_the_quality_a_file_was_written_with(quality: int) -> None:
    """The oracle is libjpeg itself, through Pillow."""
    stream = io.BytesIO()
    Image.fromarray(np.zeros((16, 16), np.uint8)).save(stream, "JPEG", quality=quality)

    table = Image.open(stream).quantization[0]  # type: ignore[attr-defined]  # a JPEG has it

    assert quality == jpeg_quality.estimate(table)


def test_coarser_tables_of_other_encoders_have_a_lower_quality() -> None:
    fine, middle, coarse = (jpeg_quality.estimate([divisor] * 64) for divisor in (4, 16, 64))

    assert 100 > fine > middle > coarse > 1


def test_refuses_a_table_of_another_size() -> None:
    with pytest.raises(ValueError, match=r"must have 64 numbers; received 3\."):
        jpeg_quality.estimate([1, 2, 3])
