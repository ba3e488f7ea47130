"""What a command needs beyond the core, asked for before the work begins."""

import importlib.util

from firstread.errors import ConfigError

__all__ = ["require"]


def require(module: str, purpose: str, *, extra: str = "evaluate") -> None:
    """Refuse a command whose library is not installed.

    Args:
        module: The library.
        purpose: What needs it: the command or the option.
        extra: Of firstread, that brings it.

    Raises:
        ConfigError: If it is not installed; the message says how to install it.
    """
    if importlib.util.find_spec(module) is None:
        raise ConfigError(
            f"{purpose} needs {module}, which is not installed: pip install 'firstread[{extra}]'."
        )
