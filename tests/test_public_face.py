"""Public names and their parameters change on purpose only; each public function is held to a limit of time."""

from benchmarks.patience import LIMITS, called
from tests.public_face import FILE, text


def test_public_names_are_those_that_are_written_down():
    written = FILE.read_text(encoding="utf-8").splitlines()
    found = text().splitlines()
    gone, new = sorted(set(written) - set(found)), sorted(set(found) - set(written))
    assert not gone and not new, "if that is wanted: python -m tests.public_face, and a line in CHANGELOG.md"
    assert written == found


def test_each_public_function_has_a_limit_of_time():
    public = {line.partition("(")[0].removeprefix("pwlin.") for line in text().splitlines() if "(" in line}
    limited = {name for case in LIMITS for name in called(case)}
    assert not public - limited, "give these a case in benchmarks/patience.py"
    assert not limited - public, "these are not public"
    for case, (limit, code) in LIMITS.items():
        assert 0 < limit <= 240
        for name in called(case):
            assert f"{name.split('.')[-1]}(" in code, case
