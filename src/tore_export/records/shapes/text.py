"""Shape `text`: {"text"}, as trainers read running text.

**Source** TRL, "Dataset formats and types", language modeling.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pyarrow as pa

from tore_export.records.dialogue import Dialogue
from tore_export.records.fault import Fault, shown
from tore_export.records.shapes.samples import asked, missing

__all__ = ["Text"]


@dataclass(frozen=True, slots=True)
class Text:
    """Running text. A prompt and its answer are one text, a blank line between them.

    What a dialogue is would be lost in a text: it has a fault, and so has a system message.
    """

    name: ClassVar[str] = "text"
    schema: ClassVar[pa.Schema] = pa.schema([pa.field("text", pa.string())])

    def write(self, samples: pa.Table) -> tuple[pa.Table, list[Fault | None]]:
        """Return texts, and the faults of dialogues and of what is empty."""
        rows: list[str | None] = []
        faults: list[Fault | None] = []
        columns = samples.select(["text", "system", "instruction", "input", "output", "messages"])
        for sample in columns.to_pylist():
            text, fault = _written(sample)
            fault = fault or next(self.faults({"text": text}), None)
            rows.append(None if fault else text)
            faults.append(fault)
        return pa.table([pa.array(rows, pa.string())], schema=self.schema), faults

    def faults(self, row: Mapping[str, Any]) -> Iterator[Fault]:
        """Yield the fault of a row without a text: `missing_column`, `wrong_type`, `empty_text`."""
        if "text" not in row:
            yield missing(row, "text", "a string")
        elif not isinstance(row["text"], str):
            yield Fault("wrong_type", "text", shown(row["text"]), "a string")
        elif not row["text"].strip():
            yield Fault("empty_text", "text", shown(row["text"]), "some text")

    def read(self, row: Mapping[str, Any]) -> Dialogue:
        """Raise, always: a text is no dialogue."""
        for fault in self.faults(row):
            raise fault.as_error()
        raise Fault("no_dialogue", "text", shown(row["text"]), "a dialogue").as_error()


def _written(sample: dict[str, Any]) -> tuple[str | None, Fault | None]:
    if sample["text"] is not None:
        return sample["text"], None
    if sample["messages"] is not None:
        n_turns = f"a dialogue of {len(sample['messages'])} turns"
        return None, Fault("no_place_for_dialogue", "text", n_turns, "a text")
    if sample["system"] is not None:
        found = shown(sample["system"])
        return None, Fault("no_place_for_system", "system", found, "a prompt and its answer")
    return f"{asked(sample['instruction'], sample['input'])}\n\n{sample['output']}", None
