"""Public names and their parameters change on purpose only."""

from tests.public_face import FILE, text


def test_public_names_are_those_that_are_written_down():
    written = FILE.read_text(encoding="utf-8").splitlines()
    found = text().splitlines()
    gone, new = sorted(set(written) - set(found)), sorted(set(found) - set(written))
    assert not gone and not new, "if that is wanted: python -m tests.public_face, and a line in CHANGELOG.md"
    assert written == found
