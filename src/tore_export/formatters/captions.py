"""Captions that are numbered, as papers have them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tore_export.documents.schema import Kind

__all__ = ["Captions"]

_NUMBERED = re.compile(
    r"(?:table|figure|fig|tab|listing|image|plate|tabelle|abbildung|abb|bild|tableau|tabla|figura|"
    r"tabella|图|表|図)[ .:]*[ \u00a0]*\(?(?:[A-Z]?[0-9]|[IVXLC]+\b)",
    re.IGNORECASE,
)
_NAMES = {int(Kind.TABLE): "Table", int(Kind.IMAGE): "Figure"}


class Captions:
    """Gives the captions of one document their numbers; tables and figures are counted apart.

    One that brings its number along keeps it, and counts.

    >>> captions = Captions([Kind.TABLE], ["t"], range(1))
    >>> captions.label(Kind.TABLE, "Pumps"), captions.label(Kind.TABLE, "Table 2: Valves")
    ('Table 1.', '')
    >>> captions.label(Kind.TABLE, "Pipes")
    'Table 3.'
    """

    def __init__(
        self, kinds: Sequence[int], ids: Sequence[str | None], elements: Sequence[int]
    ) -> None:
        self._kinds = kinds
        self._elements = elements
        self._counts = dict.fromkeys(_NAMES, 0)
        self._kind_of = {
            identity: kinds[i]
            for i in elements
            if kinds[i] in _NAMES and (identity := ids[i]) is not None
        }

    def label(self, kind: int, caption: str) -> str:
        """Return what stands before the caption of a table or image; "" before that of others."""
        if kind not in _NAMES or not caption.strip():
            return ""
        self._counts[kind] += 1
        if _NUMBERED.match(caption.strip()):
            return ""
        return f"{_NAMES[kind]} {self._counts[kind]}."

    def label_of_element(self, i: int, parent: str | None, caption: str) -> str:
        """Return what stands before a caption that is an element of its own.

        It is the caption of its parent, else of the table or image right before or after it.
        """
        kind = self._kind_of.get(parent) if parent is not None else None
        if kind is None:
            for near in (i - 1, i + 1):
                if kind is None and near in self._elements and self._kinds[near] in _NAMES:
                    kind = self._kinds[near]
        return self.label(kind, caption) if kind is not None else ""
