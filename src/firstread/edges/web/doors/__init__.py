"""Who comes in, and how: every way into the web app, and what is asked of each request."""
