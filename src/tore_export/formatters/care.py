r"""Which texts need care in Markdown, and which of those a few replacements put right.

All of it is regular expressions in the syntax that Rust, RE2 and Python share, without look-around, for
those who have many texts in a column. What they leave is for the functions of escape.py, which are what
is right: a text that does not need care is one they do not change, and an easy one's replacements give
what they give.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

__all__ = [
    "CELL_CARE",
    "INDENT",
    "ITEM_CARE",
    "LINE_CARE",
    "MARK",
    "NEEDS_CARE",
    "TEXT_CARE",
    "Care",
]

MARK = "\ufdd0"
"""Stands for a mark of ours, whatever it will be, while the text around it is escaped.

It is one of the code points that Unicode keeps for such use within a program.
"""

INDENT = r" {0,3}(?:\t[ \t]*)?"
"""Fewer than the four columns that part text from blocks; a tab may be less within a list item."""

_ANY = r"(?s:.*)"
_END = r"(?:[ \t\n]|$)"

_STARS = rf"\*(?:[^ \t\n]{_ANY})?[^ \t\n]\*"
_TICKS = rf"`{_ANY}`"
_TAGS = rf"<(?:[A-Za-z/!?]|[^ \t\n<>]+@){_ANY}>"
_INLINE = "|".join(
    (
        r"\\(?:[!-/:-@\[-`{-~\n]|$)",  # a backslash that would escape or break the line
        rf"~{_ANY}~",
        rf"\$(?:[^ \t\n]{_ANY})?[^ \t\n]\$",
        rf"\$\${_ANY}\$\$",
        rf"(?:^|[^A-Za-z0-9_])_{_ANY}_(?:[^A-Za-z0-9_]|$)",
        r"&(?:#[0-9A-Fa-fxX]{1,7}|[A-Za-z][A-Za-z0-9]*);",
        r"\]\(",
        MARK,  # escaping marks places by it
    )
)
_BEGINS_ITEM = "|".join(
    (
        rf"^(?:[0-9]{{1,9}}[.)]{_END}|\[[ xX]\]|[-*][-* \t]*(?:\n|$))",
        r"^[\u2022\u2023\u25e6\u25aa\u25ab\u25cf\u25cb\u25a0\u25a1\u00b7\u2219\u2013\u2014]",
    )
)
_LATER_NUMBER = rf"\n\n[0-9]{{1,9}}[.)]{_END}"
_SPACES = r"^[ \t\n]|[ \t\n]$|  \n|\r|\n[ \t]+\n|\n\n[ \t\n]"
_CLOSING = "#$"  # would close a heading

NEEDS_CARE = "|".join(
    (
        _INLINE,
        _STARS,
        _TICKS,
        _TAGS,
        # what begins a block where it begins a line, and the lines that turn the one above
        rf"(?:^|\n){INDENT}(?:"
        rf"[-+*]{_END}|[-=|:][-=|: \t]*(?:\n|$)|#{{1,6}}{_END}|>|<[A-Za-z/!?]|~~~|```"
        rf"|0{{0,8}}1[.)]{_END}|\[{_ANY}\]:)",
        _BEGINS_ITEM,
        _LATER_NUMBER,
        _CLOSING,
        _SPACES,
    )
)
"""Matches at least every text that `escape_text`, `escape_line` or `escape_item` would change.

For a heading a newline needs care as well.
"""


@dataclass(frozen=True)
class Care:
    """What is to be done about the texts of a place: those none of `needed` finds are written as is.

    Of the others, those that `left` finds need their formatter. Those none of `hard` finds are easy:
    `changes`, one after the other, give what is written; each is a regular expression and what takes
    the place of all it finds. The rest is written by `write`; where that is None, or nothing comes of
    it, it is the formatter's as well. What is tied to the beginning or the end of a text is found much
    faster by an expression of its own.
    """

    needed: tuple[str, ...]
    hard: tuple[str, ...] = ("",)  # finds every text
    changes: tuple[tuple[str, str], ...] = ()
    write: Callable[[str], str] | None = None
    left: str | None = None


# single ticks could pair with those of others, so it is all or none: here all, of four or more, or
# of two and three that are apart
_HARD_TICKS = r"```|^[^`]*(?:``?|``[^`]+`|`[^`]+``)[^`]*$"
# all runs of stars, of two or more, if the first one opens emphasis, the last one closes it, and none
# stands between spaces
_HARD_STARS = "|".join(
    (
        r"(?:^|\s)\*+(?:\s|$)",
        r"^[^*]*[^*\s]\*+[^A-Za-z0-9*]",
        r"[^A-Za-z0-9*]\*+[^*\s][^*]*$",
        r"^[^*]*\*+[^*]*$",
    )
)
_TAG = r"<(?:[A-Za-z/!?]|[^\s\x1c-\x1f<>]+@)"
_HARD_PAIRS = f"{_HARD_STARS}|{_HARD_TICKS}|{_TAG}[^>]*$"
"""Apart from the others: as one expression they would have more states than an engine keeps."""

_INLINE_CHANGES = (("`", r"\`"), (r"\*", r"\*"), (f"({_TAG})", r"\${1}"))

_UNDERLINE = r"(?:=+[ \t]*|[-|:][-|: \t]*)(?:\n|$)"
_UNDERLINED = (rf"(\n{INDENT})({_UNDERLINE})", r"${1}\${2}")
_HARD_BLOCKS = "|".join(
    (
        rf"(?:^|\n){INDENT}(?:[+*]{_END}|#{{1,6}}(?:\n|$)|~~~|\[{_ANY}\]:)",
        rf"\n\n{_UNDERLINE}",
        rf"\n{INDENT}0{{0,8}}1[.)]{_END}",
        r"^[0-9]{1,9}[.)](?:\n|$)",
        _LATER_NUMBER,
    )
)
_BLOCK_CHANGES = (
    # twice: of two such lines the second one's beginning is found with the first
    _UNDERLINED,
    _UNDERLINED,
    (rf"((?:^|\n){INDENT})(-[ \t]|>|#{{1,6}}[ \t])", r"${1}\${2}"),
    (r"^([0-9]{1,9})([.)][ \t])", r"${1}\${2}"),
    (rf"^({INDENT})(-(?:(?:[ \t]*-){{2,}}[ \t]*)?(?:\n|$))", r"${1}\${2}"),
)

TEXT_CARE = Care(
    (NEEDS_CARE,),
    (f"{_INLINE}|{_SPACES}|{_HARD_BLOCKS}", _HARD_PAIRS),
    (*_INLINE_CHANGES, *_BLOCK_CHANGES),
)
"""Of what `escape_text` does."""

ITEM_CARE = Care(
    (NEEDS_CARE,),
    TEXT_CARE.hard,
    TEXT_CARE.changes,
    left=rf"{_BEGINS_ITEM}|^[-+*]{_END}|^\s",
)
"""Of what `escape_item` does, where no number or bullet is the item's own."""

LINE_CARE = Care(
    (rf"{_INLINE}|{_STARS}|{_TICKS}|{_TAGS}|{_CLOSING}|{_SPACES}|\n",),
    (rf"{_INLINE}|{_SPACES}|{_CLOSING}|\n", _HARD_PAIRS),
    _INLINE_CHANGES,
)
"""Of what `escape_line` does."""

CELL_CARE = rf"{_INLINE}|{_STARS}|{_TICKS}|{_TAGS}|[|\n\r]|^[ \t]|[ \t]$"
"""Matches at least every text that `escape_cell` would change."""
