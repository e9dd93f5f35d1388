"""Studies: each is run as ``python -m analysis.NAME [--out DIR] [--quick] [--seed N] [--workers N]``.

A study trains or builds many networks, takes them apart exactly, and writes figures (PNG) and tables (CSV) into a folder.
Equal arguments give equal tables. pwlin never imports this package.
"""

import os

# One thread each, before NumPy is loaded: the matrices are small, and studies spread over processes.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
