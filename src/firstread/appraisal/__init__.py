"""What a model is worth, and what its data lets it cheat with: one workflow for each account."""
