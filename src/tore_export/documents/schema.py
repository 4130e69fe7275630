"""The row contract: the one place that spells the columns which flow between stages.

**document** (a source emits these, one row a document)

=============  ====================================================================================
`unit`         number of the unit the row belongs to
`place`        byte offset or row of the document in its file; null where the file is the document
`doc_id`       what the source says, else sha256[:24] of (`source`, `place`)
`source`       path relative to the input root, with `/`
`title`        nullable
`created_at`   nullable, as the source spells it
`language`     nullable, as the source spells it
`meta`         other fields of the document as a JSON object; nullable
`warnings`     number of elements that could only be read as their bare text
`elements`     list<element>
`reject`       null for a document that is well; else why it goes to the rejects
=============  ====================================================================================

**rendered** = document + `text`, `blocks` (one per element, in order: where its text lies in `text`,
in characters), `n_tokens`, `signals`, `quality_score`, `split`; where texts are cut, `chunks`.

A row with `reject` set passes through all stages untouched, and the sink takes it to the rejects. The
last row a unit emits is a **mark**: `reject.rule` is `end_of_unit` and `reject.value` the number of
documents emitted before it. It proves to the sink that it saw the whole unit, also where that is empty.
"""

from __future__ import annotations

from enum import IntEnum

import pyarrow as pa

__all__ = [
    "BLOCK",
    "CELL",
    "CHUNK",
    "CONTAINERS",
    "DOCUMENT",
    "ELEMENT",
    "END_OF_UNIT",
    "FURNITURE",
    "PROSE",
    "REJECT",
    "Kind",
]


class Kind(IntEnum):
    """What an element is. A closed set: sources translate their dialects into it.

    `RAW` is text that came without structure (a row `{"text": …}`): it is written as it is. `RULE` is
    a thematic break, `NOTE` a comment or speaker's note beside the text, `TERM` and `DEFINITION` are
    what a definition list holds, `MESSAGE` is what somebody says in a dialogue: its text is kept to the
    last byte, and `meta.role` says who speaks.
    """

    TITLE = 0
    PARAGRAPH = 1
    LIST_ITEM = 2
    TABLE = 3
    CODE = 4
    FORMULA = 5
    IMAGE = 6
    CAPTION = 7
    FOOTNOTE = 8
    QUOTE = 9
    KEY_VALUE = 10
    CHECKBOX = 11
    HEADER = 12
    FOOTER = 13
    PAGE_NUMBER = 14
    PAGE_BREAK = 15
    RAW = 16
    RULE = 17
    NOTE = 18
    TERM = 19
    DEFINITION = 20
    MESSAGE = 21


FURNITURE = frozenset({Kind.HEADER, Kind.FOOTER, Kind.PAGE_NUMBER, Kind.PAGE_BREAK, Kind.NOTE})
"""Kinds that belong to the page, not to the text; left out unless asked for."""

CONTAINERS = frozenset({Kind.LIST_ITEM, Kind.CHECKBOX, Kind.QUOTE, Kind.FOOTNOTE, Kind.DEFINITION})
"""Kinds that hold what follows them and names them as `parent`, itself or through another container.

A container's `text` is its first paragraph, "" where it begins with another block. What it holds
follows it at once, in document order, so that containers nest as brackets do. A parent of any other
kind, for instance the heading of a section, says where an element belongs, not that it lies inside.
"""

PROSE = frozenset(
    {
        Kind.TITLE,
        Kind.PARAGRAPH,
        Kind.LIST_ITEM,
        Kind.CAPTION,
        Kind.FOOTNOTE,
        Kind.QUOTE,
        Kind.RAW,
        Kind.TERM,
        Kind.DEFINITION,
        Kind.MESSAGE,
    }
)
"""Kinds that rules about prose look at; code, tables and formulas are no prose."""

END_OF_UNIT = "end_of_unit"

CELL = pa.struct(
    [
        pa.field("text", pa.string(), nullable=False),
        pa.field("row_span", pa.int32(), nullable=False),
        pa.field("col_span", pa.int32(), nullable=False),
        pa.field("header", pa.bool_(), nullable=False),
    ]
)

ELEMENT = pa.struct(
    [
        pa.field("id", pa.string()),
        pa.field("kind", pa.int8()),  # a Kind
        pa.field("text", pa.string()),
        pa.field(
            "level", pa.int16()
        ),  # heading: 1 is the highest; list item: how many items it lies in
        pa.field("parent", pa.string()),
        pa.field("page", pa.int32()),  # counted from 1
        pa.field("confidence", pa.float32()),
        pa.field("cells", pa.list_(pa.list_(CELL))),  # rows of cells; null but for tables
        pa.field("meta", pa.string()),  # JSON object, see ElementMeta in element.py; null if empty
    ]
)

REJECT = pa.struct(
    [
        pa.field("failed", pa.bool_()),  # True: an error; False: dropped by a rule
        pa.field("stage", pa.string()),
        pa.field("rule", pa.string()),
        pa.field("value", pa.float64()),
        pa.field("threshold", pa.float64()),
        pa.field("detail", pa.string()),
    ]
)

CHUNK = pa.struct(
    [
        pa.field("text", pa.string()),
        pa.field("start", pa.int32()),  # characters of the document that are the chunk's own
        pa.field("end", pa.int32()),
        pa.field("own_start", pa.int32()),  # and where they lie in its text: the rest is repeated
        pa.field("own_end", pa.int32()),
        pa.field("n_tokens", pa.int64()),
        pa.field("first_element", pa.int32()),  # places of the elements it begins and ends in
        pa.field("last_element", pa.int32()),
    ]
)

BLOCK = pa.struct([pa.field("start", pa.int32()), pa.field("end", pa.int32())])

DOCUMENT = pa.schema(
    [
        pa.field("unit", pa.int32()),
        pa.field("place", pa.int64()),
        pa.field("doc_id", pa.string()),
        pa.field("source", pa.string()),
        pa.field("title", pa.string()),
        pa.field("created_at", pa.string()),
        pa.field("language", pa.string()),
        pa.field("meta", pa.string()),
        pa.field("warnings", pa.int32()),
        pa.field("elements", pa.list_(ELEMENT)),
        pa.field("reject", REJECT),
    ]
)
