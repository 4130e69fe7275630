"""What stands within a line as one piece: code, addresses, labels of footnotes."""

from __future__ import annotations

import re
from html import escape as escape_html

__all__ = ["code_span", "destination", "label_of"]

_TICKS = re.compile(r"`+")
_REFERENCE = re.compile(r"&(?=#?\w+;)")
_UNSAFE = re.compile(r"[\x00-\x20\x7f<>\\|`]")
_NO_LABEL = re.compile(r"[\s\[\]^\\`|<>&*_~$!:]+")


def destination(url: str) -> str:
    """Return an address as Markdown takes it between parentheses, in a cell of a table, too.

    >>> destination("https://a.org/b c_(d)")
    'https://a.org/b%20c_%28d%29'
    """
    url = _UNSAFE.sub(lambda found: f"%{ord(found[0]):02X}", url.strip())
    url = url.replace("(", "%28").replace(")", "%29")
    return _REFERENCE.sub("&amp;", url)


def label_of(label: str) -> str:
    """Return a footnote's label without what Markdown does not take in one.

    >>> label_of("note [1]")
    'note-1'
    """
    return _NO_LABEL.sub("-", label).strip("-") or "note"


def code_span(code: str, *, in_cell: bool = False) -> str:
    r"""Return code within a line; its newlines become spaces.

    >>> code_span("a|b", in_cell=True), code_span("`")
    ('`a\\|b`', '`` ` ``')
    """
    code = code.replace("\n", " ")
    if in_cell and "|" in code:
        if "\\|" in code:
            # parsers disagree on which of these backslashes escape, on entities they agree
            shown = escape_html(code, quote=False)
            for character in "\\|`*_~[]!$":
                shown = shown.replace(character, f"&#{ord(character)};")
            return f"<code>{shown}</code>"
        code = code.replace("|", "\\|")
    fence = "`"
    if fence in code:
        runs = {len(run) for run in _TICKS.findall(code)}
        while len(fence) in runs:
            fence += "`"
    padded = (
        code[:1] == "`" or code[-1:] == "`" or (code[:1] == code[-1:] == " " != code.strip(" "))
    )
    if padded and code.strip(" "):
        code = f" {code} "
    return f"{fence}{code}{fence}"
