"""Samples: what a task asks for, before any shape writes it.

One table of samples says it for all shapes. A sample is one of three things, and the columns of the
other two are null:

===================  ===================================================================================
running text         `text`
prompt and answer    `instruction`, `output`, and `input` where the instruction is about something
a dialogue           `messages`, whose roles are system, user, assistant and tool
===================  ===================================================================================
"""

from __future__ import annotations

import pyarrow as pa

__all__ = ["CHUNK_PLACE", "LEFT_OUT", "MESSAGE", "SAMPLE"]

MESSAGE = pa.struct(
    [
        pa.field("role", pa.string()),
        pa.field("content", pa.string()),
        pa.field("name", pa.string()),  # of the speaker; null for most
        # of an instruction: the characters before a blank line and what it is about
        pa.field("instruction_end", pa.int32()),
    ]
)

CHUNK_PLACE = pa.struct(
    [
        pa.field("number", pa.int32()),  # from 1
        pa.field("of", pa.int32()),
        pa.field("start", pa.int32()),  # characters of the document's text that are its own
        pa.field("end", pa.int32()),
    ]
)

SAMPLE = pa.schema(
    [
        pa.field("parent", pa.int64()),  # row of its document in the table, ascending
        pa.field("task", pa.string()),
        pa.field("text", pa.string()),
        pa.field("system", pa.string()),
        pa.field("instruction", pa.string()),
        pa.field("input", pa.string()),
        pa.field("output", pa.string()),
        pa.field("messages", pa.list_(MESSAGE)),
        pa.field("elements", pa.list_(pa.int32())),  # places in its document; null: all of them
        pa.field("chunk", CHUNK_PLACE),  # of the text; null: not cut
    ]
)

LEFT_OUT = pa.list_(pa.struct([pa.field("rule", pa.string()), pa.field("n", pa.int32())]))
"""Of a document: how many samples were left out, by `task.rule`, rules in the alphabet's order."""
