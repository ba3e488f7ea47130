"""firstread reads every chest radiograph first, so that pneumonia is read first."""

__version__ = "0.1.0"
__all__ = ["__version__"]
