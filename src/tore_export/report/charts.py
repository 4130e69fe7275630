"""The pictures of a page: SVG whose widths are shares, so they fit any screen and text keeps its size.

Every picture has its numbers as text, too: beside the bars, or as a table below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

__all__ = ["Bar", "Column", "bars", "columns", "compact", "legend", "stack"]

_HEIGHT = 190
_FOOT = 24
_HEAD = 18
_MOST_TICKS = 6


@dataclass(frozen=True)
class Bar:
    """A horizontal bar: its name, what it says, and its parts as (colour, size, what a part is).

    `group` names the samples that the bar leads to.
    """

    name: str
    figure: str
    parts: tuple[tuple[str, float, str], ...]
    note: str = ""
    group: str | None = None


@dataclass(frozen=True)
class Column:
    """A bin of a histogram: where it begins, what it is called, its parts as (colour, number)."""

    tick: str
    name: str
    parts: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        """Height of the column."""
        return sum(n for _, n in self.parts)


def compact(number: float) -> str:
    """Return a number in few characters.

    >>> [compact(n) for n in (999, 1_000, 12_345, 4_042_831, 2.5e9)]
    ['999', '1k', '12.3k', '4.04M', '2.5G']
    """
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= size:
            return f"{float(f'{number / size:.3g}'):g}{unit}"
    return f"{number:g}"


def legend(names: Sequence[tuple[str, str]]) -> str:
    """Return what colours mean, as (colour, name)."""
    items = "".join(
        f'<li><svg class="key" aria-hidden="true"><rect class="{color}" width="100%" height="100%"/>'
        f"</svg>{escape(name)}</li>"
        for color, name in names
    )
    return f'<ul class="legend">{items}</ul>'


def stack(parts: Sequence[tuple[str, float, str]], label: str) -> str:
    """Return one wide bar of parts (colour, size, what it is) that add up to the whole."""
    return _bar(parts, sum(size for _, size, _ in parts), "stack", label)


def _bar(parts: Sequence[tuple[str, float, str]], whole: float, kind: str, label: str = "") -> str:
    drawn, at = [], 0.0
    for color, size, name in parts:
        if size > 0 and whole > 0:
            width = 100 * size / whole
            drawn.append(
                # a document among thousands is seen, too
                f'<rect class="{color}" x="{at:.3f}%" height="100%" '
                f'style="width:max(2px,{width:.3f}%)">'
                f"<title>{escape(name)}</title></rect>"
            )
            at += width
    role = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return f'<svg class="{kind}" {role}>{"".join(drawn)}</svg>'


def bars(rows: Sequence[Bar], label: str) -> str:
    """Return bars below each other, the longest as wide as there is room."""
    most = max((sum(size for _, size, _ in row.parts) for row in rows), default=0) or 1
    items = []
    for row in rows:
        name = escape(row.name)
        if row.group is not None:
            name = f'<a href="#samples" data-group="{escape(row.group)}">{name}</a>'
        note = f' <span class="soft">{escape(row.note)}</span>' if row.note else ""
        items.append(
            f'<li><span class="name">{name}{note}</span>{_bar(row.parts, most, "bar")}'
            f'<span class="figure">{escape(row.figure)}</span></li>'
        )
    return f'<ul class="bars" aria-label="{escape(label)}">{"".join(items)}</ul>'


def columns(
    bins: Sequence[Column], label: str, head: str, line: tuple[float, str] | None = None
) -> str:
    """Return a histogram and its numbers as a table.

    `line` is a limit: where it lies, as a share of the width, and what it says.
    """
    most = max((one.total for one in bins), default=0)
    if not most:
        return '<p class="soft">Nothing was counted.</p>'
    room = _HEIGHT - _FOOT - _HEAD
    drawn = [_grid(most, room)]
    width = 100 / len(bins)
    for number, one in enumerate(bins):
        base = float(_HEAD + room)
        for color, n in one.parts:
            if not n:
                continue
            height = max(room * n / most, 1.5)
            base -= height
            drawn.append(
                f'<rect class="{color}" x="{number * width + width * 0.06:.3f}%" y="{base:.2f}" '
                f'width="{width * 0.88:.3f}%" height="{height:.2f}">'
                f"<title>{escape(_told(one))}</title></rect>"
            )
    drawn.append(_ticks(bins, width))
    if line is not None:
        drawn.append(_limit(*line, room))
    rows = "".join(
        f'<tr><th scope="row">{escape(one.name)}</th>'
        + "".join(f'<td class="n">{n:,}</td>' for _, n in one.parts)
        + "</tr>"
        for one in bins
    )
    names = "".join(f'<th scope="col" class="n">{color}</th>' for color, _ in bins[0].parts)
    return (
        f'<svg class="columns" role="img" aria-label="{escape(label)}" height="{_HEIGHT}">'
        f"{''.join(drawn)}</svg>"
        f"<details><summary>Numbers</summary><div class='wide' tabindex='0'><table><thead><tr>"
        f'<th scope="col">{escape(head)}</th>{names}</tr></thead><tbody>{rows}</tbody></table>'
        "</div></details>"
    )


def _told(one: Column) -> str:
    parts = ", ".join(f"{n:,} {color}" for color, n in one.parts if n)
    return f"{one.name}: {parts}"


def _grid(most: int, room: float) -> str:
    """Draw lines at round numbers, with the numbers on them."""
    step = next(
        size * 10**power
        for power in range(20)
        for size in (1, 2, 5)
        if most / (size * 10**power) <= 5
    )
    drawn = []
    for value in range(0, most + 1, step):
        y = _HEAD + room - room * value / most
        kind = "axis" if value == 0 else "grid"
        drawn.append(f'<line class="{kind}" x1="0" x2="100%" y1="{y:.1f}" y2="{y:.1f}"/>')
        if value:
            drawn.append(f'<text class="tick" x="0" y="{y - 4:.1f}">{compact(value)}</text>')
    return "".join(drawn)


def _ticks(bins: Sequence[Column], width: float) -> str:
    step = -(-len(bins) // _MOST_TICKS)
    y = _HEIGHT - 6
    return "".join(
        f'<text class="tick" x="{number * width + width * 0.06:.3f}%" y="{y}">{escape(one.tick)}</text>'
        for number, one in enumerate(bins)
        if number % step == 0
    )


def _limit(share: float, said: str, room: float) -> str:
    at = f"{100 * share:.3f}%"
    anchor, offset = ("end", -5) if share > 0.5 else ("start", 5)
    return (
        f'<line class="limit" x1="{at}" x2="{at}" y1="4" y2="{_HEAD + room}"/>'
        f'<text class="limit-name" x="{at}" dx="{offset}" y="13" text-anchor="{anchor}">'
        f"{escape(said)}</text>"
    )
