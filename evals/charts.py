"""Five plain charts as SVG, for a page that needs nothing but itself.

A plotting library would bring its own fonts and colours, megabytes of it, and
pictures that cannot follow the ground from light to dark; these take their
colours from the style sheet of the page by class.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import NamedTuple

from assistant.visible import one_line

WIDTH = 560
LEFT, RIGHT, TOP, BOTTOM = 44, 14, 10, 30
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
BAR, GAP = 11, 8
NAMES = 150
"""Room for the names of rows."""


class Point(NamedTuple):
    """A place in a chart, both coordinates from 0 to 1."""

    x: float
    y: float


def bars(rows: Sequence[tuple[str, Sequence[float | None]]], about: str, most: float = 1.0, form: str = ".2f") -> str:
    """Rows of bars from 0 to `most`, one a series; None leaves its bar out. Series are coloured by ``s0``, ``s1`` and so on."""
    width = WIDTH - NAMES - RIGHT - 30
    parts: list[str] = []
    y = float(TOP)
    for name, values in rows:
        middle = y + len(values) * BAR / 2
        parts.append(_text(NAMES - 8, middle + 4, name, "end"))
        for series, value in enumerate(values):
            if value is not None:
                told = f"{name}: {value:{form}}"
                length = max(1.0, width * value / most)
                parts.append(_rect(NAMES, y, length, BAR - 1.5, f"s{series}", told))
                parts.append(_text(NAMES + length + 5, y + BAR - 2, f"{value:{form}}", size="small"))
            y += BAR
        y += GAP
    grid = [_line(NAMES + t * width, TOP - 4, NAMES + t * width, y - GAP + 4, "grid") for t in TICKS]
    return _svg([*grid, *parts], y + 4, about)


def diverging(rows: Sequence[tuple[str, float]], about: str, unit: str = "") -> str:
    """A bar a row to the left of the middle for what is below 0, to the right for what is above."""
    room = (WIDTH - NAMES - 60) / 2
    middle = NAMES + 20 + room
    most = max([1.0, *(abs(value) for _, value in rows)])
    parts = [_line(middle, TOP - 4, middle, TOP + len(rows) * 22, "axis")]
    for i, (name, value) in enumerate(rows):
        y, length = TOP + i * 22, room * abs(value) / most
        parts.append(_text(NAMES - 8, y + 12, name, "end"))
        kind = "down" if value < 0 else "up"
        start = middle - length if value < 0 else middle
        parts.append(_rect(start, y + 2, max(length, 0.5), 13, kind, f"{name}: {value:+.2f}{unit}"))
        at, anchor = (start - 5, "end") if value < 0 else (middle + length + 5, "start")
        parts.append(_text(at, y + 13, f"{value:+.1f}{unit}", anchor, "small"))
    return _svg(parts, TOP + len(rows) * 22 + 6, about)


def curve(points: Sequence[Point], about: str, x_name: str, y_name: str, ends_at: Mapping[str, float]) -> str:
    """A line through points, with `ends_at` as marks on the horizontal axis."""
    height = 230.0
    place = _Frame(height)
    parts = [*place.grid(x_name, y_name)]
    for name, x in ends_at.items():
        parts.append(_line(place.x(x), TOP, place.x(x), place.bottom, "mark"))
        parts.append(_text(place.x(x) - 4, TOP + 10, name, "end", "small"))
    path = " ".join(f"{place.x(p.x):.1f},{place.y(p.y):.1f}" for p in points)
    parts.append(f'<polyline class="line s0" points="{path}"/>')
    parts.append(
        "".join(
            _dot(place.x(p.x), place.y(p.y), "s0", f"{p.x:.2f}: {p.y:.3f}")
            for p in points[:: max(1, len(points) // 40)]
        )
    )
    return _svg(parts, height, about)


def histogram(values: Sequence[float], about: str, unit: str, marks: Mapping[str, float], bins: int = 30) -> str:
    """How many values fall into each of some bins, with marks on the horizontal axis."""
    height, top = 230.0, max([1e-9, *values])
    place = _Frame(height)
    counts = [0] * bins
    for value in values:
        counts[min(bins - 1, int(bins * value / top))] += 1
    most = max(counts)
    parts = [
        _rect(place.x(i / bins), place.y(n / most), place.x(1 / bins) - place.x(0) - 1.5, place.bottom - place.y(n / most), "s0",
              f"{top * i / bins:.0f}–{top * (i + 1) / bins:.0f}{unit}: {n}")
        for i, n in enumerate(counts) if n
    ]  # fmt: skip
    parts += [
        _text(place.x(t), height - 8, f"{t * top:.0f}{unit}", "end" if t == 1 else "middle", "small") for t in TICKS
    ]
    for i, (name, value) in enumerate(marks.items()):
        parts.append(_line(place.x(value / top), TOP, place.x(value / top), place.bottom, "mark"))
        parts.append(_text(place.x(value / top) + 4, TOP + 10 + 14 * i, f"{name} {value:.0f}{unit}", size="small"))
    parts.append(_line(LEFT, place.bottom, WIDTH - RIGHT, place.bottom, "axis"))
    return _svg(parts, height, about)


def lines(series: Mapping[str, Sequence[float | None]], labels: Sequence[str], about: str) -> str:
    """A line a series over runs in their order, from 0 to 1; what a run did not measure leaves a gap."""
    height = 230.0
    place = _Frame(height)
    parts = [*place.grid("", "")]
    step = 1 / max(1, len(labels) - 1)
    for n, (name, values) in enumerate(series.items()):
        known = [(i * step, v) for i, v in enumerate(values) if v is not None]
        path = " ".join(f"{place.x(x):.1f},{place.y(v):.1f}" for x, v in known)
        parts.append(f'<polyline class="line s{n}" points="{path}"/>')
        parts += [_dot(place.x(x), place.y(v), f"s{n}", f"{name}: {v:.3f}") for x, v in known]
    for i in sorted({0, len(labels) // 2, len(labels) - 1}) if labels else ():
        anchor = "start" if i == 0 else "end" if i == len(labels) - 1 else "middle"
        parts.append(_text(place.x(i * step), height - 8, labels[i], anchor, "small"))
    return _svg(parts, height, about)


class _Frame:
    """Where values from 0 to 1 stand in a chart of some height."""

    def __init__(self, height: float) -> None:
        self.height = height
        self.bottom = height - BOTTOM

    def x(self, value: float) -> float:
        return LEFT + value * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        return self.bottom - value * (self.bottom - TOP)

    def grid(self, x_name: str, y_name: str) -> Iterator[str]:
        for t in TICKS:
            yield _line(LEFT, self.y(t), WIDTH - RIGHT, self.y(t), "grid" if t else "axis")
            yield _text(LEFT - 6, self.y(t) + 4, f"{t:.2f}".rstrip("0").rstrip("."), "end", "small")
            if x_name:
                yield _text(self.x(t), self.height - 14, f"{t:.2f}".rstrip("0").rstrip("."), "middle", "small")
        if x_name:
            yield _text(WIDTH - RIGHT, self.height - 2, x_name, "end", "small")
        if y_name:
            yield _text(LEFT + 4, TOP + 8, y_name, size="small")


def _svg(parts: Sequence[str], height: float, about: str) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{_safe(about)}">'
        f"<title>{_safe(about)}</title>{''.join(parts)}</svg>"
    )


def _safe(words: str) -> str:
    return escape(one_line(words))


def _text(x: float, y: float, words: str, anchor: str = "start", size: str = "") -> str:
    kind = f' class="{size}"' if size else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{kind}>{_safe(words)}</text>'


def _rect(x: float, y: float, width: float, height: float, kind: str, told: str) -> str:
    return (
        f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="1.5">'
        f"<title>{_safe(told)}</title></rect>"
    )


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _dot(x: float, y: float, kind: str, told: str) -> str:
    return f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="2.6"><title>{_safe(told)}</title></circle>'
