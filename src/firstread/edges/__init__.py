"""Translation only: commands, pages, networks."""
