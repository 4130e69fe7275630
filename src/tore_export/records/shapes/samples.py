"""Samples as shapes see them: turn by turn, and back to rows through the gate of a shape."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tore_export.errors import DocumentError
from tore_export.records.dialogue import Turn
from tore_export.records.fault import Fault, shown

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["asked", "refuse_more", "text_of", "turns_of", "written"]

_READ = ("text", "system", "instruction", "input", "output", "messages")


def asked(instruction: str, about: str | None) -> str:
    r"""Return a prompt as one text: the instruction, and below it what it is about.

    >>> asked("Which pump is the loudest?", None), asked("Which?", "| a |")
    ('Which pump is the loudest?', 'Which?\n\n| a |')
    """
    return f"{instruction}\n\n{about}" if about else instruction


def turns_of(sample: Mapping[str, Any], system_prompt: str | None = None) -> list[Turn] | Fault:
    """Return the turns of a sample; a fault where it is no dialogue, or says what no shape can hold.

    `system_prompt` is the first turn where the sample has no system message of its own.
    """
    if sample["text"] is not None:
        return Fault("no_prompt", "text", shown(sample["text"]), "a prompt and its answer")
    if sample["messages"] is None:
        prompt = asked(sample["instruction"] or "", sample["input"])
        turns = [Turn("user", prompt), Turn("assistant", sample["output"] or "")]
        if sample["system"] is not None:
            turns.insert(0, Turn("system", sample["system"]))
    else:
        turns = [
            Turn(message["role"] or "", message["content"] or "", message["name"])
            for message in sample["messages"]
        ]
    for at, turn in enumerate(turns):
        if turn.name is not None:
            return Fault("no_place_for_name", f"messages[{at}].name", shown(turn.name), "no name")
    if system_prompt is not None and not (turns and turns[0].role == "system"):
        turns.insert(0, Turn("system", system_prompt))
    return turns


def one_exchange(sample: Mapping[str, Any]) -> tuple[str, str] | Fault:
    """Return prompt and answer of a sample that is nothing more; a fault where it is."""
    turns = turns_of(sample)
    if isinstance(turns, Fault):
        return turns
    if turns and turns[0].role == "system":
        found = shown(turns[0].content)
        return Fault("no_place_for_system", "messages[0]", found, "a prompt and its answer")
    if [turn.role for turn in turns] != ["user", "assistant"]:
        roles = ", ".join(str(turn.role) for turn in turns[:8])
        found = f"{len(turns):,} turns of {roles}" if turns else "no turns"
        return Fault("no_place_for_turns", "messages", found, "one of user, one of assistant")
    return turns[0].content, turns[1].content


def written(
    samples: pa.Table,
    schema: pa.Schema,
    write: Callable[[dict[str, Any]], dict[str, Any] | Fault],
    faults: Callable[[Mapping[str, Any]], Iterator[Fault]],
) -> tuple[pa.Table, list[Fault | None]]:
    """Return the rows that `write` makes of samples; none passes that `faults` finds fault with."""
    import pyarrow as pa

    nothing = dict.fromkeys(schema.names)
    rows: list[dict[str, Any]] = []
    found: list[Fault | None] = []
    for sample in samples.select(_READ).to_pylist():
        row = write(sample)
        fault = row if isinstance(row, Fault) else next(faults(row), None)
        rows.append(nothing if isinstance(row, Fault) or fault is not None else row)
        found.append(fault)
    columns = [pa.array([row[field.name] for row in rows], field.type) for field in schema]
    return pa.Table.from_arrays(columns, schema=schema), found


def text_of(row: Mapping[str, Any], name: str, *, may_lack: bool = False) -> Iterator[Fault]:
    """Yield what is wrong with a column that has to be some text.

    >>> [str(fault) for fault in text_of({"output": " "}, "output")]
    ["empty_content: output is ' ', allowed is some text"]
    """
    value = row.get(name)
    if value is None and may_lack:
        return
    if name not in row:
        yield missing(row, name, "a string")
    elif not isinstance(value, str):
        yield Fault("wrong_type", name, shown(value), "a string")
    elif not may_lack and not value.strip():
        yield Fault("empty_content", name, shown(value), "some text")


def missing(row: Mapping[str, Any], name: str, allowed: str) -> Fault:
    """Return the fault of a row without a column."""
    there = ", ".join(str(key)[:40] for key in list(row)[:8]) or "no column"
    return Fault("missing_column", name, f"missing, there is {there}", allowed)


def refuse_more(values: Mapping[str, Any], names: tuple[str, ...], place: str = "") -> None:
    """Refuse what a dialogue cannot hold, by the rule `unsupported_field`; what is empty says nothing.

    **Raises** DocumentError.
    """
    for name in names:
        value = values.get(name)
        if value is not None and value != [] and value not in ("", "[]", {}):
            raise DocumentError(
                f"{place}{name} would be lost",
                rule="unsupported_field",
                found=shown(value),
                allowed="turns of text alone",
                hint="take it out if the dialogue is right without it",
            )
