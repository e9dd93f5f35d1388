"""Best approximation by few pieces: found by search, certified from both sides, with the laws for many pieces."""
