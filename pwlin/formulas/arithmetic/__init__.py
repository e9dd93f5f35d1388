"""The arithmetics in which a formula is evaluated: balls, complex balls, interval series, float intervals."""
