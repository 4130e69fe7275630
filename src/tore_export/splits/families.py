"""Families: documents that have to be on one side.

Exact copies are a family, and so are the near copies that `dedup` found and the documents of a group;
where two families share a document they are one. A family is known by its first document in input
order, so documents that are added behind it do not change what it is known by.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import compress
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tore_export.splits.hashing import GROUP_KEY

if TYPE_CHECKING:
    import numpy.typing as npt

    Integers = npt.NDArray[np.int64]

__all__ = ["Families", "families_of", "first_of_each"]

FREE, TORN = -1, -2
"""Instead of a side: of a family that no earlier dataset knows, and of one that two sides know."""

NO_DATE = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True)
class Families:
    """One row a family, in the order of their first documents; what strategies decide over.

    `documents` and `tokens` count those of this run, `fixed` is the side of an earlier dataset, FREE or
    TORN. `strata` are numbers, `dates` microseconds, `vectors` of small integers a row; each None where
    the strategy does not ask for it.
    """

    keys: list[bytes]
    documents: Integers
    tokens: Integers
    fixed: Integers
    strata: Integers | None = None
    dates: Integers | None = None
    vectors: npt.NDArray[np.int8] | None = None

    def __len__(self) -> int:
        return len(self.keys)

    def where(self, chosen: npt.NDArray[np.bool_]) -> Families:
        """Return the chosen families."""
        return Families(
            list(compress(self.keys, chosen.tolist())),
            self.documents[chosen],
            self.tokens[chosen],
            self.fixed[chosen],
            None if self.strata is None else self.strata[chosen],
            None if self.dates is None else self.dates[chosen],
            None if self.vectors is None else self.vectors[chosen],
        )


def first_of_each(table: pa.Table) -> Integers:
    """Return for each document the row of the first one of its family.

    **Reads** text_hash; cluster, group_of where they are there; a null joins nothing.

    >>> hashes = pa.array([b"a" * 16, b"b" * 16, b"a" * 16, b"c" * 16], pa.binary(16))
    >>> groups = pa.array([None, "g", None, "g"])
    >>> first_of_each(pa.table({"text_hash": hashes, "group_of": groups})).tolist()
    [0, 1, 0, 1]
    """
    relations = [_first_rows(table["text_hash"])]
    if "cluster" in table.column_names:
        relations.append(table["cluster"].to_numpy())
    if "group_of" in table.column_names:
        relations.append(_first_rows(table["group_of"]))
    if len(relations) == 1:
        return relations[0]
    return _joined(relations, table.num_rows)


def _first_rows(column: pa.ChunkedArray) -> Integers:
    """Return for each row the first one with its value, itself where it has none."""
    codes = column.combine_chunks().dictionary_encode().indices
    rows = np.arange(len(codes), dtype=np.int64)
    known = codes.is_valid().to_numpy(zero_copy_only=False)
    # codes are given out in the order in which values are first seen
    numbers = pc.fill_null(codes, 0).to_numpy(zero_copy_only=False)
    _, firsts = np.unique(numbers[known], return_index=True)
    if len(firsts):
        rows[known] = np.flatnonzero(known)[firsts][numbers[known]]
    return rows


def _joined(relations: list[Integers], n_rows: int) -> Integers:
    """Return the first row of each row's family, where any of `relations` leads to one of it."""
    root = list(range(n_rows))

    def find(row: int) -> int:
        while root[row] != row:
            root[row] = root[root[row]]
            row = root[row]
        return row

    for relation in relations:
        others = np.flatnonzero(relation != np.arange(n_rows))
        for one, other in zip(others.tolist(), relation[others].tolist(), strict=True):
            a, b = find(one), find(other)
            root[max(a, b)] = min(a, b)
    return np.fromiter((find(row) for row in range(n_rows)), np.int64, n_rows)


def families_of(table: pa.Table, firsts: Integers, sides: Integers) -> tuple[Families, Integers]:
    """Return the families of documents, and the number of each document's family.

    `sides` holds the side of each document of an earlier dataset, FREE for those of this run.
    **Reads** text_hash, n_tokens; group_of, stratum, date, topics where they are there.
    """
    leaders, number = np.unique(firsts, return_inverse=True)
    n = len(leaders)
    is_ours = sides == FREE
    taken = pa.array(leaders)
    families = Families(
        keys=_keys(table, taken),
        documents=np.bincount(number[is_ours], minlength=n),
        tokens=_sum(number, np.where(is_ours, table["n_tokens"].to_numpy(), 0), n),
        fixed=_fixed(number, sides, n),
        strata=_of(table, "stratum", taken, _codes),
        dates=_newest(table, number, n) if "date" in table.column_names else None,
        vectors=_of(table, "topics", taken, _vectors),
    )
    return families, number


def _sum(number: Integers, values: Integers, n: int) -> Integers:
    total = np.zeros(n, np.int64)
    np.add.at(total, number, values)
    return total


def _fixed(number: Integers, sides: Integers, n: int) -> Integers:
    least, most = np.full(n, np.iinfo(np.int64).max), np.full(n, FREE)
    known = sides != FREE
    np.minimum.at(least, number[known], sides[known])
    np.maximum.at(most, number[known], sides[known])
    return np.where((most != FREE) & (least != most), TORN, most)


def _newest(table: pa.Table, number: Integers, n: int) -> Integers:
    newest = np.full(n, NO_DATE)
    dates = pc.fill_null(table["date"].cast(pa.int64()), NO_DATE).to_numpy()
    np.maximum.at(newest, number, dates)
    return newest


def _keys(table: pa.Table, leaders: pa.Array) -> list[bytes]:
    hashes: list[bytes] = table["text_hash"].take(leaders).to_pylist()
    if "group_of" not in table.column_names:
        return hashes
    groups: list[str | None] = table["group_of"].take(leaders).to_pylist()
    return [
        text if group is None else GROUP_KEY + group.encode()
        for text, group in zip(hashes, groups, strict=True)
    ]


def _of(table: pa.Table, name: str, leaders: pa.Array, make: Any) -> Any:
    return make(table[name].take(leaders)) if name in table.column_names else None


def _codes(column: pa.ChunkedArray) -> Integers:
    """Return a number for each value; those without one are a stratum of their own."""
    encoded = column.combine_chunks().dictionary_encode().indices
    codes: Integers = pc.fill_null(encoded.cast(pa.int64()), -1).to_numpy(zero_copy_only=False)
    return codes


def _vectors(column: pa.ChunkedArray) -> npt.NDArray[np.int8]:
    width = column.type.byte_width
    joined = b"".join(value or bytes(width) for value in column.to_pylist())
    return np.frombuffer(joined, np.int8).reshape(-1, width)
