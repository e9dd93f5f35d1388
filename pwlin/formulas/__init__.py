"""Targets: formulas read safely from text, what they are made of, and where they are defined."""
