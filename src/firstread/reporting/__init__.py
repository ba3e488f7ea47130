"""Numbers become figures and pages; nothing is computed here."""
