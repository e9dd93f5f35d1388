"""One profile for all properties: no test depends on time, and the effort is asked once. Ctrl-C means what it says."""

import gc
import os
import signal

for library in (
    "OMP",
    "OPENBLAS",
    "MKL",
):  # before NumPy: matrices are small here, and threads that wait for work take time
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

from hypothesis import settings

from tests.reference import interpreted
from tests.strategies.effort import EFFORT

if interpreted.ASKED:
    interpreted.interpret()

gc.disable()  # while tests are collected: nothing of it is ever let go
settings.register_profile("pwlin", settings(), deadline=None, max_examples=max(1, round(100 * EFFORT)))
settings.load_profile("pwlin")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as it is in the background of a shell
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_configure(config):
    config.addinivalue_line("markers", "large: many cells or wide layers, left out where the kernel is interpreted")
    if interpreted.ASKED:  # numbers overflow as they do where they are compiled
        config.addinivalue_line("filterwarnings", "ignore::RuntimeWarning")


def pytest_collection_finish():
    """What has been imported is passed over whenever a test or the library collects: a second each time, in large processes."""
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)  # seldom: what tests leave is little, and looking through it took 5 of 100 seconds
    gc.enable()


def pytest_collection_modifyitems(items):
    if interpreted.ASKED:
        items[:] = [item for item in items if item.get_closest_marker("large") is None]
