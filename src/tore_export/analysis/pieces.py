r"""Cut rendered documents into a piece of text for each element, without copying a byte.

A piece begins where its element's text begins and ends where the next one's does, so the blank line
between two elements belongs to the first, and the pieces of a document are its text. That is not only
tidy: in OpenAI's encodings a text may be cut behind a line end without changing a token, unless white
space or a slash follows, so there the pieces' tokens add up to the document's exactly, and counting
pieces is counting documents. Where a cut is not such a one, the document is counted again as a whole.

**Source** the patterns of tiktoken's cl100k_base and o200k_base: no alternative goes on behind the last
line end of a run of white space (`\s*[\r\n]`), but o200k's `[^\s\p{L}\p{N}]+[\r\n/]*`, which takes
slashes, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["NO_ELEMENT", "Pieces", "cut"]

NO_ELEMENT = -1
"""The element of a piece that none has: a text of nothing but line ends."""

_BLOCK_BYTES = 65_536
_SPACES = (0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000)


@dataclass(frozen=True)
class Pieces:
    """The pieces of several documents, one after the other.

    `first[d]` to `first[d + 1]` are those of document d; `elements` tells which element of all a piece
    is of, and `goes_on` whether the next one is of the same document and tokens add up at the cut.
    """

    texts: pa.LargeStringArray
    first: npt.NDArray[np.int64]
    elements: npt.NDArray[np.int64]
    goes_on: npt.NDArray[np.bool_]

    @property
    def loose(self) -> npt.NDArray[np.bool_]:
        """Tell which documents hold a cut at which tokens need not add up."""
        import numpy as np

        found: npt.NDArray[np.bool_] = self.sums(self.goes_on) < np.diff(self.first) - 1
        return found

    @property
    def documents(self) -> npt.NDArray[np.int64]:
        """Return the document of each piece."""
        import numpy as np

        return np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))

    def sums(self, values: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
        """Return the sum of the pieces' values for each document."""
        import numpy as np

        ends = np.concatenate([[0], np.cumsum(values)])
        sums: npt.NDArray[np.int64] = ends[self.first[1:]] - ends[self.first[:-1]]
        return sums


def cut(texts: pa.Array, blocks: pa.ListArray) -> Pieces:
    r"""Cut each text where its blocks begin; see stages/format.py for what blocks are.

    Neither column holds a null.

    >>> texts = pa.array(["# Ä\n\nb", ""])
    >>> blocks = pa.array([[{"start": 0, "end": 3}, {"start": 5, "end": 6}], []])
    >>> pieces = cut(texts, blocks)
    >>> pieces.texts.to_pylist(), pieces.first.tolist()
    (['# Ä\n\n', 'b'], [0, 2, 2])
    """
    import numpy as np

    texts = texts.cast(pa.large_string())
    offsets = np.frombuffer(texts.buffers()[1], np.int64)[texts.offset :][: len(texts) + 1]
    data = texts.buffers()[2] or pa.py_buffer(b"")
    octets = np.frombuffer(data, np.uint8)
    ranges = blocks.flatten()
    starts, ends = (ranges.field(name).to_numpy() for name in ("start", "end"))
    n_elements = pc.fill_null(blocks.value_lengths(), 0).to_numpy()
    chosen = np.flatnonzero(ends > starts)
    document = np.repeat(np.arange(len(texts)), n_elements)[chosen]
    characters = pc.utf8_length(texts).to_numpy().astype(np.int64)
    before = np.concatenate([[0], np.cumsum(characters)])[:-1]
    begins = _bytes_of(octets[offsets[0] : offsets[-1]], before[document] + starts[chosen])
    begins += offsets[0]
    # what stands before the first element is its, and a text without elements is a piece as well
    is_first = np.diff(document, prepend=-1) > 0
    begins[is_first] = offsets[:-1][document[is_first]]
    alone = np.setdiff1d(np.flatnonzero(np.diff(offsets)), document)
    if len(alone):
        order = np.argsort(np.concatenate([document, alone]), kind="stable")
        begins = np.concatenate([begins, offsets[:-1][alone]])[order]
        chosen = np.concatenate([chosen, np.full(len(alone), NO_ELEMENT)])[order]
        document = np.concatenate([document, alone])[order]
    first = np.searchsorted(document, np.arange(len(texts) + 1)).astype(np.int64)
    bounds = np.concatenate([begins, offsets[-1:]])
    return Pieces(
        texts=pa.LargeStringArray.from_buffers(len(begins), pa.py_buffer(bounds), data),
        first=first,
        elements=chosen,
        goes_on=_goes_on(octets, begins, document),
    )


def _bytes_of(octets: Any, characters: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the places in UTF-8 bytes at which characters begin, whose numbers ascend."""
    import numpy as np

    found = characters.copy()
    n_before = 0
    for start in range(0, len(octets), _BLOCK_BYTES):
        block = octets[start : start + _BLOCK_BYTES]
        if block.max() < 0x80:
            n_here, leads = len(block), None
        else:
            # a character begins with each byte that does not go on with one
            leads = np.flatnonzero((block & 0xC0) != 0x80)
            n_here = len(leads)
        if leads is not None or n_before != start:
            low, high = np.searchsorted(characters, [n_before, n_before + n_here])
            here = characters[low:high] - n_before
            found[low:high] = start + (here if leads is None else leads[here])
        n_before += n_here
    return found


def _goes_on(
    octets: Any, begins: npt.NDArray[np.int64], document: npt.NDArray[np.int64]
) -> npt.NDArray[np.bool_]:
    """Tell which pieces end at a cut in their document, behind a line end, not before space or slash."""
    import numpy as np

    found = np.zeros(len(begins), np.bool_)
    inner = np.flatnonzero(document[1:] == document[:-1])
    if len(inner):
        at = begins[1:][inner]
        found[inner] = (octets[at - 1] == ord("\n")) & ~_is_space_or_slash(octets, at)
    return found


def _is_space_or_slash(octets: Any, at: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    import numpy as np

    last = len(octets) - 1
    one, two, three = (octets[np.minimum(at + i, last)].astype(np.int32) for i in range(3))
    ascii_ones = np.isin(one, np.frombuffer(b" \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f/", np.uint8))
    code = np.where(
        one < 0xE0,
        (one & 0x1F) << 6 | two & 0x3F,
        (one & 0x0F) << 12 | (two & 0x3F) << 6 | three & 0x3F,
    )
    found: npt.NDArray[np.bool_] = ascii_ones | (
        (one >= 0xC2) & (one < 0xF0) & np.isin(code, _SPACES)
    )
    return found
