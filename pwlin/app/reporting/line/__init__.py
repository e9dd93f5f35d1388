"""Networks of one input: findings, and all that is said and written about them."""
