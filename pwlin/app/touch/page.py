"""The page: one HTML document that asks for no other file; its scripts are joined here."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib import resources
from string import Template
from typing import final

from pwlin.base import arguments
from pwlin.base.doors import doors
from pwlin.base.files import atomic_open

SCRIPTS = (
    "rational",
    "network",
    "errors",
    "curves",
    "best",
    "random",
    "edit",
    "state",
    "link",
    "dom",
    "field",
    "skeleton",
    "scale",
    "fit",
    "slopes",
    "errorview",
    "handles",
    "places",
    "numbers",
    "tables",
    "layout",
    "controls",
    "train",
    "trainview",
    "arrows",
    "tally",
    "fold",
    "tour",
    "deep",
    "app",
    "open",
)
"""In the order in which they need one another."""
PLANE_SCRIPTS = (
    "rational",
    "network",
    "random",
    "edit",
    "state",
    "dom",
    "field",
    "skeleton",
    "scale",
    "train",
    "trainview",
    "planegeometry",
    "planeviews",
    "planesurface",
    "planeerror",
    "planeapp",
    "planeopen",
)
"""Those of a page of two inputs."""
_HEIGHT = 920


@final
@doors
@dataclass(frozen=True)
class Playground:
    """A page whose kinks one can drag; make one with `pwlin.playground`. In a notebook it shows itself.

    Attributes
    ----------
    title : str
    data : str
        What the page starts from, as JSON.
    inputs : int
        1 or 2.
    without : tuple of str
        Scripts that the page needs not.
    picture : str
        SVG for those who have scripts switched off.
    """

    title: str
    data: str
    inputs: int = 1
    without: tuple[str, ...] = ()
    picture: str = ""

    def html(self) -> str:
        """The whole document: self-contained, and without any access to the network."""
        return Template(_template("play.html")).substitute(
            title=escape(self.title),
            style=style(self.inputs),
            body=self.section(),
            script=script(self.inputs, self.without),
        )

    def section(self) -> str:
        """The element that `script` turns into a playground; a page may hold several."""
        kind = "playground of-plane" if self.inputs == 2 else "playground"
        return f"""<div class="{kind}"><noscript><p>{escape(_WITHOUT)}</p>{self.picture}</noscript>
<script type="application/json">{self.data}</script></div>"""

    def tools(self) -> str:
        """What makes playgrounds of all such elements before it on the page."""
        return f"<style>\n{style(self.inputs)}</style>\n<script>\n{script(self.inputs, self.without)}</script>"

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the page to an HTML file, whole or not at all."""
        with atomic_open(arguments.path(path)) as stream:
            stream.write(self.html())

    def _repr_html_(self) -> str:
        return (
            f'<iframe srcdoc="{escape(self.html())}" sandbox="allow-scripts allow-downloads" '
            f'title="{escape(self.title)}" style="width:100%;height:{_HEIGHT}px;border:0"></iframe>'
        )

    def __repr__(self) -> str:
        return f"Playground({self.title!r})"


_WITHOUT = "This page lets one drag the kinks of a network. It needs JavaScript, which is switched off here."


def playground_json(value: object) -> str:
    """JSON that may stand in a script element."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False).replace("<", "\\u003c")


@cache
def script(inputs: int = 1, without: tuple[str, ...] = ()) -> str:
    """All scripts that are needed in one function, which leaves no names behind; without indents and comments."""
    lines = (
        line.partition(" // ")[0].strip()
        for name in (SCRIPTS if inputs == 1 else PLANE_SCRIPTS)
        if name not in without
        for line in _template(f"{name}.js").splitlines()
    )
    parts = "\n".join(line for line in lines if line and not line.startswith("/*"))
    return f'(() => {{\n"use strict";\n{parts}}})();\n'


def style(inputs: int = 1) -> str:
    """What playgrounds look like, apart from all else on a page."""
    text = _template("play.css") + (_template("plane.css") if inputs == 2 else "")
    return "\n".join(line.strip() for line in text.splitlines() if line)


def _template(name: str) -> str:
    return resources.files("pwlin.app.touch").joinpath("template", name).read_text(encoding="utf-8")
