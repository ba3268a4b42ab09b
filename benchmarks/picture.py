"""The picture of `docs/performance.md`: cost by size on two logarithmic scales, as plain SVG.

Written by hand: a drawing library would be a dependency for one picture. Each line has its own
marks and carries its name, so nothing hangs on colour; there is a second set of colours for dark
pages.
"""

from __future__ import annotations

from math import ceil, floor, log10
from xml.sax.saxutils import escape

from benchmarks.tables import OURS, seconds

WIDTH, HEIGHT = 800, 440
LEFT, RIGHT, TOP, BOTTOM = 70, 240, 40, 50
_LIGHT = ("#0b5cad", "#a03c00", "#00695c", "#7b2d8b", "#5d5300", "#ad1457")
_DARK = ("#7ab8ff", "#ffab73", "#66d9c6", "#dda3ee", "#e0d060", "#ff8fb8")
_GAP = 16

Series = dict[str, list[tuple[int, float]]]


def picture(series: Series) -> str:
    """Return an SVG of seconds by lines, one line of marks for each name."""
    drawn = {name: points for name, points in series.items() if points}
    times = [value for points in drawn.values() for _, value in points] or [1.0]
    counts = [count for points in drawn.values() for count, _ in points] or [10**6]
    low, high = floor(log10(min(times))), ceil(log10(max(times)))
    first, last = floor(log10(min(counts))), ceil(log10(max(counts)))
    scale = _Scale(first, max(last, first + 1), low, max(high, low + 1))
    order = sorted(drawn, key=lambda name: (name != OURS, name))
    parts = [_head(len(order)), *_axes(scale)]
    ends = _apart({name: scale.y(drawn[name][-1][1]) for name in order})
    for number, name in enumerate(order):
        parts += _line(number, name, drawn[name], scale, ends[name])
    return "\n".join([*parts, "</svg>"]) + "\n"


class _Scale:
    """Where a count and a time stand in the picture."""

    def __init__(self, first: int, last: int, low: int, high: int) -> None:
        self.first, self.last, self.low, self.high = first, last, low, high

    def x(self, count: float) -> float:
        share = (log10(count) - self.first) / (self.last - self.first)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, time: float) -> float:
        share = (log10(time) - self.low) / (self.high - self.low)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def _head(count: int) -> str:
    def colours(palette: tuple[str, ...]) -> str:
        chosen = [palette[number % len(palette)] for number in range(count)]
        return " ".join(
            f".s{n} {{ stroke: {c}; }} .t{n} {{ fill: {c}; }}" for n, c in enumerate(chosen)
        )

    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" \
aria-labelledby="title">
<title id="title">Seconds of a full level run by lines of sales, for us and for peers</title>
<style>
 .paper {{ fill: #ffffff; }} text {{ font: 13px sans-serif; fill: #222222; }}
 .grid {{ stroke: #cccccc; }} .ours {{ stroke-width: 4; }} path {{ fill: none; stroke-width: 2; }}
 {colours(_LIGHT)}
 @media (prefers-color-scheme: dark) {{
  .paper {{ fill: #15181c; }} text {{ fill: #e6e6e6; }} .grid {{ stroke: #444a52; }}
  {colours(_DARK)}
 }}
</style>
<rect class="paper" width="{WIDTH}" height="{HEIGHT}"/>
<text x="{LEFT}" y="22" font-weight="bold">A full level run: median time by lines of sales</text>"""


def _axes(scale: _Scale) -> list[str]:
    parts = []
    for power in range(scale.low, scale.high + 1):
        y, label = scale.y(10.0**power), seconds(10.0**power).replace(".00", "")
        parts.append(
            f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        )
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{label}</text>')
    for power in range(scale.first, scale.last + 1):
        x = scale.x(10.0**power)
        label = f"{10 ** (power - 6):,}M" if power >= 6 else f"{10 ** (power - 3):,}k"
        parts.append(
            f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
        )
        y = HEIGHT - BOTTOM + 20
        parts.append(f'<text x="{x:.1f}" y="{y}" text-anchor="middle">{label}</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f'<text x="{middle}" y="{HEIGHT - 8}" text-anchor="middle">lines of sales</text>')
    return parts


def _line(
    number: int, name: str, points: list[tuple[int, float]], scale: _Scale, label: float
) -> list[str]:
    places = [(scale.x(count), scale.y(time)) for count, time in points]
    path = " L ".join(f"{x:.1f} {y:.1f}" for x, y in places)
    ours = " ours" if name == OURS else ""
    parts = [f'<path class="s{number}{ours}" d="M {path}"/>']
    parts += [_mark(number, round(x), round(y)) for x, y in places]
    x, y = places[-1]
    text = escape(f"{name} {seconds(points[-1][1])}")
    parts.append(f'<path class="s{number}" d="M {x + 6:.1f} {y:.1f} L {x + 18:.1f} {label:.1f}"/>')
    parts.append(f'<text class="t{number}" x="{x + 22:.1f}" y="{label + 4:.1f}">{text}</text>')
    return parts


def _mark(number: int, x: float, y: float) -> str:
    """Return a mark whose shape says which line it is on."""
    shapes = (
        f"M {x - 4} {y} a 4 4 0 1 0 8 0 a 4 4 0 1 0 -8 0",
        f"M {x - 4} {y - 4} h 8 v 8 h -8 z",
        f"M {x} {y - 5} l 5 9 h -10 z",
        f"M {x} {y - 5} l 5 5 l -5 5 l -5 -5 z",
        f"M {x - 4} {y - 4} l 8 8 m 0 -8 l -8 8",
        f"M {x - 5} {y} h 10 m -5 -5 v 10",
    )
    return f'<path class="s{number}" d="{shapes[number % len(shapes)]}"/>'


def _apart(places: dict[str, float]) -> dict[str, float]:
    """Return where names stand, moved down where two would cover each other."""
    found: dict[str, float] = {}
    last = TOP - _GAP
    for name in sorted(places, key=lambda name: places[name]):
        last = max(places[name], last + _GAP)
        found[name] = last
    return found
