"""Task `dialogue`: a document that is a dialogue already, as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from tore_export.documents.columns import decode_meta
from tore_export.documents.schema import Kind
from tore_export.records.candidates import Candidates
from tore_export.records.documents import Document, Documents
from tore_export.records.task import Tools

__all__ = ["TASK", "Dialogue"]


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Hands on what was said, by whom."""

    name: ClassVar[str] = "dialogue"
    found_none: ClassVar[str] = "no_dialogue"
    looks_up: ClassVar[bool] = True

    def samples(self, documents: Documents, tools: Tools) -> Candidates:
        """Return one sample of each document that is a dialogue, none of any other."""
        found = Candidates(self.name)
        for document in documents:
            if document.is_dialogue:
                found.add(document, messages=_messages(document))
        return found


def _messages(document: Document) -> list[dict[str, Any]]:
    columns = document.columns
    messages = []
    for i in range(document.first, document.last):
        if columns.kinds[i] == Kind.MESSAGE:
            meta = decode_meta(columns.metas[i])
            said = {name: meta.get(name) for name in ("role", "name", "instruction_end")}
            messages.append({**said, "content": columns.texts[i]})
    return messages


TASK = Dialogue()
