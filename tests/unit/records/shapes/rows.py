"""Rows that are well in each shape, samples, and what faults say of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from tore_export.records.dialogue import Dialogue, Turn
from tore_export.records.sample import SAMPLE
from tore_export.records.shapes.registry import shape_named
from tore_export.records.shapes.shape import Shape

ASKED, ANSWERED = "Which pump is loud?", "P-101."
SYSTEM = "You know pumps."

DIALOGUE = Dialogue(
    (
        Turn("system", SYSTEM),
        Turn("user", ASKED),
        Turn("assistant", ANSWERED),
        Turn("user", "And why?"),
        Turn("assistant", "Its bearing is worn."),
    )
)

ALL_SHAPES: dict[str, Shape] = {
    "text": shape_named("text"),
    "prompt_completion": shape_named("prompt_completion"),
    "conversational": shape_named("prompt_completion", conversational=True),
    "messages": shape_named("messages"),
    "chatml": shape_named("chatml"),
    "alpaca": shape_named("alpaca"),
    "sharegpt": shape_named("sharegpt"),
}
DIALOGUES = ("conversational", "messages", "chatml", "sharegpt")
"""Shapes that hold dialogues of any length."""

EXCHANGES = ("prompt_completion", "alpaca")
"""Shapes that hold one exchange."""


def samples(*given: Mapping[str, Any]) -> pa.Table:
    rows = [dict.fromkeys(SAMPLE.names) | {"parent": 0, "task": "section"} | dict(s) for s in given]
    return pa.Table.from_pylist(rows, SAMPLE)


def dialogue_sample(turns: Sequence[Turn]) -> dict[str, Any]:
    return {
        "task": "dialogue",
        "messages": [{"role": t.role, "content": t.content, "name": t.name} for t in turns],
    }


def written(shape: Shape, *given: Mapping[str, Any]) -> list[dict[str, Any] | str]:
    """Return each sample's row, or the rule by which it has none."""
    table, faults = shape.write(samples(*given))
    assert table.schema == shape.schema
    assert table.num_rows == len(faults) == len(given)
    table.validate(full=True)
    return [
        row if fault is None else fault.rule
        for row, fault in zip(table.to_pylist(), faults, strict=True)
    ]


def rules(shape: Shape, row: Mapping[str, Any]) -> list[str]:
    """Return the rules that a row breaks, with places."""
    return [f"{fault.rule} {fault.place}" for fault in shape.faults(row)]
