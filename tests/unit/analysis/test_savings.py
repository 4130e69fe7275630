"""Savings: what stands in a document again, however its copies end."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.unit.analysis.test_pieces import columns
from tore_export.analysis.pieces import cut
from tore_export.analysis.savings import REPEAT_TOKENS, candidates
from tore_export.documents.schema import Kind
from tore_export.tokens.openai import OpenAITokenizer

TOKENIZER = OpenAITokenizer("gpt-4", "cl100k_base")

long = st.sampled_from(
    [
        "one two three four five six seven eight nine",
        "one two three four five six seven eight nice",
        "one two three four five six eight seven nine",
        "表の中に同じ文が二度ある",
        "; ; ; ; ; ; ; ; ; ; ; ;",
        "-" * 40,
        "short",
    ]
)
element = st.builds(str.__add__, long, st.sampled_from(["", "\n", "\n\n\n", "\n" * 9]))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(element, max_size=6), max_size=3))
@example([["one two three four five six seven eight nine" + "\n" * n for n in range(8)]])
@example([[]])
def test_texts_that_stand_in_a_document_again_are_found_whatever_line_ends_follow(
    documents: list[list[str]],
) -> None:
    documents = [[("\n\n" if at else "") + p for at, p in enumerate(ps)] for ps in documents]
    pieces = cut(*columns(documents))
    texts = pieces.texts.to_pylist()
    counts = TOKENIZER.count_column(pieces.texts).to_numpy()
    kinds = np.full(len(texts), int(Kind.PARAGRAPH), np.int64)
    elements = pa.StructArray.from_arrays(
        [pa.array(map(str, range(len(texts))), pa.string()), pa.nulls(len(texts), pa.int32())],
        names=["id", "page"],
    )
    found = candidates(pieces, kinds, counts, TOKENIZER, elements, lambda tables: tables)
    for at in range(len(documents)):
        same = defaultdict(list)
        for piece in range(pieces.first[at], pieces.first[at + 1]):
            if counts[piece] >= REPEAT_TOKENS:
                same[texts[piece].rstrip("\n")].append(piece)
        copies = {pieces_of[0]: pieces_of for pieces_of in same.values() if len(pieces_of) > 1}
        saved = sum(int(counts[rest].sum()) for _, *rest in copies.values())
        assert found.saved["repeat"][at] == saved
        named = [one for one in found.named[at].as_py() if one["what"] == "repeat"]
        assert {(one["element_id"], one["copies"]) for one in named} == {
            (str(pieces.elements[first]), len(pieces_of)) for first, pieces_of in copies.items()
        }
