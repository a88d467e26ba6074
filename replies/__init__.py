"""Answers that come back by mail: matched to a meeting, and told to its workflow."""
