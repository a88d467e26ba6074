"""What screens and the API read. Each query gives frozen dataclasses, never ORM rows; ``now`` is business time."""
