"""Entries that are made when they are asked for are the same however they are asked for, and none is made twice."""

import pickle

import pytest

from pwlin.base.sequences import OnDemand, taken


def counted(length, some=True, all_=True):
    made = []

    def one(i):
        made.append(i)
        return i * i

    def many(indices):
        return [one(i) for i in indices]

    return made, OnDemand(
        length, one, (lambda: many(range(length))) if all_ else None, (lambda a: many(a.tolist())) if some else None
    )


@pytest.mark.parametrize(("some", "all_"), [(True, True), (True, False), (False, True), (False, False)])
def test_every_way_to_the_same_entries(some, all_):
    squares = [i * i for i in range(100)]
    for ask in (list, lambda s: [s[i] for i in range(100)], lambda s: list(s[:]), lambda s: s.take(range(100))):
        made, entries = counted(100, some, all_)
        assert ask(entries) == squares and ask(entries) == squares
        assert set(made) == set(range(100))
    made, entries = counted(100, some, all_)
    assert taken(entries, [7, 3, 7, 98]) == [49, 9, 49, 98 * 98] and sorted(made) == [3, 7, 98]
    assert taken(squares, [2, -1]) == [4, 99 * 99]
    assert entries[-1] == 99 * 99 and entries[3:9:2] == (9, 25, 49)


def test_what_follows_is_made_ahead():
    made, entries = counted(1000, all_=False)
    assert [entries[i] for i in range(100)] == [i * i for i in range(100)]
    assert 100 <= len(made) < 256 and len(set(made)) == len(made)
    before = len(made)
    assert [entries[i] for i in (700, 400, 900)] == [700**2, 400**2, 900**2]
    assert len(made) == before + 3  # here and there: no more than what is asked for


def test_entries_from_the_start_alone_cost_what_they_are():
    made, entries = counted(1000)
    assert entries[0] == 0 and made == [0]


def test_a_pickle_holds_the_entries():
    made = pickle.loads(pickle.dumps(OnDemand(4, lambda i: i * i)))
    assert made == (0, 1, 4, 9) and isinstance(made, tuple)
