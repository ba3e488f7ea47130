"""Bytes become a radiograph, and a radiograph becomes model input."""
