"""Networks of several inputs: findings, and all that is said and written about them."""
