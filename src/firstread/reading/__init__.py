"""The reading room over the store: films come in, are scored, stand in a worklist and are read."""
