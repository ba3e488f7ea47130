"""Which films, which labels, which part."""
