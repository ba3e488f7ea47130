"""The web app: a page, its API, and the doors to both."""
