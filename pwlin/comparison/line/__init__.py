"""Errors on the line: exact against polynomials, certified against other formulas."""
