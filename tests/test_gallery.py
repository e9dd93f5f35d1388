"""The gallery shows the code that made its pictures, and every kind of picture there is."""

import ast
import importlib.util
import re
import sys
from pathlib import Path

from pwlin import plot

DOCS = Path(__file__).parent.parent / "docs"


def load_script():  # it is no package, so it is loaded by its path
    spec = importlib.util.spec_from_file_location("make_gallery", DOCS / "make_gallery.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


def test_page_is_what_the_script_writes():
    page = (DOCS / "gallery.md").read_text(encoding="utf-8")
    assert page == load_script().gallery_text(), "run python docs/make_gallery.py"
    pictures = re.findall(r"\]\((images/[^)]*)\)", page)
    assert len(pictures) == len(set(pictures))
    assert all((DOCS / picture).stat().st_size > 5_000 for picture in pictures)


def test_every_kind_of_picture_is_there():
    script = load_script()
    calls = {
        node.func.attr
        for chapter in script.CHAPTERS
        for picture in chapter.pictures
        for node in ast.walk(ast.parse(picture.code.strip()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert set(plot.__all__) <= calls, "add the new kinds to docs/make_gallery.py and run it"


def test_code_draws(tmp_path):
    script = load_script()
    names = {}
    code = "import pwlin\nf = pwlin.PiecewiseLinear1D.from_points([-1, 0, 1], [1, 0, 1])\npwlin.plot.fit(f)"
    script.save(script.draw(code, names), tmp_path / "a.png")
    script.save(script.draw("pwlin.plot.fit(f)", names), tmp_path / "b.png")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
