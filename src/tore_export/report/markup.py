"""What sections of a page are made of: the section itself, and tables of texts."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

__all__ = ["section", "table"]


def section(name: str, title: str, body: str, *, about: str = "", whole: bool = False) -> str:
    """Return one section with its heading; `about` says what is seen."""
    said = f'<p class="soft small">{about}</p>' if about else ""
    kind = ' class="whole"' if whole else ""
    return (
        f'<section id="{name}" aria-labelledby="{name}-title"{kind}>'
        f'<h2 id="{name}-title">{escape(title)}</h2>{said}{body}</section>'
    )


def table(head: Sequence[str], rows: Sequence[Sequence[str]], align: str) -> str:
    """Return a table; `align` has l or r for each column. Cells are texts, not HTML."""
    sides = [' class="n"' if side == "r" else "" for side in align]
    names = "".join(
        f'<th scope="col"{side}>{escape(name)}</th>' for name, side in zip(head, sides, strict=True)
    )
    lines = "".join(
        "<tr>"
        + "".join(f"<td{side}>{escape(cell)}</td>" for cell, side in zip(row, sides, strict=True))
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="wide" tabindex="0"><table><thead><tr>{names}</tr></thead>'
        f"<tbody>{lines}</tbody></table></div>"
    )
