"""What must survive a restart: films, their outcomes, readings, and the queue between them."""
