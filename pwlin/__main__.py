"""``python -m pwlin`` is the `pwlin` command."""

import sys

from pwlin.app.cli import main

sys.exit(main())
