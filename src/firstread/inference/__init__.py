"""A bundle answers."""
