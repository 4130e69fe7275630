"""Counting by gigatoken: exact, and the fastest, since it remembers the tokens of pieces it has seen.

Of its interface only `encode` of one text is used: it returns an array of ids, of which the length is
taken, without a Python object for each token; it starts no threads; and several threads may call it.
(Batches come back as an array of the package awkward, which takes longer to import than a document
takes to count.) It is given no special tokens, so that none is found in a text.

**Memory.** What it remembers grows with the text: 0.3 bytes for a byte of real documents, 8 for a byte
of words that never come twice. When that has become `MOST_REMEMBERED`, the engine is loaded anew.

**Text without spaces** is given to it made shorter (`tokens/unspaced.py`).
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from threading import Lock
from typing import TYPE_CHECKING, Any

from tore_export.tokens.ranks import rank_file
from tore_export.tokens.unspaced import Unjoined, unspaced_places

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["GIGATOKEN_SCHEMES", "GigatokenEngine"]

# encodings of one scheme and one rank file differ only in their special tokens, which are text here
GIGATOKEN_SCHEMES = {
    "cl100k_base": "gpt4",
    "o200k_base": "o200k",
    "o200k_harmony": "o200k",
    "r50k_base": "r50k",
    "p50k_base": "r50k",
    "p50k_edit": "r50k",
}
"""What gigatoken calls the patterns of the encodings it is used for."""

MOST_REMEMBERED = 128_000_000
"""Bytes by which memory may have grown while texts were counted."""

BLOCK = 1 << 20
"""Bytes of text looked at together: as many as the caches of a processor core hold several times."""

MEMORY_OF_THIS_PROCESS = "/proc/self/statm"

LEAST_SHORTENED = 4_096
"""Bytes of a block up to which making it shorter costs more than it saves."""

ENOUGH_UNSPACED = 1 << 18
"""Bytes of text without spaces after which it pays to know which characters tokens join."""


class GigatokenEngine:
    """Counts the texts of one encoding.

    >>> GigatokenEngine("cl100k_base").count_texts(["hello world", ""])
    [2, 0]
    """

    name = "gigatoken"
    is_wrong_on_long_s = False

    def __init__(self, encoding: str, most_remembered: int = MOST_REMEMBERED) -> None:
        self._encoding = encoding
        self._most_remembered = most_remembered
        self._lock = Lock()
        self._backend: Any = None
        self._unjoined: Unjoined | None = None
        self._n_unspaced = 0
        self._n_bytes: npt.NDArray[np.uint16] | None = None
        self._growth = _Growth()

    def count_texts(self, texts: list[str]) -> list[int]:
        """Return the number of tokens of each text; texts hold no lone surrogates."""
        encode, growth = self._loaded().encode, self._growth
        growth.begin()
        counts = [len(encode(text)) for text in texts]
        growth.end(sum(map(len, texts)))
        return counts

    def count_slices(
        self,
        data: npt.NDArray[np.uint8],
        offsets: npt.NDArray[np.int64],
        goes_on: npt.NDArray[np.bool_] | None = None,
    ) -> list[int]:
        """Return the number of tokens of each text that lies in UTF-8 `data` between two offsets.

        `goes_on` tells of each whether the next one goes on with it, cut at a place at which tokens add
        up: such are encoded in one go, and those of each are told by the bytes that tokens stand for.
        """
        counts: list[int] = []
        first, n_texts = 0, len(offsets) - 1
        while first < n_texts:
            after = int(offsets.searchsorted(offsets[first] + BLOCK, side="right")) - 1
            after = min(max(after, first + 1), n_texts)
            begin, end = offsets[first], offsets[after]
            self._growth.begin()
            counts += self._count_block(
                data[begin:end],
                offsets[first : after + 1] - begin,
                None if goes_on is None else goes_on[first:after],
            )
            self._growth.end(int(end - begin))
            first = after
        return counts

    def _count_block(
        self,
        data: npt.NDArray[np.uint8],
        offsets: npt.NDArray[np.int64],
        goes_on: npt.NDArray[np.bool_] | None,
    ) -> list[int]:
        backend, short = self._loaded(), None
        places = unspaced_places(data) if len(data) >= LEAST_SHORTENED else None
        if places is not None:
            self._n_unspaced += len(data)
            if self._unjoined is None and self._n_unspaced >= ENOUGH_UNSPACED:
                self._unjoined = Unjoined(backend.vocab.values())
            if self._unjoined is not None:
                short = self._unjoined.shortened(data, offsets, places)
                data, offsets = short.data, short.offsets
        encode, view = backend.encode, data.data
        if goes_on is None:
            counts = [len(encode(bytes(view[a:b]))) for a, b in pairwise(offsets.tolist())]
        else:
            ends = _ends_of_runs(offsets, goes_on)
            encoded = [encode(bytes(view[a:b])) for a, b in pairwise(ends)]
            counts = _tokens_between(offsets, encoded, self._bytes_of_tokens(backend))
        if short is None:
            return counts
        return [a + b for a, b in zip(counts, short.beyond.tolist(), strict=True)]

    def _bytes_of_tokens(self, backend: Any) -> npt.NDArray[np.uint16]:
        """Return how many bytes each token of the vocabulary stands for."""
        import numpy as np

        if self._n_bytes is None:
            vocabulary = backend.vocab
            n_bytes = np.zeros(max(vocabulary) + 1, np.uint16)
            n_bytes[list(vocabulary)] = list(map(len, vocabulary.values()))
            self._n_bytes = n_bytes
        return self._n_bytes

    def _loaded(self) -> Any:
        """Return gigatoken's tokenizer, a new one where the last has come to remember too much."""
        backend = self._backend
        if backend is not None and self._growth.n_bytes < self._most_remembered:
            return backend
        with self._lock:
            if self._backend is None or self._growth.n_bytes >= self._most_remembered:
                # let go of the old one first, so that there are never two
                backend = self._backend = None
                self._growth = _Growth()
                self._backend = _load(rank_file(self._encoding), GIGATOKEN_SCHEMES[self._encoding])
            return self._backend


def _load(ranks: bytes, scheme: str) -> Any:
    """Return gigatoken's tokenizer of these ranks, which it reads from a path only."""
    from gigatoken.gigatoken_rs import BPETokenizer

    with _path_of(_without_gaps(ranks)) as path:
        return BPETokenizer.from_tiktoken(path, scheme, None)


def _without_gaps(ranks: bytes) -> bytes:
    r"""Return the ranks with the one filled that p50k_base leaves free, since gigatoken wants them all.

    By two bytes that stand side by side in no UTF-8, so that no text holds the token.

    >>> _without_gaps(b"IQ== 0\nIiI= 2\n")
    b'IQ== 0\n//8= 1\nIiI= 2\n'
    """
    lines = ranks.splitlines(keepends=True)
    if not lines or int(lines[-1].split()[1]) == len(lines) - 1:
        return ranks
    place = next(i for i, line in enumerate(lines) if int(line.split()[1]) != i)
    return b"".join([*lines[:place], b"//8= %d\n" % place, *lines[place:]])


@contextmanager
def _path_of(content: bytes) -> Iterator[str]:
    """Give a path at which the content can be read: in memory on Linux, else of a passing file."""
    if hasattr(os, "memfd_create"):
        with open(os.memfd_create("ranks"), "wb") as stream:
            stream.write(content)
            stream.flush()
            yield f"/proc/self/fd/{stream.fileno()}"
        return
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "ranks")
        with open(path, "wb") as stream:
            stream.write(content)
        yield path


def _ends_of_runs(offsets: npt.NDArray[np.int64], goes_on: npt.NDArray[np.bool_]) -> list[int]:
    """Return where runs of texts begin that go on one with the next, and where the last one ends."""
    import numpy as np

    is_end = np.append(True, ~goes_on)
    is_end[-1] = True
    found: list[int] = offsets[is_end].tolist()
    return found


def _tokens_between(
    offsets: npt.NDArray[np.int64],
    encoded: list[npt.NDArray[np.uint32]],
    n_bytes: npt.NDArray[np.uint16],
) -> list[int]:
    """Return how many tokens lie between offsets at which tokens end."""
    import numpy as np

    ends = np.cumsum(n_bytes.take(np.concatenate(encoded)), dtype=np.int64)
    counts: list[int] = np.diff(np.searchsorted(ends, offsets, side="right")).tolist()
    return counts


class _Growth:
    """How many bytes the memory of this process grew by while texts were counted.

    Memory is looked at once in half a megabyte of text. What others do meanwhile may be in it: it ends
    what is remembered earlier than need be, but not often, since no more than `AT_MOST` is believed.
    """

    SPAN = 1 << 19
    AT_MOST = 10  # bytes for each byte of text

    def __init__(self) -> None:
        self.n_bytes = 0
        self._n_text = 0
        self._resident: int | None = None

    def begin(self) -> None:
        """Look at the memory, unless texts are counted already since it was looked at."""
        if not self._n_text:
            self._resident = _resident()

    def end(self, n_text: int) -> None:
        """Add what memory has grown by if enough bytes of text have been counted."""
        self._n_text += n_text
        if self._n_text < self.SPAN:
            return
        resident = _resident()
        if resident is None or self._resident is None:
            self.n_bytes += self._n_text
        else:
            self.n_bytes += min(max(resident - self._resident, 0), self.AT_MOST * self._n_text)
        self._n_text = 0


def _resident() -> int | None:
    """Return the bytes of memory this process holds; None where the system has no such file."""
    try:
        with open(MEMORY_OF_THIS_PROCESS, "rb") as stream:
            return int(stream.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return None
