"""What a page shows where scripts are switched off: the target and the network that it would open with, as a picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence

_WIDTH, _HEIGHT, _EDGE = 640, 320, 8
_SAMPLES = 160
Relu = tuple[float, float, float]


def still(
    ends: tuple[float, float],
    target: Callable[[float], float] | Sequence[tuple[float, float]],
    net: tuple[float, Sequence[Relu]] | None,
) -> str:
    """An SVG of a function or of points in light grey, and of the network c + sum of v max(w x + b, 0).

    Parameters
    ----------
    ends : pair of floats
    target : callable, or pairs (x, y)
    net : pair of c and a sequence of (w, b, v), or None where scripts would draw the start
    """
    a, b = ends
    even = [a + (b - a) * (i / _SAMPLES) for i in range(_SAMPLES + 1)]
    goal = [(x, target(x)) for x in even] if callable(target) else list(target)
    line = [] if net is None else _corners(ends, *net)
    heights = [y for _, y in goal + line if abs(y) < 1e300]
    low, high = min(heights, default=0.0), max(heights, default=1.0)

    def at(place: tuple[float, float]) -> tuple[float, float]:
        x, y = place
        across, up = (x - a) / (b - a), (min(max(y, low), high) - low) / ((high - low) or 1.0)
        return _EDGE + across * (_WIDTH - 2 * _EDGE), _HEIGHT - _EDGE - up * (_HEIGHT - 2 * _EDGE)

    seen, corners = [at(p) for p in goal], [at(p) for p in line]
    drawn = _path(seen, "#b9bdc3", 7) if callable(target) else "".join(map(_dot, seen))
    return f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" role="img" aria-label="target and network">{drawn}{_path(corners, "currentColor", 2.4)}</svg>'


def _corners(ends: tuple[float, float], c: float, neurons: Sequence[Relu]) -> list[tuple[float, float]]:
    a, b = ends
    kinks = sorted(k for w, bias, _ in neurons if w and a < (k := -bias / w) < b)
    return [(x, c + sum(v * max(w * x + bias, 0.0) for w, bias, v in neurons)) for x in (a, *kinks, b)]


def _path(places: Sequence[tuple[float, float]], colour: str, width: float) -> str:
    steps = "".join(f"{'L' if i else 'M'}{x:.1f} {y:.1f}" for i, (x, y) in enumerate(places))
    return f'<path d="{steps}" fill="none" stroke="{colour}" stroke-width="{width}"/>'


def _dot(place: tuple[float, float]) -> str:
    return f'<circle cx="{place[0]:.1f}" cy="{place[1]:.1f}" r="3" fill="#b9bdc3"/>'
