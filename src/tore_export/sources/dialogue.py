"""Rows that are dialogues already: each becomes a document whose elements are its messages.

====================================  ==========================================================
a row with                            is read as
====================================  ==========================================================
`messages`                            OpenAI's and TRL's messages
`conversations`                       ShareGPT's, with a system message of the column `system`
`prompt` and `completion`             TRL's texts, or lists of messages
`instruction` and `output`            Alpaca's, with `input`, `history` and `system`
`question` and `answer`               a question and its answer, as GSM8K has them
`text` that begins and ends turns     ChatML
====================================  ==========================================================

Texts are kept to the last byte. The row's other fields are those of any document.

**Source** the shapes of `records/shapes`, whose rules say what is wrong with a row.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from tore_export.documents.columns import ElementColumns
from tore_export.documents.schema import Kind
from tore_export.errors import DocumentError
from tore_export.sources.builder import Builder
from tore_export.sources.unit import Limits

if TYPE_CHECKING:
    from tore_export.records.dialogue import Dialogue

__all__ = ["NAMES_IN_JSON", "append_dialogue", "is_chatml", "is_dialogue", "refuse_other_rows"]

_COLUMNS = {
    "messages": ("messages",),
    "sharegpt": ("conversations",),
    "prompt_completion": ("prompt", "completion"),
    "alpaca": ("instruction", "output"),
    "question": ("question", "answer"),
}
"""The columns by which each shape is told, in the order in which they are looked for."""

NAMES_IN_JSON = tuple(f'"{columns[0]}"'.encode() for columns in _COLUMNS.values())
"""One of these stands in every text that has a dialogue in it."""

_TAKEN = {
    "sharegpt": ("system",),
    "alpaca": ("input", "history", "system"),
}
"""What else of a row is in the dialogue then."""

_QUESTION = {"prompt": "question", "completion": "answer"}


def is_dialogue(names: Collection[str]) -> bool:
    """Tell whether a row with these fields is meant as a dialogue.

    >>> is_dialogue(["id", "messages"]), is_dialogue(["question", "context", "answers"])
    (True, False)
    """
    return any(all(name in names for name in columns) for columns in _COLUMNS.values())


def is_chatml(text: object) -> bool:
    """Tell whether a text is clearly meant as ChatML."""
    if not isinstance(text, str) or not text.startswith("<|"):
        return False
    from tore_export.records.shapes.chatml import looks_like_chatml

    return looks_like_chatml(text)


def append_dialogue(values: dict[str, Any], elements: ElementColumns, limits: Limits) -> bool:
    """Append the messages of a row, and take what they were made of out of `values`.

    Returns False, with nothing done, for a row that is meant as something else.

    **Raises** DocumentError by the rule of the shape that the row breaks.
    """
    from tore_export.records.shapes.registry import shape_named

    if is_chatml(values.get("text")):
        dialogue = shape_named("chatml").read(values)
        del values["text"]
    else:
        name = _shape_of(values)
        if name is None:
            return False
        dialogue = _read(name, values)
        system = dialogue.turns[0].role == "system"
        for column in (*_COLUMNS[name], *_TAKEN.get(name, ())):
            is_used = column != "system" or system
            if is_used and (column != "history" or isinstance(values.get(column), list)):
                values.pop(column, None)
    build = Builder(elements, limits)
    for turn in dialogue.turns:
        meta: dict[str, Any] = {"role": turn.role}
        if turn.name is not None:
            meta["name"] = turn.name
        if turn.instruction_end is not None:
            meta["instruction_end"] = turn.instruction_end
        build.add(Kind.MESSAGE, turn.content, meta=meta)
    return True


def refuse_other_rows(values: Mapping[str, Any]) -> None:
    """Refuse training rows that hold no dialogue any more, or two at once.

    **Raises** DocumentError with rule `tokenized` or `preference_pair`.
    """
    if "input_ids" in values:
        raise DocumentError(
            "the row is tokenized: its texts are in it no more",
            rule="tokenized",
            found="the field input_ids",
            allowed="a row of texts",
            hint="give the dataset it was made of",
        )
    if "chosen" in values and "rejected" in values:
        raise DocumentError(
            "a pair of answers to choose from is no dialogue",
            rule="preference_pair",
            found="chosen and rejected",
            allowed="one answer",
        )


def _shape_of(values: dict[str, Any]) -> str | None:
    for name, columns in _COLUMNS.items():
        there = all(column in values for column in columns)
        if there and any(values[column] is not None for column in columns):
            return name
    return None


def _read(name: str, values: dict[str, Any]) -> Dialogue:
    from tore_export.records.shapes.registry import shape_named

    if name == "question":
        row = {column: values[own] for column, own in _QUESTION.items()}
        try:
            return shape_named("prompt_completion").read(row)
        except DocumentError as error:
            for column, own in _QUESTION.items():
                error.message = error.message.replace(column, own)
            raise
    is_list = name == "prompt_completion" and not any(
        isinstance(values[column], str) for column in _COLUMNS[name]
    )
    return shape_named(name, conversational=is_list).read(values)
