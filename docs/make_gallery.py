"""Make the gallery: run the code that it shows, save its pictures, and write ``gallery.md`` beside this file.

Run it as ``python docs/make_gallery.py`` whenever a picture changes. A test sees to it that the page shows this code.
"""

from __future__ import annotations

import ast
import contextlib
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
IMAGES = HERE / "images"
DPI = 100


@dataclass(frozen=True)
class Picture:
    """One picture: the name of its file, its heading, what it shows, and the code whose last expression draws it.

    The expression's value is Axes, a figure, or the path of a file that the code has written.
    """

    name: str
    title: str
    text: str
    code: str

    @property
    def file(self) -> str:
        """The picture's file: a PNG unless the name says otherwise."""
        return self.name if "." in self.name else f"{self.name}.png"


@dataclass(frozen=True)
class Chapter:
    """Pictures that start from the same objects."""

    title: str
    setup: str
    pictures: tuple[Picture, ...]


LINE = Chapter(
    "One input",
    """
import pwlin
from pwlin import plot

run = pwlin.train("x**2", domain=(-5, 5), hidden=(6,), optimizer="sgd", steps=2000, seed=2, progress=False)
f = pwlin.extract(run.network, domain=(-5, 5))
""",
    (
        Picture(
            "fit",
            "Fit",
            "The function with its regions coloured, kinks labelled by neuron, the target behind.",
            'plot.fit(f, target="x**2")',
        ),
        Picture(
            "fit-slope",
            "Fit, coloured by slope",
            "Pieces coloured by their slope: dark is flat, purple falls, green rises; `vmax=` makes panels share the scale.",
            'plot.fit(f, target="x**2", color_by="slope")',
        ),
        Picture(
            "slopes",
            "Slopes",
            "A step for each piece against the derivative of the target: why ReLUs approximate x².",
            'plot.slopes(f, target="x**2")',
        ),
        Picture("error", "Error", "Function minus target, the largest error exact.", 'plot.error(f, "x**2")'),
        Picture(
            "decomposition",
            "Decomposition",
            "What every neuron computes, from its preactivation to its contribution, and their sum.",
            "plot.decomposition(f, max_neurons=3)",
        ),
        Picture("kink-paths", "Kink paths", "Where the kinks were at each snapshot.", "plot.kink_paths(run)"),
        Picture("losses", "Losses", "The loss of each batch and its running mean.", "plot.losses(run)"),
        Picture(
            "explain",
            "Overview",
            "Fit, slopes and error over one another, the training beside them.",
            'plot.explain(f, "x**2", run=run)',
        ),
        Picture(
            "fit-many",
            "Many kinks",
            "Labels give way where there is no room; here the zigzag of width 3 and depth 3.",
            "plot.fit(pwlin.extract(pwlin.constructions.zigzag(3), domain=(0, 1)))",
        ),
        Picture(
            "training.gif",
            "Training, moving",
            'What every neuron puts out while it learns. Views "fit" and "kinks" exist too, and pages with a slider (`.html`).',
            'pwlin.animate(run, "training.gif", view="layers", frames=24, fps=5, progress=False)',
        ),
    ),
)

PLANE = Chapter(
    "Two inputs",
    """
import pwlin
from pwlin import plot

box = [(-1, 1), (-1, 1)]
run = pwlin.train("x**2 + y**2", domain=box, hidden=(3, 5), steps=3000, seed=4, progress=False)
F = pwlin.extract(run.network, domain=box)
""",
    (
        Picture(
            "regions-gradient",
            "Regions by gradient",
            "A region's colour is its gradient; the disc is the scale, its dots are the regions.",
            'plot.regions(F, color_by="gradient")',
        ),
        Picture(
            "regions-pattern",
            "Regions by pattern",
            "The hue belongs to the first layer's pattern, the shade to the deeper ones.",
            'plot.regions(F, color_by="pattern")',
        ),
        Picture(
            "regions-value",
            "Regions by value",
            "The function's values with contour lines.",
            'plot.regions(F, color_by="value")',
        ),
        Picture(
            "regions-error",
            "Regions by error",
            "Function minus target; the star marks the largest error.",
            'plot.regions(F, "x**2 + y**2", comparison=F.compare("x**2 + y**2"))',
        ),
        Picture(
            "hyperplanes",
            "Bent hyperplanes",
            'Where each neuron\'s preactivation is zero. `by="layer"` gives one colour to a layer.',
            'plot.bent_hyperplanes(F, by="neuron")',
        ),
        Picture("surface", "Surface", "The function as a surface of flat tiles.", "plot.surface(F)"),
        Picture(
            "levels",
            "Level sets",
            "Where the function takes given values: exact chains of segments.",
            'plot.level_set(F, ["1/4", "1/2", 1])',
        ),
        Picture(
            "decision",
            "Decision boundary",
            "Which of several functions is largest where; also for the outputs of one network.",
            """
other = pwlin.extract(pwlin.Network.from_arrays([[["1/2", "-1/4"]]], [["1/2"]]), domain=box)
plot.decision_boundary(F, other, names=["network", "plane"])
""",
        ),
        Picture(
            "labels",
            "Decisions of a model",
            "Which answer a model gives where in the plane through three samples, with exact areas.",
            """
weights = [[[3, -1], [-1, 3], [1, 1]], [[1, 0, 0], [0, 1, 0], [0, 0, 2]]]
model = pwlin.Network.from_arrays(weights, [[0, 0, -1], ["1/4", "1/4", "1/2"]])
plot.label_map(pwlin.labels(model), samples={"p": (0, 0), "q": (1, 0), "r": (0, 1)})
""",
        ),
        Picture(
            "explain-plane",
            "Overview",
            "Regions, surface, error and bent hyperplanes together.",
            'plot.explain_plane(F, "x**2 + y**2")',
        ),
    ),
)

SPACE = Chapter(
    "Three inputs",
    """
import pwlin
from pwlin import plot

cube = [(-1, 1)] * 3
run = pwlin.train("x**2 + y**2 + z**2", domain=cube, hidden=(5,), steps=1500, seed=1, progress=False)
G = pwlin.extract(run.network, domain=cube)
""",
    (
        Picture("complex", "Complex", "The regions, moved apart.", "plot.complex3d(G)"),
        Picture("levels-space", "Level set", "Where the function is 1: polygons.", "plot.level_set(G, 1)"),
    ),
)

CHAPTERS = (LINE, PLANE, SPACE)


def gallery_text() -> str:
    """The page."""
    parts = [
        "# Gallery",
        "Every kind of picture, with the code that made it. Made by `docs/make_gallery.py`, never by hand. Each function takes "
        "`ax=` and returns what it drew on; corners and joints are exact and rounded once.",
    ]
    for chapter in CHAPTERS:
        parts += [f"## {chapter.title}", _fenced(chapter.setup)]
        for picture in chapter.pictures:
            parts += [
                f"### {picture.title}",
                picture.text,
                _fenced(picture.code),
                f"![{picture.title}: {picture.text}](images/{picture.file})",
            ]
    return "\n\n".join(parts) + "\n"


def _fenced(code: str) -> str:
    return f"```python\n{code.strip()}\n```"


def draw(code: str, names: dict[str, Any]) -> Any:
    """Run code in a namespace; returns the value of its last expression."""
    tree = ast.parse(code.strip())
    *body, last = tree.body
    assert isinstance(last, ast.Expr), "a picture's code ends with an expression"
    exec(compile(ast.Module(body, []), "<gallery>", "exec"), names)
    return eval(compile(ast.Expression(last.value), "<gallery>", "eval"), names)


def save(drawn: Any, path: Path) -> None:
    """Save the figure of axes, or a figure, without date or version; or a copy of a file."""
    if isinstance(drawn, Path):
        shutil.copyfile(drawn, path)
        return
    figure = drawn if hasattr(drawn, "savefig") else drawn.figure
    figure.savefig(path, dpi=DPI, facecolor="white", metadata={"Software": None})


def front_picture() -> None:
    """The README's picture: what ``pwlin explain "x**2"`` calls fit.png."""
    from pwlin.app.cli import main

    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "explained"
        status = main(["explain", "x**2", "--out", str(out), "--quiet"])
        assert not status, "pwlin explain failed"
        shutil.copyfile(out / "fit.png", IMAGES / "x2.png")


def main() -> None:
    """Make all pictures, then write the page."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    IMAGES.mkdir(exist_ok=True)
    for chapter in CHAPTERS:
        names: dict[str, Any] = {}
        exec(chapter.setup, names)
        for picture in chapter.pictures:
            with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
                save(draw(picture.code, names), IMAGES / picture.file)
            plt.close("all")
    front_picture()
    (HERE / "gallery.md").write_text(gallery_text(), encoding="utf-8")


if __name__ == "__main__":
    main()
