"""Who is read next."""
