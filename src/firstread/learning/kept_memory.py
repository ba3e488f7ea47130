"""Memory that a training step gives back stays with the process: the next step asks for as much again.

GNU's allocator maps every block above 32 MB from the kernel and unmaps it when it is freed. A step's activations are
such blocks, so each step would have the kernel fill the same pages with zeros again: on two processors that takes half
of the time of a training and more (docs/performance.md).
"""

import ctypes
import os

__all__ = ["keep_memory"]

# malloc.h
_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_MAX, _M_ARENA_MAX = -1, -2, -4, -8
_NEVER = 2**31 - 1
_GROWS_BY = 16 * 2**20


def keep_memory() -> bool:
    """Let malloc keep what is freed, until the process ends; before NumPy or a backend starts threads, if possible.

    Returns:
        Whether it does: not where another allocator is in use, or the environment already says how malloc works.
    """
    if any(name.startswith("MALLOC_") or name == "GLIBC_TUNABLES" for name in os.environ):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # macOS, musl; Windows knows no handle of the process
        return False
    asked = (
        (_M_MMAP_MAX, 0),
        (_M_TRIM_THRESHOLD, _NEVER),
        (_M_TOP_PAD, _GROWS_BY),
        # What one thread frees another can use again.
        (_M_ARENA_MAX, 1),
    )
    return all(mallopt(ctypes.c_int(option), ctypes.c_int(value)) == 1 for option, value in asked)
