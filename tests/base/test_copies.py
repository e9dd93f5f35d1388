"""Jobs shared with copies of the process: in order, whatever becomes of a copy, and nothing is left behind."""

import os
import pickle
import signal
import sys
import threading
import time
from fractions import Fraction
from functools import partial
from io import FileIO

import pytest

from pwlin.base import copies
from pwlin.base.copies import beside, shared, spare_cores

HERE = os.getpid()
MADE: list[int] = []
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="copies are made on Linux only")


@pytest.fixture(autouse=True)
def cores(monkeypatch):
    """Two spare ones, whatever else runs here; the copies' numbers are kept."""
    MADE.clear()
    fork = os.fork

    def noted():
        MADE.append(fork())
        return MADE[-1]

    monkeypatch.setattr(os, "fork", noted)
    monkeypatch.setattr(copies, "spare_cores", lambda: 2)


def who(number):
    time.sleep(0.01)
    return f"{number} {os.getpid()}".encode()


def childless():
    assert MADE
    for number in MADE:
        with pytest.raises(ChildProcessError):
            os.waitpid(number, os.WNOHANG)
    return True


def test_results_come_in_order_and_copies_do_some_of_them():
    with shared([partial(who, i) for i in range(12)]) as results:
        found = [made.decode().split() for made in results]
    assert [number for number, _ in found] == [str(i) for i in range(12)] and len({by for _, by in found}) > 1
    assert childless()


def test_results_may_be_larger_than_any_pipe_and_are_whole():
    with shared([partial(bytes, [i] * (1 << 20)) for i in range(5)]) as results:
        time.sleep(0.05)  # copies need nobody who listens
        assert all(made == bytes([i]) * (1 << 20) for i, made in enumerate(results))


@pytest.mark.parametrize("end", [lambda: 1 / 0, lambda: os.kill(os.getpid(), signal.SIGKILL), lambda: os._exit(3)])
def test_what_a_copy_fails_in_is_done_here(end):
    def job(number):
        if os.getpid() != HERE:
            end()
        return bytes([number])

    with shared([partial(job, i) for i in range(6)]) as results:
        time.sleep(0.05)
        assert list(results) == [bytes([i]) for i in range(6)]
    assert childless()


def test_an_error_is_raised_here_and_ends_the_copies():
    def job():
        if os.getpid() != HERE:
            time.sleep(60)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), shared([job] * 3) as results:
        list(results)
    assert childless()


def test_ctrl_c_ends_the_copies_and_does_not_lead_them_up_the_stack():
    with pytest.raises(KeyboardInterrupt), shared([partial(time.sleep, 60)] * 3):
        raise KeyboardInterrupt
    assert childless()
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == set()


@pytest.mark.parametrize("jobs", [0, 1, 3])
def test_without_cores_or_with_few_jobs_all_is_done_here(jobs, monkeypatch):
    monkeypatch.setattr(copies, "spare_cores", lambda: 0 if jobs > 1 else 2)
    with shared([partial(who, i) for i in range(jobs)]) as results:
        assert {made.decode().split()[1] for made in results} == ({str(HERE)} if jobs else set())


def test_where_no_more_processes_are_allowed_all_is_done_here(monkeypatch):
    def refused():
        raise BlockingIOError

    def job(number):
        begun.append(number)
        return bytes([number])

    begun = []
    monkeypatch.setattr("os.fork", refused)
    with shared([partial(job, i) for i in range(5)], first=[3, 1]) as results:
        assert list(results) == [bytes([i]) for i in range(5)] and begun == [3, 1, 0, 2, 4]


def test_other_threads_would_be_missed():
    event = threading.Event()
    thread = threading.Thread(target=event.wait)
    thread.start()
    assert spare_cores() == 0
    event.set()
    thread.join()


def test_what_a_copy_does_with_a_job(monkeypatch, tmp_path):
    """The part that runs in copies only, here."""
    pipes = [tuple(map(FileIO, os.pipe(), "rw")) for _ in range(2)]
    pipes[0][1].write(bytes([1, 0]))
    pipes[0][1].close()
    with open(tmp_path / "results", "w+b") as file:
        copies._work([lambda: b"first", lambda: b"second"], 7, file, *pipes)
    news = [copies._NEWS.unpack(pipes[1][0].read(copies._NEWS.size)) for _ in range(2)]
    assert news == [(7, 1, 0, 6), (7, 0, 6, 5)] and (tmp_path / "results").read_bytes() == b"secondfirst"
    for end in (pipes[0][0], *pipes[1]):
        end.close()


def test_what_a_copy_does_beside_this_process_comes_back():
    done = []
    (who, found), came = beside(lambda: (os.getpid(), {"any": Fraction(1, 3)}), lambda: done.append(os.getpid()))
    assert who != HERE and found == {"any": Fraction(1, 3)} and done == [HERE] and not came
    assert childless()


@pytest.mark.parametrize("end", [lambda: 1 / 0, lambda: os.kill(os.getpid(), signal.SIGKILL), lambda: {}.values()])
def test_what_the_copy_beside_fails_in_is_done_here(end):
    assert beside(lambda: 7 if os.getpid() == HERE else end(), lambda: None) == (7, False)
    assert childless()
    with pytest.raises(ZeroDivisionError):
        beside(lambda: 1 / 0, lambda: None)


def patient(read):
    try:
        os.write(read[1], b"!")
        time.sleep(60)
    except KeyboardInterrupt:
        return "kept"


@pytest.mark.parametrize(
    "job, kept", [(patient, True), (lambda read: os.write(read[1], b"!") and time.sleep(60), False)]
)
def test_ctrl_c_ends_the_job_beside_which_may_keep_what_it_has(job, kept):
    read = os.pipe()

    def interrupted():
        os.read(read[0], 1)  # the job is under way
        signal.raise_signal(signal.SIGINT)

    if kept:
        assert beside(partial(job, read), interrupted) == ("kept", True)
    else:
        with pytest.raises(KeyboardInterrupt):
            beside(partial(job, read), interrupted)
    assert childless()
    for end in read:
        os.close(end)


def test_an_error_beside_the_job_ends_it():
    with pytest.raises(ZeroDivisionError):
        beside(partial(time.sleep, 60), lambda: 1 / 0)
    assert childless()


def test_without_a_core_for_it_only_the_job_is_done(monkeypatch):
    monkeypatch.setattr(copies, "spare_cores", lambda: 0)
    assert beside(os.getpid, lambda: 1 / 0) == (HERE, False)


def test_what_the_copy_beside_does(tmp_path):
    """The part that runs in the copy only, here: Ctrl-C comes once, and nobody's job is left."""
    with open(tmp_path / "found", "w+b") as file:
        copies._bring(lambda: 5, file, os.getppid())
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        file.seek(0)
        assert pickle.load(file) == 5
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        copies._once(signal.SIGINT, None)
    assert signal.signal(signal.SIGINT, before) is signal.SIG_IGN
