"""What the figures were measured on."""

import importlib.metadata
import os
import platform
from pathlib import Path

import psutil

__all__ = ["processors", "words"]

_PACKAGES = ("firstread", "keras", "numpy", "onnxruntime", "pillow")


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def words() -> str:
    """Return one line: processor, memory, system, versions, and how busy the machine is."""
    gibibytes = psutil.virtual_memory().total / 2**30
    return (
        f"{_processor()}, {processors()} processors, {gibibytes:.0f} GiB memory, "
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, {_versions()}; "
        f"load average before the run {psutil.getloadavg()[0]:.1f}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "unknown processor"
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown processor"


def _versions() -> str:
    found = [f"{name} {importlib.metadata.version(name)}" for name in _PACKAGES]
    for name in ("tensorflow-cpu", "tensorflow"):
        try:
            return ", ".join([*found, f"{name} {importlib.metadata.version(name)}"])
        except importlib.metadata.PackageNotFoundError:
            continue
    return ", ".join(found)
