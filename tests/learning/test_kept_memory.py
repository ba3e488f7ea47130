import os
import platform
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="Only GNU's allocator is told.")

# Blocks as large as the activations of a batch, one after the other; prints how often the kernel had to fill a page.
_STEPS = """
import resource
from firstread.learning.kept_memory import keep_memory

keeps = keep_memory()
import numpy as np

for _ in range(10):
    np.ones(100 * 2**20, np.uint8)
print(keeps, resource.getrusage(resource.RUSAGE_SELF).ru_minflt * resource.getpagesize() // 2**20)
"""


def steps(**said: str) -> tuple[str, int]:
    """Return whether memory is kept, and the MiB that the kernel filled."""
    silent = {name: value for name, value in os.environ.items() if not name.startswith(("MALLOC_", "GLIBC_"))}
    done = subprocess.run(
        [sys.executable, "-c", _STEPS], env=silent | said, capture_output=True, text=True, check=True
    )
    keeps, filled = done.stdout.split()
    return keeps, int(filled)


def test_what_a_step_gives_back_the_next_step_uses_again() -> None:
    keeps, filled = steps()

    assert "True" == keeps
    assert filled < 300  # 1,000 MiB and more otherwise


@pytest.mark.parametrize("name", ["MALLOC_TOP_PAD_", "GLIBC_TUNABLES"])
def test_what_the_environment_says_of_malloc_holds(name: str) -> None:
    keeps, _ = steps(**{name: "131072" if name.startswith("MALLOC_") else "glibc.malloc.top_pad=131072"})

    assert "False" == keeps
