"""Measure: what a tokenizer counts that knows nothing of cuts."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from tests.unit.analysis.test_pieces import columns
from tore_export.analysis.measure import measure
from tore_export.documents.schema import Kind


@dataclass(frozen=True)
class Halves:
    """One token for two characters, an odd one alone: parts may have more tokens than the whole."""

    name: str = "halves"
    encoding: str = "halves"
    approximate: bool = False

    def count(self, text: str) -> int:
        return -(-len(text) // 2)

    def count_batch(self, texts: list[str]) -> list[int]:
        return [self.count(text) for text in texts]

    def count_column(self, texts: pa.Array) -> pa.Array:
        return pa.array(self.count_batch(texts.to_pylist()), pa.int64())

    def encode(self, text: str) -> list[int]:
        return [0] * self.count(text)


def test_a_tokenizer_of_the_users_own_counts_the_whole_and_each_element() -> None:
    texts, blocks = columns([["abc", "\n\nd", "\n\ne"], [], ["abcd"]])
    elements = pa.StructArray.from_arrays(
        [
            pa.array([Kind.TITLE, Kind.PARAGRAPH, Kind.PARAGRAPH, Kind.PARAGRAPH], pa.int8()),
            pa.array(["1", "2", "3", "4"]),
            pa.nulls(4, pa.int32()),
        ],
        names=["kind", "id", "page"],
    )
    of_documents = pa.ListArray.from_arrays(pa.array([0, 3, 3, 4], pa.int32()), elements)
    found = measure(texts, blocks, of_documents, [Halves()], lambda tables: tables)
    assert found.counts.to_pylist() == [{"halves": 5}, {"halves": 0}, {"halves": 2}]
    assert [
        [(one["kind"], one["n_elements"], one["counts"]["halves"]) for one in kinds]
        for kinds in found.kinds.to_pylist()
    ] == [[("title", 1, 3), ("paragraph", 2, 3)], [], [("paragraph", 1, 2)]]
