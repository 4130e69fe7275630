"""Columns of texts in which few are at fault: those are found by an expression, and written again."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import polars as pl

    Places = npt.NDArray[np.signedinteger]

__all__ = ["Way", "rewritten", "suspected", "where"]

LITTLE = 1_000_000
"""Bytes of text below which Arrow looks for faults first, while polars would have to be imported."""


@dataclass(frozen=True, slots=True)
class Way:
    """Texts at some places, a regular expression, and what is done with those it finds."""

    places: Places
    fault: str
    mend: Callable[[pl.Series], pl.Series]


def rewritten(columns: list[pa.StringArray], *ways: Way) -> list[pa.StringArray]:
    """Return columns whose texts are changed in each of the ways; the very same where nothing is.

    Places count through all columns, so that each expression is made and looked for once.
    """
    if (
        "polars" not in sys.modules
        and sum(texts.nbytes for texts in columns) < LITTLE
        and not _is_suspect(pa.concat_arrays(columns), ways)
    ):
        return columns  # for one document that is well, polars is half of the start
    import numpy as np
    import polars as pl

    before = pl.concat([pl.Series(texts, dtype=pl.String) for texts in columns], rechunk=True)
    after = before.clone()
    is_changed = np.zeros(len(before), np.bool_)
    for way in ways:
        if not len(way.places):
            continue
        if len(way.places) == len(before):
            faulty = before.str.contains(way.fault).arg_true()
        else:
            places = pl.Series(way.places.astype(np.uint32))
            faulty = places.filter(before.gather(places).str.contains(way.fault))
        if len(faulty):
            # scatter changes a series in place
            after.scatter(faulty, way.mend(before.gather(faulty)))
            is_changed[faulty.to_numpy()] = True
    found, start = [], 0
    for texts in columns:
        end = start + len(texts)
        changed = is_changed[start:end].any()
        found.append(
            after.slice(start, len(texts)).to_arrow().cast(texts.type) if changed else texts
        )
        start = end
    return found


def _is_suspect(texts: pa.StringArray, ways: tuple[Way, ...]) -> bool:
    return any(
        pc.any(
            pc.match_substring_regex(texts.take(pa.array(way.places)), suspected(way.fault))
        ).as_py()
        for way in ways
    )


def suspected(fault: str) -> str:
    """Return an expression that finds whatever `fault` does, whichever version of Unicode it is read by.

    What combines is not the same in two libraries; so all scripts are suspected but the Latin.
    """
    return fault.replace(r"\p{M}", r"\x{300}-\x{1FFF}\x{20D0}-\x{20FF}\x{2C00}-\x{10FFFF}")


def where(texts: pl.Series, flags: pl.Series, mend: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """Return `texts` with `mend` done to those that are flagged."""
    if not flags.any():
        return texts
    return texts.scatter(flags.arg_true(), mend(texts.filter(flags)))
