r"""Shape `chatml`: {"text"} with `<|im_start|>role\n…<|im_end|>\n`, one after the other.

=====================  ===========================================================================
rule                   broken by
=====================  ===========================================================================
`missing_column`       a row without `text`
`wrong_type`           `text` that is none
`empty_text`           `text` of nothing but white space
`chatml_grammar`       text that is not turn after turn: something else between marks, or no end
`unknown_role`         a role that is none of system, user, assistant and tool
`empty_content`        a turn of nothing but white space
`mark_in_content`      a text that holds one of the marks: written, it would be two turns
=====================  ===========================================================================

and those of turns.py. The line end behind the very last turn may be missing.

**Source** OpenAI, "Chat Markup Language" (ChatML v0), as the chat templates of Qwen write it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pyarrow as pa

from tore_export.records.dialogue import ROLES, Dialogue, Turn
from tore_export.records.fault import Fault, shown
from tore_export.records.shapes.samples import missing, turns_of, written
from tore_export.records.shapes.turns import turn_faults

__all__ = ["ChatML", "looks_like_chatml"]

START, END = "<|im_start|>", "<|im_end|>"


@dataclass(frozen=True, slots=True)
class ChatML:
    """Dialogues as one text with marks. Names have no place in it."""

    system_prompt: str | None = None

    name: ClassVar[str] = "chatml"
    schema: ClassVar[pa.Schema] = pa.schema([pa.field("text", pa.string())])

    def write(self, samples: pa.Table) -> tuple[pa.Table, list[Fault | None]]:
        """Return dialogues, and the faults of samples that are none."""
        return written(samples, self.schema, self._row, self.faults)

    def faults(self, row: Mapping[str, Any]) -> Iterator[Fault]:
        """Yield what is wrong with a row, by the rules above."""
        text = row.get("text")
        if "text" not in row:
            yield missing(row, "text", "a string")
        elif not isinstance(text, str):
            yield Fault("wrong_type", "text", shown(text), "a string")
        elif not text.strip():
            yield Fault("empty_text", "text", shown(text), "turns between marks")
        else:
            turns = _parsed(text)
            if isinstance(turns, Fault):
                yield turns
            else:
                yield from _turn_faults(turns)

    def read(self, row: Mapping[str, Any]) -> Dialogue:
        """Return the dialogue. **Raises** DocumentError for a row with a fault."""
        for fault in self.faults(row):
            raise fault.as_error()
        turns = _parsed(row["text"])
        assert not isinstance(turns, Fault)
        return Dialogue(tuple(turns))

    def _row(self, sample: dict[str, Any]) -> dict[str, Any] | Fault:
        turns = turns_of(sample, self.system_prompt)
        if isinstance(turns, Fault):
            return turns
        for at, turn in enumerate(turns):
            for mark in (START, END):
                if mark in turn.content:
                    place = f"messages[{at}].content"
                    return Fault("mark_in_content", place, f"a text with {mark}", "no marks")
        return {"text": "".join(f"{START}{t.role}\n{t.content}{END}\n" for t in turns)}


def looks_like_chatml(text: str) -> bool:
    """Tell whether a text is clearly meant as ChatML: it begins with a turn, and one ends in it."""
    head, line_end, _ = text[: len(START) + 16].partition("\n")
    return bool(line_end) and head.startswith(START) and head[len(START) :] in ROLES and END in text


def _parsed(text: str) -> list[Turn] | Fault:
    turns: list[Turn] = []
    at = 0
    while at < len(text):
        if not text.startswith(START, at):
            return _broken(text, at, f"{START} at character {at:,}")
        line_end = text.find("\n", at)
        # a text may not go on for ever before its end is found, turn after turn
        end = text.find(END, at)
        if end < 0 or not 0 <= line_end < end:
            return _broken(text, at, f"a role, a line end, a text and {END}")
        role, content = text[at + len(START) : line_end], text[line_end + 1 : end]
        if START in content or START in role:
            return _broken(text, at, f"{END} before the next {START}")
        turns.append(Turn(role, content))
        at = end + len(END)
        if at < len(text):
            if text[at] != "\n":
                return _broken(text, at, f"a line end after {END}")
            at += 1
    return turns


def _broken(text: str, at: int, allowed: str) -> Fault:
    return Fault("chatml_grammar", "text", shown(text[at : at + 100]), allowed)


def _turn_faults(turns: list[Turn]) -> Iterator[Fault]:
    is_well = True
    for at, turn in enumerate(turns):
        if turn.role not in ROLES:
            is_well = False
            place = f"text, turn {at + 1}, role"
            yield Fault("unknown_role", place, shown(turn.role), ", ".join(ROLES))
        if not turn.content.strip():
            yield Fault("empty_content", f"text, turn {at + 1}", shown(turn.content), "some text")
    if is_well:
        roles = [turn.role for turn in turns]
        yield from turn_faults(roles, lambda at: f"text, turn {at + 1}, role")
