"""Texts in a column on their way to pieces: changed as their kind wants it, indented, joined."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

import pyarrow as pa

from tore_export.formatters.care import Care

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import polars as pl

    Numbers = npt.NDArray[np.signedinteger]
    Truths = npt.NDArray[np.bool_]

__all__ = ["ColumnTexts", "strings_over"]


class ColumnTexts:
    r"""A column of texts, and what stands before and behind each; few of those strings are different.

    Places are given as arrays of numbers, and each place gets a string before or behind it once.

    >>> import numpy as np
    >>> texts = ColumnTexts(pa.array(["a\nb", "`c`"]))
    >>> cares = {7: Care(("`",), ("``",), (("`", "'"),))}
    >>> texts.change(np.array([False, True]), np.array([7, 7]), cares)
    (array([], dtype=int64), array([1]))
    >>> texts.indent(np.array([0, 1]), np.array([2, 3]))
    >>> texts.frame(np.array([1, 0]), ["- ", "* "], np.array([0, 1]), "!")
    >>> texts.joined().to_pylist()
    ['* a\n  b!', "- 'c'!"]
    """

    def __init__(self, texts: pa.StringArray) -> None:
        import numpy as np
        import polars as pl

        # where in the series, one after the other, each text is; what changes is added behind them
        self._series = [pl.Series(texts, dtype=pl.String)]
        self._n_texts = len(texts)
        self._at = np.arange(len(texts), dtype=np.uint32)
        self._strings = [""]
        self._before, self._behind = np.zeros((2, len(texts)), np.uint32)

    def set(self, places: Numbers, texts: Sequence[str] | pa.StringArray) -> None:
        """Set the texts at `places`."""
        import polars as pl

        self._put(places, pl.Series(texts, dtype=pl.String))

    def change(
        self, chosen: Truths, kinds: Numbers, cares: Mapping[int, Care]
    ) -> tuple[Numbers, Numbers]:
        """Change the chosen texts, as given, by the care of their kind.

        Return the places of those that need none, and of the changed. Those that are among neither are
        left to the formatter. An expression that several kinds share looks through all of theirs at
        once: to make it ready costs as much as hundreds of texts.
        """
        import numpy as np

        places = np.flatnonzero(chosen & _are_of(kinds, cares))
        own, texts = kinds[places], self._of(places)
        needed = np.zeros(len(places), np.bool_)
        for patterns in _in_turn({kind: care.needed for kind, care in cares.items()}):
            needed |= _found(texts, own, patterns)
        plain = places[~needed]
        left = {kind: care.left for kind, care in cares.items() if care.left is not None}
        places, own, texts = places[needed], own[needed], texts.filter(needed)
        to_do = ~_found(texts, own, left)
        places, own, texts = places[to_do], own[to_do], texts.filter(to_do)
        written = []
        for patterns in _in_turn({kind: care.hard for kind, care in cares.items()}):
            hard = _found(texts, own, patterns)
            for kind, care in cares.items():
                if care.write is not None:
                    which = hard & (own == kind)
                    written.append(self._write(places[which], texts.filter(which), care.write))
            places, own, texts = places[~hard], own[~hard], texts.filter(~hard)
        for changes in dict.fromkeys(care.changes for care in cares.values()):
            alike = _are_of(own, (kind for kind, care in cares.items() if care.changes == changes))
            if changes and alike.any():
                self._put(places[alike], _changed(texts.filter(alike), changes))
        return plain, np.concatenate([places, *written])

    def indent(self, places: Numbers, margins: Numbers) -> None:
        """Put as many spaces before each line of the texts but the first and empty ones.

        No line of theirs has only spaces, and no two empty ones follow each other.
        """
        import numpy as np

        texts = self._of(places)
        several = texts.str.contains("\n", literal=True).to_numpy()
        places, margins, texts = places[several], margins[several], texts.filter(several)
        for margin in np.unique(margins).tolist():
            same = margins == margin
            room = " " * margin
            meant = {"\n\n": f"\n\n{room}", "\n": f"\n{room}"}
            self._put(places[same], texts.filter(same).str.replace_many(meant, leftmost=True))

    def frame(
        self, places: Numbers, before: Sequence[str], which: Numbers, behind: str = ""
    ) -> None:
        """Set what stands around the texts at `places`: of `before` the strings numbered `which`."""
        self._before[places] = which + len(self._strings)
        self._strings += before
        self._behind[places] = len(self._strings)
        self._strings.append(behind)

    def begin(self, places: Numbers) -> None:
        """Take the newlines at the beginning of what stands before the texts at `places`."""
        self._before[places] += len(self._strings)
        self._strings += [string.lstrip("\n") for string in self._strings]

    def joined(self) -> pa.StringArray:
        """Return each text with what stands around it."""
        import numpy as np
        import polars as pl

        # all of it as one run of strings, of which each three are one over the same bytes
        parts = np.empty((len(self._at), 3), np.uint32)
        parts[:, 0] = self._before + self._n_texts
        parts[:, 1] = self._at
        parts[:, 2] = self._behind + self._n_texts
        self._series.append(pl.Series(self._strings, dtype=pl.String))
        run = self._in_one().gather(pl.Series(parts.ravel())).to_arrow().cast(pa.string())
        return strings_over(run, np.arange(0, parts.size + 1, 3))

    def _of(self, places: Numbers) -> pl.Series:
        import polars as pl

        return self._in_one().gather(pl.Series(self._at[places]))

    def _in_one(self) -> pl.Series:
        """Return all series as one; from many, one text after the other is found much slower."""
        import polars as pl

        if len(self._series) > 1:
            self._series = [pl.concat(self._series, rechunk=True)]
        return self._series[0]

    def _write(self, places: Numbers, texts: pl.Series, write: Callable[[str], str]) -> Numbers:
        """Write texts; return the places where something came of them."""
        written = [write(text) for text in texts.to_list()]
        places = places[[bool(text) for text in written]]
        self.set(places, list(filter(None, written)))
        return places

    def _put(self, places: Numbers, texts: pl.Series) -> None:
        import numpy as np

        first = self._n_texts
        self._n_texts += len(texts)
        self._at[places] = np.arange(first, self._n_texts, dtype=np.uint32)
        self._series.append(texts)


def _in_turn(patterns: Mapping[int, Sequence[str]]) -> Iterator[dict[int, str]]:
    """Yield the first pattern of each kind, then the second ones, of those that have so many."""
    for number in range(max(map(len, patterns.values()))):
        yield {kind: own[number] for kind, own in patterns.items() if number < len(own)}


def _found(texts: pl.Series, kinds: Numbers, patterns: Mapping[int, str]) -> Truths:
    """Tell which texts the pattern of their kind finds."""
    import numpy as np

    found = np.zeros(len(texts), np.bool_)
    for pattern in dict.fromkeys(patterns.values()):
        alike = _are_of(kinds, (kind for kind, own in patterns.items() if own == pattern))
        if alike.any():
            found[alike] = texts.filter(alike).str.contains(pattern).to_numpy()
    return found


def _are_of(kinds: Numbers, wanted: Iterable[int]) -> Truths:
    # for a few values much faster than isin
    return reduce(or_, (kinds == kind for kind in wanted))


def _changed(texts: pl.Series, changes: Sequence[tuple[str, str]]) -> pl.Series:
    import polars as pl

    easy = pl.col("text")
    for pattern, by in changes:
        easy = easy.str.replace_all(pattern, by)
    return texts.to_frame("text").select(easy).to_series()


def strings_over(
    pieces: pa.StringArray, offsets: Numbers, missing: pa.BooleanArray | None = None
) -> pa.StringArray:
    """Return the pieces between each two offsets as one string, over the same bytes.

    Null is what is `missing`, which has no pieces.

    >>> import numpy as np
    >>> pieces, offsets = pa.array(["a", "b", "c"]), np.array([0, 2, 2, 3])
    >>> strings_over(pieces, offsets, pa.array([False, True, False])).to_pylist()
    ['ab', None, 'c']
    """
    import numpy as np

    valid = None
    if missing is not None:
        is_there = ~missing.to_numpy(zero_copy_only=False)
        valid = pa.py_buffer(np.packbits(is_there, bitorder="little"))
    # an array without any strings may have no buffers
    bounds, data = pieces.buffers()[1:] if len(pieces) else (pa.py_buffer(bytes(4)), None)
    ends = pa.Array.from_buffers(
        pa.int32(), len(pieces) + 1, [None, bounds], offset=pieces.offset
    ).take(pa.array(offsets))
    return pa.StringArray.from_buffers(
        len(offsets) - 1, ends.buffers()[1], pa.py_buffer(b"") if data is None else data, valid
    )
