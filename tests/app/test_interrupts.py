"""Ctrl-C wherever it comes."""

import signal
import time

import pytest

from pwlin.app.interrupts import Interrupts


class Interrupted:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)


def test_what_comes_within_a_destructor_comes_again(capsys):
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), Interrupts() as interrupts:
        Interrupted()
        assert interrupts.came
        while True:
            time.sleep(1)
    assert signal.getsignal(signal.SIGINT) is before and capsys.readouterr().err == ""
