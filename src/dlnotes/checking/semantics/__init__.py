"""Interpretation of what was read."""
