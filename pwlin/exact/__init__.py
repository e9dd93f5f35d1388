"""Numbers without loss: rationals, long integers and their products, enclosures, algebraic numbers, and all text of numbers."""
