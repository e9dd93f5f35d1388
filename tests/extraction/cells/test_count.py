"""Counting streams: the same number as the whole complex has, in an executor too, and on the line."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from pwlin import PwlinError, extract
from pwlin.extraction.cells.count import count_regions
from pwlin.networks.network import Network
from tests.strategies.networks import pytorch_style


def cube(d):
    return [(-1, 1)] * d


def test_counting_streams_to_the_same_number():
    net = pytorch_style((4, 16, 16, 1), 1012)
    assert count_regions(net, cube(4)) == 6826
    small = pytorch_style((2, 10, 5, 1), 1004)
    with ThreadPoolExecutor(2) as executor:
        assert count_regions(small, cube(2), executor=executor) == 41
        assert count_regions(Network.from_arrays([[[1, 2]]]), executor=executor) == 1
    line = pytorch_style((1, 12, 12, 1), 3)
    assert count_regions(line, (-3, 3)) == count_regions(line, [(-3, 3)])


def test_regions_that_contain_lines_are_left_to_rationals():
    net = Network.from_arrays([[[1, 0], [2, 0]], [[1, 1]]])
    with ThreadPoolExecutor(2) as executor:
        assert count_regions(net, executor=executor) == 2
        for search in (count_regions, extract):
            with pytest.raises(PwlinError, match="every region contains a line"):
                search(net, None, executor=executor, method="fast")
        line = pytorch_style((1, 6, 1), 3)
        assert count_regions(line, executor=executor) == count_regions(line)
        with pytest.raises(PwlinError, match="of one input it searches bounded domains only"):
            count_regions(line, None, executor, method="fast")
