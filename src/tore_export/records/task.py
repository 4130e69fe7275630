"""What a task is: the one thing to write for a new way of asking.

A task is a module of `records/tasks` with an object `TASK` like `Task`. Its file's name is its name,
with `_` behind it where Python has the word for itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from tore_export.formatters.formatter import Formatter
from tore_export.records.candidates import Candidates
from tore_export.records.documents import Documents
from tore_export.records.phrases import Phrases
from tore_export.records.room import Room

__all__ = ["Task", "Tools"]


@dataclass(frozen=True, slots=True)
class Tools:
    """What tasks make samples with: the words they add, the room there is, the user's templates."""

    phrases: Phrases
    room: Room
    prompt: Formatter | None = None
    answer: Formatter | None = None


class Task(Protocol):
    """Turns documents into samples."""

    @property
    def name(self) -> str:
        """What configurations call it: the name of its file."""

    @property
    def found_none(self) -> str:
        """The rule by which a document has no record of which it could make no sample at all."""

    @property
    def looks_up(self) -> bool:
        """Whether answers are looked up in `input`, and may stand there."""

    def samples(self, documents: Documents, tools: Tools) -> Candidates:
        """Return samples in the order of documents, and what was left out.

        What holds for the samples of all tasks (no empty answer, none within its prompt, bounds in
        tokens; see rules.py) is checked afterwards, and is no task's business.
        """
