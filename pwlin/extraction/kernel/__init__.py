"""Certified fast search for the cells of a network in d >= 2 dimensions.

A compiled float64 kernel walks the same tree of cells as the all-rational search. Every sign that it uses is certain: it
comes from a float with a rigorous error bound, from floats that are exact integers throughout, or from rationals, in which
any sign is settled that the bound cannot settle. All else is combinatorics: cells, vertices and facets are integers.

| module | does |
|---|---|
| `compiled`, `references`, `bits`, `tables` | how functions are compiled, records, bits and hash tables |
| `plan`, `layers`, `error_bounds` | scaled float layers and a-priori error bounds, proved in docs/kernel_bounds.md |
| `store`, `scratch`, `rounding` | the records that the kernel works in, and their growth |
| `starting`, `unbounded` | the cells that a search starts from: the domain, or its parts if it contains lines |
| `signs`, `maps`, `vector_sums`, `two_floats`, `vertices`, `splitting`, `run` | the kernel |
| `look_ahead` | neurons of later layers that have one sign on a cell, settled for all cells below it |
| `sign_vectors` | counting without vertices, for one layer in many dimensions |
| `oracle` | rationals: signs and vertices that the kernel asks for |
| `drive` | the kernel run to its end: arrays that grow, signs that are asked for |
| `parallel`, `parts` | parts of the tree on threads, and how they fit together |
| `ordering`, `whole` | parts put together, facets and vertices in the one order of all searches |
| `result` | the complex: integers at once, exact numbers on demand |
| `entry` | from a network to its complex, or to the number of its cells |
"""
