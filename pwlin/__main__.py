"""``python -m pwlin`` is the `pwlin` command."""

import sys

from pwlin.cli import main

sys.exit(main())
