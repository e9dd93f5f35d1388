"""Intervals, polytopes and cones in exact coordinates, and the reading of domains."""
