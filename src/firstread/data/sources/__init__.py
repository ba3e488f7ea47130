"""One file per public data set: folder to manifest."""
