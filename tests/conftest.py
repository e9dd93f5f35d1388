"""One profile for all properties: no test depends on time, and the effort is asked once."""

from hypothesis import settings

from tests.strategies.effort import EFFORT

settings.register_profile("pwlin", settings(), deadline=None, max_examples=max(1, round(100 * EFFORT)))
settings.load_profile("pwlin")
