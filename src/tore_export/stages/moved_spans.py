"""Where the spans of a text lie after the text was written again with plain spaces."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

__all__ = ["moved_spans"]

_BOUND = "\ufdd0"  # a noncharacter, which no rule of writing looks at
_TAIL = 32
_JOINING = frozenset(map(chr, range(0x1161, 0x1200)))  # Hangul's vowels and finals
_RUN = re.compile(rf"[ \t\n]*(?:{_BOUND}+[ \t\n]*)+")
_SPACES = re.compile(r" {2,}")
_BEFORE_NEWLINE = re.compile(r"[ \t]+\n")
_NEWLINES = re.compile(r"\n{3,}")


def moved_spans(
    texts: Sequence[str],
    spans: Sequence[list[dict[str, Any]]],
    write: Callable[[pl.Series], pl.Series],
) -> list[list[dict[str, Any]]]:
    """Return the spans of each of `texts` as they lie in what `write` makes of it.

    The bounds of the spans go through `write` as characters of the text. They would keep white space
    around them apart, so that is brought together here. Spans that have lost all their words go.

    >>> spans = [{"start": 3, "end": 8, "kind": "strong"}]
    >>> moved_spans(["a    bc  d"], [spans], lambda texts: texts.str.replace_all(" {2,}", " "))
    [[{'start': 2, 'end': 5, 'kind': 'strong'}]]
    """
    import polars as pl

    bounds = [sorted({span[end] for span in own for end in ("start", "end")}) for own in spans]
    marked = [_marked(text, own) for text, own in zip(texts, bounds, strict=True)]
    written = write(pl.Series(marked, dtype=pl.String)).to_list()
    found = []
    for text, own, own_bounds in zip(written, spans, bounds, strict=True):
        pieces = _brought_together(text).split(_BOUND)
        places, at, before = {}, 0, ""
        for bound, piece in zip(own_bounds, pieces, strict=False):
            at += _added(before, piece, write)
            before = (before + piece)[-_TAIL:]
            places[bound] = at
        moved = [
            span | {"start": places[span["start"]], "end": places[span["end"]]}
            for span in own
            if span["start"] in places and span["end"] in places
        ]
        found.append([s for s in moved if s["start"] < s["end"] or s["kind"] == "image"])
    return found


def _added(before: str, piece: str, write: Callable[[pl.Series], pl.Series]) -> int:
    """Return how many characters longer a text is by a piece that may join its last letter."""
    if not (before and piece and (unicodedata.combining(piece[0]) or piece[0] in _JOINING)):
        return len(piece)
    import polars as pl

    # a letter behind both, lest spaces at their ends are taken away
    apart, joined = write(pl.Series([before + "x", before + piece + "x"])).to_list()
    return len(joined) - len(apart)


def _marked(text: str, bounds: Sequence[int]) -> str:
    text = text.replace(_BOUND, "\ufffd")
    parts, done = [], 0
    for bound in bounds:
        # a line's end is one, also where it is two characters
        cut = bound + (text[max(bound - 1, 0) : bound + 1] == "\r\n")
        parts += [text[done:cut], _BOUND]
        done = max(done, cut)
    return "".join([*parts, text[done:]])


def _brought_together(text: str) -> str:
    """Return a text in which white space that only bounds part is as it would be without them."""

    def plain(found: re.Match[str]) -> str:
        run = found[0]
        space = run.replace(_BOUND, "")
        at_end = found.start() == 0 or found.end() == len(text)
        space = "" if at_end else _SPACES.sub(" ", _BEFORE_NEWLINE.sub("\n", space))
        space = _NEWLINES.sub("\n\n", space)
        before, after, seen = 0, 0, False
        for at, character in enumerate(run):
            if character != _BOUND:
                seen = True
            elif not seen or (not run[:at].count("\n") and run[at:].lstrip(_BOUND)[:1] == "\n"):
                # spaces before a newline go, so a bound between them and it stands before both
                before += 1
            else:
                after += 1
        return _BOUND * before + space + _BOUND * after

    return _RUN.sub(plain, text)
