"""What an HTML parser would take too long for, found before it is asked.

A parser's time for a tag grows with the number of elements open around it, and its time for an
attribute with that of the attributes before it, so a few megabytes can keep it busy for hours. Here
the tags of a large text are read once, with the rules by which one ends another, and what is nested
deeper than a document may be is refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tore_export.errors import DocumentError
from tore_export.sources.html.open_tags import FOREIGN, VOID, OpenTags
from tore_export.sources.unit import Limits

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

__all__ = ["parsed", "refuse_costly"]

MAX_ATTRIBUTES = 500
"""Of one tag."""

TAGS_PER_ELEMENT = 4
"""A document may have so many times as many tags as it may have elements."""

MAX_OPTIONS = 1_000
"""Choices of the forms of a page, as a parser sees them."""

SMALL_TEXT = 32_768
"""What is no longer, and has few tags, needs no look."""

MAX_REPAIRS = 20_000_000
"""Work on tags that do not match, counted in the open elements that are looked through."""

_VALUE = r"""\s*+=\s*+(?>"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\s>"'][^\s>]*+)?+"""
_ATTRIBUTE = rf"(?:=[^\s/>=]*+|[^\s/>=]++)(?:{_VALUE})?+"
# the usual one first, for speed
_ATTRIBUTES = rf"""(?:\s++[a-zA-Z:_-]++="[^"]*+"|[\s/]++|{_ATTRIBUTE})*+(?:>|\Z)"""
_TOKEN = re.compile(
    r"<(?:!--(?:-?>|.*?(?:--!?>|\Z))"
    rf"|((?i:script|style|textarea|title|xmp|iframe|noembed|noframes))(?=[\s/>]){_ATTRIBUTES}"
    r"((?:[^<]++|<(?!/(?i:\1)[\s/>]))*+)"
    rf"|(/?)([a-zA-Z][^\s/>]*+)({_ATTRIBUTES})"
    r"|[!?/][^>]*+)",
    re.DOTALL | re.ASCII,
)
_OPTION = re.compile(r"<(?:option|optgroup)(?=[\s/>])", re.IGNORECASE)
_ONE_ATTRIBUTE = re.compile(_ATTRIBUTE)


def parsed(html: str, limits: Limits) -> LexborHTMLParser:
    """Return the tree of a page, or of a piece of one.

    **Raises** DocumentError with rule `too_deep`, `too_many_attributes` or `too_many_elements`.
    """
    if "<![CDATA[" in html:
        # within a drawing or a formula it would hide from the parser what is seen here
        html = html.replace("<![CDATA[", "<![cdata[")
    if len(html) > SMALL_TEXT and len(_OPTION.findall(html)) > MAX_OPTIONS:
        # the choices of a form are not read, and the parser looks through all of them at each
        html = _OPTION.sub("<wbr", html)
    refuse_costly(html, limits)
    from selectolax.lexbor import LexborHTMLParser

    return LexborHTMLParser(html)


def refuse_costly(html: str, limits: Limits) -> None:
    """Refuse a text that would keep a parser busy, or fill the memory.

    **Raises** DocumentError with rule `too_deep`, `too_many_attributes` or `too_many_elements`.
    """
    n_tags = html.count("<")
    if n_tags > TAGS_PER_ELEMENT * limits.max_elements:
        raise DocumentError(
            "too many tags",
            rule="too_many_elements",
            found=f"{n_tags:,} tags",
            allowed=f"{TAGS_PER_ELEMENT * limits.max_elements:,} tags",
        )
    if len(html) > SMALL_TEXT or n_tags - html.count("</") > limits.max_depth:
        _refuse_deep(html, limits.max_depth)


def _refuse_deep(html: str, max_depth: int) -> None:
    opened = OpenTags()
    tags = opened.tags
    for raw, content, closing, name, attributes in _TOKEN.findall(html):
        if len(attributes) > MAX_ATTRIBUTES:
            _refuse_attributes(attributes)
        if not closing:
            if name in VOID and not opened.n_foreign:
                continue
            if not name:
                # what is no mark-up in HTML is some within a drawing or a formula
                n_hidden = content.count("<") if raw else 0
                if n_hidden + len(tags) > max_depth and not FOREIGN.isdisjoint(tags):
                    raise _too_deep(max_depth)
                continue
            opened.begin(name.lower(), attributes)
            if len(tags) > max_depth:
                raise _too_deep(max_depth)
        elif tags[-1] == name and not opened.n_foreign:
            tags.pop()
        else:
            opened.end(name.lower())
        if opened.repairs > MAX_REPAIRS:
            raise DocumentError(
                "too many tags that end nothing, or formatting that is never ended",
                rule="too_deep",
                allowed="mark-up that a parser can repair",
                hint="repair the HTML",
            )


def _refuse_attributes(attributes: str) -> None:
    n_attributes = len(_ONE_ATTRIBUTE.findall(attributes))
    if n_attributes > MAX_ATTRIBUTES:
        raise DocumentError(
            "too many attributes in one tag",
            rule="too_many_attributes",
            found=f"{n_attributes:,}",
            allowed=f"{MAX_ATTRIBUTES:,}",
        )


def _too_deep(max_depth: int) -> DocumentError:
    return DocumentError(
        "the HTML is nested too deep",
        rule="too_deep",
        found=f"more than {max_depth:,} elements open at one time",
        allowed=f"{max_depth:,}",
        hint="mostly a broken or hostile file; raise max_depth if it is real",
    )
