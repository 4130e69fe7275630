"""Decide on which side each document lands, given the facts of all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from tore_export.splits import balanced, content_based, hashed, stratified, temporal
from tore_export.splits.families import FREE, TORN, Families, families_of, first_of_each
from tore_export.splits.rules import SplitRules

if TYPE_CHECKING:
    import numpy.typing as npt

    Integers = npt.NDArray[np.int64]

__all__ = ["BETWEEN_SPLITS", "DECISION", "NO_SUCH_SPLIT", "STRATEGIES", "decide"]

STRATEGIES: dict[str, Callable[[Families, SplitRules], Integers]] = {
    "random": hashed.assign,
    "group": hashed.assign,
    "stratified": stratified.assign,
    "balanced": balanced.assign,
    "temporal": temporal.assign,
    "content_based": content_based.assign,
}

BETWEEN_SPLITS = "between_splits"
"""Rule of a newcomer that is as good as the same as documents of two sides of an earlier dataset."""

NO_SUCH_SPLIT = "no_such_split"
"""Rule of a document whose side in an earlier dataset is none of this run's."""

DECISION = pa.schema(
    [
        pa.field("split", pa.string()),  # null: dropped
        pa.field("rule", pa.string()),  # why, if it is
        pa.field("detail", pa.string()),
        pa.field("first", pa.int64()),  # row of the first document of its family
    ]
)


def decide(documents: pa.Table, rules: SplitRules) -> pa.Table:
    """Return the decision on each document, a table of the schema DECISION.

    **Rows** 1:1. Documents are in input order; those of earlier datasets come first and have `side`,
    the name of the split they are in, which is null for those of this run.
    **Reads** text_hash, n_tokens; cluster (row of the first of its near copies), group_of, stratum,
    date, topics and side where they are there.

    >>> hashes = pa.array([b"a" * 16, b"b" * 16], pa.binary(16))
    >>> documents = pa.table({"text_hash": hashes, "n_tokens": [3, 4]})
    >>> halves = (("train", 0.5), ("test", 0.5))
    >>> decide(documents, SplitRules(halves, "balanced"))["split"].to_pylist()
    ['test', 'train']
    """
    names = list(rules.names)
    sides, known = _sides(documents, names)
    firsts = first_of_each(documents)
    families, number = families_of(documents, firsts, sides)
    # what two sides know, or none of this run's, is not for a strategy to place
    is_open = (families.fixed != TORN) & (families.fixed < len(names))
    placed = families.fixed.copy()
    placed[is_open] = STRATEGIES[rules.strategy](families.where(is_open), rules)
    # a document of an earlier dataset keeps its side, and so do its exact copies
    own = _own_side(documents, sides)
    chosen = np.where(own != FREE, own, placed[number])
    splits = [names[side] if 0 <= side < len(names) else None for side in chosen.tolist()]
    dropped = [
        None if split is not None else (BETWEEN_SPLITS if side == TORN else NO_SUCH_SPLIT)
        for split, side in zip(splits, chosen.tolist(), strict=True)
    ]
    details = [
        None
        if rule is None
        else "copies of it are on two sides of earlier datasets"
        if rule == BETWEEN_SPLITS
        else f"an earlier dataset has it in {known[side]}"
        for rule, side in zip(dropped, chosen.tolist(), strict=True)
    ]
    return pa.Table.from_arrays(
        [
            pa.array(splits, pa.string()),
            pa.array(dropped, pa.string()),
            pa.array(details, pa.string()),
            pa.array(firsts, pa.int64()),
        ],
        schema=DECISION,
    )


def _sides(documents: pa.Table, names: list[str]) -> tuple[Integers, list[str]]:
    """Return the side of each document of an earlier dataset, FREE for others, and all names.

    Names that this run does not have get the numbers behind its own.
    """
    if "side" not in documents.column_names:
        return np.full(documents.num_rows, FREE), names
    told = documents["side"].to_pylist()
    known = [*names, *sorted({side for side in told if side is not None} - set(names))]
    numbers = {name: number for number, name in enumerate(known)}
    return np.array([FREE if s is None else numbers[s] for s in told], np.int64), known


def _own_side(documents: pa.Table, sides: Integers) -> Integers:
    """Return the side of the first document of an earlier dataset with each document's very text."""
    if (sides == FREE).all():
        return sides
    texts = first_of_each(documents.select(["text_hash"]))
    # earlier datasets come first, so the first of a text is of one if any is
    return np.where(sides != FREE, sides, sides[texts])
