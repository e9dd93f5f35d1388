"""Exact piecewise-linear functions: the nouns, on the line and on the cells of a complex."""
