"""The README's Python examples run and print what they say."""

import doctest
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"


def test_readme_examples(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    results = doctest.testfile(str(README), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert results.attempted >= 5 and results.failed == 0
