"""Text of docling's items with its spans, and the parts of an inline group joined to one line.

The parts of an inline group come without the space that stood between them, or with it. Two parts that
meet without any get one space, but none before a closing mark or what is raised or lowered, none after
an opening mark, and none between letters of scripts that know no spaces.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from tore_export.sources.docling.types import DoclingItem
from tore_export.sources.inline import Inline
from tore_export.sources.links import is_link

__all__ = ["joined", "marks_of", "said_text", "text_of"]

_CLOSING = re.compile(
    r"""[)\]}»”’、。，．：；！？）】」』》〉…%]|[.,;:!?]+(?:[\s)\]}"'»”’\u200b]|\Z)|'[a-z]{1,2}\b"""
)
_OPENING = frozenset("([{«“‘¿¡（【「『《〈")
_WIDE = frozenset("、。，．：；！？）】」』》〉")
"""Marks that bring their space along."""
_UNSPACED = re.compile(
    "[\u2e80-\u303f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uff9f]"
)
_SYMBOL = re.compile(r"[A-Z](?![a-z])")
_NEWLINES = re.compile(r"[ \t]*(\n+)[ \t]*")
_BOXES = {"checkbox_selected": "☑", "checkbox_unselected": "☐"}

Mark = tuple[str, dict[str, str]]


def said_text(item: DoclingItem) -> str:
    """Return the text of an item; as it stood on the page, where the cleaned one is missing."""
    if item.text is not None:
        return item.text
    return item.orig or ""


def marks_of(item: DoclingItem) -> list[Mark]:
    """Return the kinds of spans that lie over the whole text of an item, the outermost first."""
    marks: list[Mark] = []
    if is_link(item.hyperlink):
        marks.append(("link", {"url": item.hyperlink or ""}))
    said = item.formatting
    if said is None:
        return marks
    if said.bold:
        marks.append(("strong", {}))
    if said.italic:
        marks.append(("emphasis", {}))
    if said.strikethrough:
        marks.append(("strike", {}))
    if said.underline:
        marks.append(("underline", {}))
    if said.script == "sub":
        marks.append(("subscript", {}))
    elif said.script == "super":
        marks.append(("superscript", {}))
    return marks


def text_of(item: DoclingItem) -> tuple[str, list[dict[str, Any]]]:
    r"""Return the text of an item and its spans; a newline in it stays one.

    >>> text_of(DoclingItem(text="a\nb"))
    ('a\nb', [{'start': 1, 'end': 2, 'kind': 'break'}])
    """
    text = said_text(item)
    marks: list[Mark] = []
    if item.formatting is not None or item.hyperlink is not None:
        marks = marks_of(item)
    if "\n" not in text:
        if not marks:
            return text, []
        text = text.strip()
        end = len(text)
        return text, [{"start": 0, "end": end, "kind": kind, **said} for kind, said in marks if end]
    line = Inline()
    for kind, said in marks:
        line.open(kind, **said)
    _write_lines(line, text.strip())
    return line.finish()


def joined(parts: Iterable[DoclingItem]) -> tuple[str, list[dict[str, Any]]]:
    """Return the parts of an inline group as one text with spans.

    >>> joined([DoclingItem(text="see"), DoclingItem(label="code", text="x"), DoclingItem(text=".")])
    ('see x.', [{'start': 4, 'end': 5, 'kind': 'code'}])
    """
    line = Inline()
    before = None
    spaced = False
    for item in parts:
        part = _Part(item)
        if not part.words and part.kind != "image":
            spaced = spaced or bool(part.text)
            continue
        if before is not None and (spaced or part.text[:1].isspace() or _are_apart(before, part)):
            line.write(" ")
        for kind, said in part.marks:
            line.open(kind, **said)
        if part.kind:
            line.put(part.kind, part.words, **part.said)
        else:
            _write_lines(line, part.words)
        for _ in part.marks:
            line.close()
        before, spaced = part, part.text[-1:].isspace()
    return line.finish()


class _Part:
    """A part of an inline group: its `kind` is that of a span, "" for words."""

    __slots__ = ("kind", "lowered", "marks", "raised", "said", "text", "words")

    def __init__(self, item: DoclingItem) -> None:
        self.text = said_text(item)
        self.kind = ""
        self.said: dict[str, str] = {}
        label = item.label
        if label == "code":
            self.kind = "code"
        elif label == "formula":
            self.kind = "math"
            self.text = self.text or item.orig or ""
        elif label in ("picture", "chart"):
            self.kind = "image"
            uri = item.image.uri if item.image else None
            self.said = {"url": uri or ""}
        elif label in _BOXES:
            self.text = f"{_BOXES[label]} {self.text}"
        self.words = self.text.strip()
        self.marks = marks_of(item)
        self.lowered = ("subscript", {}) in self.marks
        self.raised = self.lowered or ("superscript", {}) in self.marks


def _are_apart(before: _Part, after: _Part) -> bool:
    """Tell whether a space belongs between two parts that came without one."""
    if after.raised or not before.words or not after.words:
        return not after.raised
    if before.lowered and _SYMBOL.match(after.words):
        return False  # H2O
    if not after.kind and _CLOSING.match(after.words):
        return False
    if not before.kind and (before.words[-1] in _OPENING or before.words[-1] in _WIDE):
        return False
    return not (_UNSPACED.match(before.words[-1]) and _UNSPACED.match(after.words[0]))


def _write_lines(line: Inline, text: str) -> None:
    """Write words; a single newline in them is a break, several part paragraphs."""
    if "\n" not in text:
        line.write(text)
        return
    for place, piece in enumerate(_NEWLINES.split(text)):
        if place % 2 == 0:
            line.write(piece)
        elif piece == "\n":
            line.line_break()
        else:
            line.write("\n\n")
