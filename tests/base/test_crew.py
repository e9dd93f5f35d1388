"""Jobs for executors: in order, tried twice, and taken back at the end."""

from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future

import pytest

from pwlin.base.crew import Crew, Failure, lost
from pwlin.base.errors import DomainError, WorkerError


class Bare:
    """Has `submit`, and its futures `result`; no more."""

    def __init__(self, answers):
        self.answers, self.submitted, self.most, self.open = answers, [], 0, 0

    def submit(self, function, /, *args):
        self.submitted.append(args)
        self.open += 1
        self.most = max(self.most, self.open)
        executor = self

        class Result:
            def result(self):
                executor.open -= 1
                error = executor.answers.get(args, [None]).pop(0) if executor.answers.get(args) else None
                if error is not None:
                    raise error
                return function(*args)

        return Result()


def test_results_come_in_order_and_jobs_may_be_added():
    crew = Crew(Bare({}), window=3)
    for i in range(7):
        crew.add(i, abs, -i)
    found = []
    with crew:
        for name, value in crew:
            found.append((name, value))
            if name == 2:
                crew.add("more", abs, -10)
    assert found == [(i, i) for i in range(7)] + [("more", 10)]
    assert crew.executor.most == 3


def test_the_second_try_counts():
    crew = Crew(Bare({(1,): [OSError("a")], (2,): [OSError("a"), ValueError("b")]}))
    for i in range(4):
        crew.add(i, abs, i)
    found = dict(crew)
    assert isinstance(found.pop(2), Failure) and found == {0: 0, 1: 1, 3: 3}
    error = lost("part 2", Failure(ValueError("b")))
    assert isinstance(error, WorkerError)
    assert str(error).startswith("executor: found that part 2 failed twice, the last time with ValueError: b; accepted")


@pytest.mark.parametrize("error", [KeyboardInterrupt(), DomainError("x: found y; accepted is z")])
def test_some_errors_are_raised_at_once(error):
    crew = Crew(Bare({(1,): [error]}))
    crew.add(1, abs, 1)
    with pytest.raises(type(error)):
        list(crew)
    assert crew.executor.submitted == [(1,)]


def test_what_is_cancelled_by_others_is_done_again():
    crew = Crew(Bare({(1,): [CancelledError()]}))
    crew.add(1, abs, 1)
    assert dict(crew) == {1: 1}


def test_a_job_that_breaks_the_executor_takes_no_other_with_it():
    class Pool(Executor):
        def __init__(self):
            self.broken, self.under_way = False, []

        def submit(self, function, /, value):
            if self.broken:
                raise BrokenExecutor("gone")
            future = Future()
            self.under_way.append((future, function, value))
            pool = self

            def result():
                if value == 3:
                    pool.broken = True
                if pool.broken:
                    raise BrokenExecutor("gone")
                return function(value)

            future.result = result
            return future

    pools = [Pool()]

    def renew():
        pools.append(Pool())
        return pools[-1]

    crew = Crew(pools[0], 4, renew)
    for i in range(9):
        crew.add(i, abs, i)
    found = dict(crew)
    assert isinstance(found.pop(3), Failure)
    assert found == {i: i for i in range(9) if i != 3} and len(pools) == 3
    alone = Crew(Pool(), 4)
    for i in (1, 3, 2):
        alone.add(i, abs, i)
    assert [isinstance(value, Failure) for _, value in alone] == [False, True, True]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_an_interrupt_does_not_wait_for_messages_to_processes_that_are_gone(error):
    told = []

    class Queue:
        def cancel_join_thread(self):
            told.append("cancelled")

    executor = Bare({})
    executor._call_queue = Queue()

    def ended():
        with Crew(executor):
            raise error

    with pytest.raises(error):
        ended()
    assert told == (["cancelled"] if error is KeyboardInterrupt else [])
