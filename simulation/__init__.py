"""A contract's whole term, run in skipped time."""
