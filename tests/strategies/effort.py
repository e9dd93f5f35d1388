"""How hard the tests try: ``PWLIN_EFFORT=20 python -m pytest`` takes twenty times the examples, for a night."""

import os

from hypothesis import settings

EFFORT = int(os.environ.get("PWLIN_EFFORT", "1"))


def examples(count):
    """Settings for a property: that many examples, times the effort; never a deadline."""
    return settings(max_examples=count * EFFORT, deadline=None)
