"""Errors on the cells of a complex: exact against polynomials, certified against other formulas."""
