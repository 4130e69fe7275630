"""Shape `sharegpt`: {"conversations": [{"from", "value"}]}, as LLaMA-Factory and Axolotl read it.

`from` is `system` (only first), `human` or `observation` at odd places after it, `gpt` or
`function_call` at even ones. The rules are those of `messages`, without names, weights and keys:
`missing_column`, `wrong_type`, `empty_dialogue`, `missing_key`, `unknown_role`, `empty_content`, and
those of turns.py.

**Source** LLaMA-Factory, `data/README.md`, sharegpt format, and `data/converter.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pyarrow as pa

from tore_export.records.dialogue import Dialogue, Turn
from tore_export.records.fault import Fault, shown
from tore_export.records.shapes.messages import list_faults
from tore_export.records.shapes.samples import refuse_more, turns_of, written
from tore_export.records.shapes.turns import turn_faults

__all__ = ["ShareGPT"]

_NAMES = {"system": "system", "user": "human", "assistant": "gpt", "tool": "observation"}
"""What the shape calls roles."""

_ROLES = {name: role for role, name in _NAMES.items()} | {"function_call": "assistant"}
_MORE = ("tools", "images", "videos", "audios")


@dataclass(frozen=True, slots=True)
class ShareGPT:
    """Dialogues as ShareGPT spells them. Names have no place in them.

    A row may have its system message in a column `system` of its own, and is read with it.
    """

    system_prompt: str | None = None

    name: ClassVar[str] = "sharegpt"
    schema: ClassVar[pa.Schema] = pa.schema(
        [
            pa.field(
                "conversations",
                pa.list_(pa.struct([("from", pa.string()), ("value", pa.string())])),
            )
        ]
    )

    def write(self, samples: pa.Table) -> tuple[pa.Table, list[Fault | None]]:
        """Return dialogues, and the faults of samples that are none."""
        return written(samples, self.schema, self._row, self.faults)

    def faults(self, row: Mapping[str, Any]) -> Iterator[Fault]:
        """Yield what is wrong with a row, by the rules above."""
        found = next(list_faults(row, "conversations"), None)
        if found is not None:
            yield found
            return
        turns, is_well = row["conversations"], True
        for at, turn in enumerate(turns):
            for fault in _faults_of_one(turn, f"conversations[{at}]"):
                is_well = is_well and fault.rule == "empty_content"
                yield fault
        if is_well:
            roles = [_ROLES[turn["from"]] for turn in turns]
            yield from turn_faults(roles, lambda at: f"conversations[{at}].from", _NAMES)

    def read(self, row: Mapping[str, Any]) -> Dialogue:
        """Return the dialogue. **Raises** DocumentError for a row with a fault, or a call of a tool."""
        for fault in self.faults(row):
            raise fault.as_error()
        refuse_more(row, _MORE)
        turns = []
        for at, turn in enumerate(row["conversations"]):
            place = f"conversations[{at}]."
            refuse_more(turn, tuple(key for key in turn if key not in ("from", "value")), place)
            if turn["from"] == "function_call":
                refuse_more(turn, ("from",), place)
            turns.append(Turn(_ROLES[turn["from"]], turn["value"]))
        system = row.get("system")
        if isinstance(system, str) and system.strip() and turns[0].role != "system":
            turns.insert(0, Turn("system", system))
        return Dialogue(tuple(turns))

    def _row(self, sample: dict[str, Any]) -> dict[str, Any] | Fault:
        turns = turns_of(sample, self.system_prompt)
        if isinstance(turns, Fault):
            return turns
        return {
            "conversations": [
                {"from": _NAMES.get(turn.role, turn.role), "value": turn.content} for turn in turns
            ]
        }


def _faults_of_one(turn: Any, place: str) -> Iterator[Fault]:
    if not isinstance(turn, Mapping):
        yield Fault("wrong_type", place, shown(turn), "an object with from and value")
        return
    who, value = turn.get("from"), turn.get("value")
    if who is None:
        yield Fault("missing_key", f"{place}.from", "missing", ", ".join(_ROLES))
    elif not isinstance(who, str) or who not in _ROLES:
        yield Fault("unknown_role", f"{place}.from", shown(who), ", ".join(_ROLES))
    if "value" not in turn:
        yield Fault("missing_key", f"{place}.value", "missing", "a string")
    elif value is not None and not isinstance(value, str):
        yield Fault("wrong_type", f"{place}.value", shown(value), "a string")
    elif not (value or "").strip():
        yield Fault("empty_content", f"{place}.value", shown(value), "some text")
