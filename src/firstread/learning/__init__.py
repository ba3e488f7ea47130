"""Weights are made here; the only room that knows Keras."""
