"""Studies: each is run as ``python -m analysis.NAME [--out DIR] [--quick] [--seed N] [--workers N]``.

A study trains or builds many networks, takes them apart exactly, and writes figures (PNG) and tables (CSV) into a folder.
Equal arguments give equal tables. pwlin never imports this package.
"""
