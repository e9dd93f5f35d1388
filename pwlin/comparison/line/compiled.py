"""Formulas of one variable made ready to be evaluated, each once: jets, complex balls, branches, series, polynomials."""

from __future__ import annotations

from functools import lru_cache

from pwlin.formulas.arithmetic.balls import compile_jet
from pwlin.formulas.arithmetic.complex_balls import compile_complex
from pwlin.formulas.arithmetic.expansion import compile_series
from pwlin.formulas.branches import compile_branches
from pwlin.formulas.stretches import polynomial_of

_FORMULAS = 1024

jet_of = lru_cache(_FORMULAS)(compile_jet)
complex_of = lru_cache(_FORMULAS)(compile_complex)
branches_of = lru_cache(_FORMULAS)(compile_branches)
series_of = lru_cache(_FORMULAS)(compile_series)
poly_of = lru_cache(_FORMULAS)(polynomial_of)
