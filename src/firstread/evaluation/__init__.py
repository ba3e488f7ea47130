"""Numbers about scores."""
