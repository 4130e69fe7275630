"""Serialised HTML cut into pieces: a tag and the text after it each.

What a parser writes is in order: every element is closed, every `<` and `>` of a text or an attribute
is escaped. Cut at each `<`, it gives the events of a walk over the tree, at a fraction of what a
Python object for each node costs. Comments and elements such as `<script>` are the exception, since
nothing in them is escaped; `end_of` steps over them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tore_export.sources.html.line import unescaped

__all__ = ["RAW", "attributes_of", "end_of", "pieces_of"]

RAW = frozenset({"script", "style", "iframe", "noembed", "noframes", "xmp", "plaintext"})
"""Elements whose content a serialiser writes as it is."""

_UNESCAPED = (*RAW, "!--")
_ATTRIBUTE = re.compile(r'([^\s=/>]+)(?:="([^"]*)")?')


def pieces_of(html: str) -> list[str]:
    """Return the pieces of serialised HTML; the first one is what comes before any tag.

    >>> pieces_of("<p>a <b>b</b></p>")
    ['', 'p>a ', 'b>b', '/b>', '/p>']
    """
    # controls are no text; two of them mark places in lines that are read
    return html.replace("\0", "").replace("\x01", "").split("<")


def attributes_of(rest: str) -> dict[str, str]:
    """Return the attributes of a serialised tag, of which `rest` is what follows its name.

    >>> attributes_of('class="a b" hidden="" title="1 &lt; 2"')
    {'class': 'a b', 'hidden': '', 'title': '1 < 2'}
    """
    return {name: unescaped(value) for name, value in _ATTRIBUTE.findall(rest)}


def end_of(pieces: Sequence[str], start: int, name: str) -> int:
    """Return the place of the end tag of the element, or comment, that begins at `start`.

    Where there is none it is the last piece.

    >>> end_of(pieces_of("<i>a<i>b</i><!-- </i> --></i>c"), 1, "i")
    6
    """
    if name.startswith("!"):
        place = start
        # a comment may hold "<", but it ends at the first "-->"
        while place < len(pieces) - 1 and "-->" not in pieces[place][3 * (place == start) :]:
            place += 1
        return place
    end = f"/{name}>"
    n_end = len(name)
    is_raw = name in RAW
    depth = 1
    place = start + 1
    while place < len(pieces):
        piece = pieces[place]
        if piece.startswith(end):
            depth -= 1
            if depth == 0:
                return place
        elif is_raw:
            pass
        elif piece.startswith(_UNESCAPED):
            inner = piece.partition(">")[0].partition(" ")[0]
            if inner.startswith("!--") or inner in RAW:
                place = end_of(pieces, place, "!--" if inner[0] == "!" else inner)
        elif piece.startswith(name) and piece[n_end : n_end + 1] in (" ", ">"):
            depth += 1
        place += 1
    return len(pieces) - 1
