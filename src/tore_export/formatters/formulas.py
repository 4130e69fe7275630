"""Formulas on their own: their source, and how Markdown writes it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

__all__ = ["formula_block", "latex_of", "one_line"]

_MATH_MARKS = re.compile(
    r"\A\s*(?:\$\$(.*)\$\$|\$(.*)\$|\\\[(.*)\\\]|\\\((.*)\\\))\s*\Z", re.DOTALL
)
_MATH_COMMENT = re.compile(r"(?<!\\)%.*")
_BLANK_LINES = re.compile(r"\n[ \t]*(?=\n)")
_BLOCK_IN_MATH = re.compile(r"^[ \t]*(?:[-+*>#=|~`<:]|\d{1,9}[.)])", re.M)


def latex_of(text: str, meta: Mapping[str, Any]) -> str:
    r"""Return a formula's source without delimiters and blank lines.

    >>> latex_of("", {"latex": "$$ x^2 $$"}), latex_of(r"\[ y \]", {})
    ('x^2', 'y')
    """
    latex = str(meta.get("latex") or text or "")
    if found := _MATH_MARKS.match(latex):
        latex = next(group for group in found.groups() if group is not None)
    return _BLANK_LINES.sub("", latex.strip())


def one_line(latex: str) -> str:
    """Return a formula without line breaks, and without the comments that end at one."""
    return " ".join(_MATH_COMMENT.sub("", latex).split()) if "\n" in latex else latex


def formula_block(latex: str, *, apart: bool) -> str:
    r"""Return a formula between dollars, on lines of its own if it is `apart` or has several.

    >>> formula_block("x^2", apart=False), formula_block("x^2", apart=True)
    ('$$x^2$$', '$$\nx^2\n$$')
    """
    if "\n" in latex and _BLOCK_IN_MATH.search(latex):
        latex = one_line(latex)
    return f"$$\n{latex}\n$$" if apart or "\n" in latex else f"$${latex}$$"
