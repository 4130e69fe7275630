"""What of a page is its content: which elements are hidden or furniture, and where the text lies.

In doubt it is content. A manual has neither `<main>` nor `<article>`, and losing a section of it is
worse than keeping a menu.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tore_export.sources.html.pieces import attributes_of

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

__all__ = ["content_of", "is_left_out"]

_NEVER_SHOWN = frozenset(
    {"audio", "button", "canvas", "datalist", "head", "iframe", "nav", "noembed", "noframes"}
    | {"noscript", "script", "select", "style", "svg", "template", "textarea", "title", "video"}
)
_ICONS = frozenset({"a", "b", "em", "i", "span"})
_ROLES = frozenset({"alertdialog", "dialog", "menu", "menubar", "navigation", "search", "toolbar"})
_CLASSES = re.compile(
    r"(?:^|\s)(?:breadcrumbs?|docnav|headerlink|mw-editsection|mw-jump-link|navbar|navfooter"
    r"|navheader|skip-link|skip-to-content|sphinxsidebar)(?:\s|$)"
)
_MENU = re.compile(r"(?:^|[\s_-])(?:menu|nav|navigation|toc)(?:$|[\s_-])", re.IGNORECASE)
_COOKIES = re.compile(r"cookie[\w-]*(?:banner|bar|consent|dialog|law|modal|notice|popup)", re.I)
_HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_TELLING = (
    "hidden",
    "none",
    'role="',
    "nav",
    "ookie",
    "crumb",
    "headerlink",
    "mw-",
    "skip-",
    "sphinx",
)
"""Without one of these no attribute says that an element is left out, but of an `<aside>`."""


def is_left_out(name: str, rest: str) -> bool:
    """Tell whether an element, by its name and attributes, is hidden or furniture of the page.

    >>> is_left_out("nav", ""), is_left_out("div", 'class="navfooter"'), is_left_out("div", 'id="a"')
    (True, True, False)
    """
    if name in _NEVER_SHOWN:
        return True
    if name == "dialog":
        return "open" not in attributes_of(rest)
    if not rest or (name != "aside" and not any(map(rest.__contains__, _TELLING))):
        return False
    said = attributes_of(rest)
    if said.get("hidden", "until-found") != "until-found" or said.get("role") in _ROLES:
        return True
    # an icon is marked for good, a whole page only while a dialogue is open over it
    if said.get("aria-hidden") == "true" and name in _ICONS:
        return True
    classes = said.get("class", "")
    if _CLASSES.search(classes) or _HIDDEN.search(said.get("style", "")):
        return True
    named = f"{classes} {said.get('id', '')}"
    return bool(_COOKIES.search(named)) or (name == "aside" and bool(_MENU.search(named)))


def content_of(parser: LexborHTMLParser) -> str:
    """Return the serialised content of a page: of its main part if that holds most of the text."""
    body: Any = parser.body
    if body is None:
        return ""
    html: str = body.html or ""
    if "<main" not in html and "<article" not in html and 'role="main"' not in html:
        return html
    for selector in ("main, [role=main]", "article"):
        found = body.css(selector)
        if len(found) == 1 and 2 * _n_letters(found[0]) >= _n_letters(body):
            chosen: str = found[0].html or ""
            # the page's own title often stands before
            title = None if "<h1" in chosen else body.css_first("h1")
            return chosen if title is None else f"{title.html}{chosen}"
    return html


def _n_letters(node: Any) -> int:
    return len(node.text()) - sum(len(part.text()) for part in node.css("script, style"))
