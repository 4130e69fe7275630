"""Task `template`: a prompt and an answer of each document, as templates of the user's write them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from tore_export.errors import ConfigError
from tore_export.records.candidates import Candidates
from tore_export.records.documents import Documents
from tore_export.records.task import Tools

__all__ = ["TASK", "Template"]


@dataclass(frozen=True, slots=True)
class Template:
    """Asks what the prompt's template writes; the answer's template answers."""

    name: ClassVar[str] = "template"
    found_none: ClassVar[str] = "no_document"
    looks_up: ClassVar[bool] = False

    def samples(self, documents: Documents, tools: Tools) -> Candidates:
        """Return one sample of each document of which neither template makes nothing.

        **Raises** TemplateError, with file and line, where one of them fails on a document.
        """
        if tools.prompt is None or tools.answer is None:
            raise ConfigError("task template needs prompt_template and answer_template")
        found = Candidates(self.name)
        chosen = []
        for document, head in zip(documents, documents.heads, strict=True):
            if document.is_dialogue:
                found.leave_out(document, "is_dialogue")
            else:
                chosen.append((document, head))
        count = tools.room.tokenizer.count_batch
        for document, head in chosen:
            lists = documents.columns.lists()
            part = type(documents.columns)(
                [document.last - document.first],
                *(column[document.first : document.last] for column in lists),
            )
            (prompt,) = tools.prompt.documents(part, [head], count)
            (answer,) = tools.answer.documents(part, [head], count)
            if prompt.strip() and answer.strip():
                found.add(document, prompt.strip(), answer.strip("\n").rstrip())
            else:
                found.leave_out(document, "empty")
        return found


TASK = Template()
