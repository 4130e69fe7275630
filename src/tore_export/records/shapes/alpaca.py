"""Shape `alpaca`: {"instruction", "input", "output"}, as LLaMA-Factory and Axolotl read it.

The rules: `missing_column` (but for `input`), `wrong_type`, and `empty_content` of instruction and
output. `input` may be empty.

**Source** LLaMA-Factory, `data/README.md`, alpaca format, and `data/converter.py`; Stanford Alpaca.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pyarrow as pa

from tore_export.records.dialogue import Dialogue, Turn
from tore_export.records.fault import Fault, shown
from tore_export.records.shapes.samples import asked, one_exchange, refuse_more, text_of, written

__all__ = ["Alpaca"]

_MORE = ("tools", "images", "videos", "audios")


@dataclass(frozen=True, slots=True)
class Alpaca:
    """An instruction, what it is about, and the answer: one exchange, without a system message.

    A row may have earlier exchanges in `history`, pairs of texts, and a system message in `system`, and
    is read with them.
    """

    name: ClassVar[str] = "alpaca"
    schema: ClassVar[pa.Schema] = pa.schema(
        [pa.field(name, pa.string()) for name in ("instruction", "input", "output")]
    )

    def write(self, samples: pa.Table) -> tuple[pa.Table, list[Fault | None]]:
        """Return exchanges, and the faults of samples that are more than one, or none."""
        return written(samples, self.schema, _row, self.faults)

    def faults(self, row: Mapping[str, Any]) -> Iterator[Fault]:
        """Yield what is wrong with a row, by the rules above."""
        yield from text_of(row, "instruction")
        yield from text_of(row, "input", may_lack=True)
        yield from text_of(row, "output")
        history = row.get("history")
        for at, pair in enumerate(history if isinstance(history, list | tuple) else ()):
            if not _is_pair(pair):
                found = shown(pair)
                yield Fault("wrong_type", f"history[{at}]", found, "two texts, prompt and answer")

    def read(self, row: Mapping[str, Any]) -> Dialogue:
        """Return the dialogue. **Raises** DocumentError for a row with a fault, with tools or media."""
        for fault in self.faults(row):
            raise fault.as_error()
        refuse_more(row, _MORE)
        turns = []
        system, history = row.get("system"), row.get("history")
        if isinstance(system, str) and system.strip():
            turns.append(Turn("system", system))
        for prompt, answer in history if isinstance(history, list | tuple) else ():
            turns += [Turn("user", prompt), Turn("assistant", answer)]
        instruction, about = row["instruction"], row.get("input")
        end = len(instruction) if about else None
        turns.append(Turn("user", asked(instruction, about), instruction_end=end))
        turns.append(Turn("assistant", row["output"]))
        return Dialogue(tuple(turns))


def _row(sample: dict[str, Any]) -> dict[str, Any] | Fault:
    exchange = one_exchange(sample)
    if isinstance(exchange, Fault):
        return exchange
    instruction, about = sample["instruction"] or "", sample["input"] or ""
    if sample["messages"] is not None:
        instruction, end = exchange[0], sample["messages"][0]["instruction_end"]
        if end is not None and instruction[end : end + 2] == "\n\n":
            instruction, about = instruction[:end], instruction[end + 2 :]
    return {"instruction": instruction, "input": about, "output": exchange[1]}


def _is_pair(pair: Any) -> bool:
    return (
        isinstance(pair, list | tuple)
        and len(pair) == 2
        and all(isinstance(text, str) and text.strip() for text in pair)
    )
