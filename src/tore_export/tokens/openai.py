"""OpenAI's tokenizers: counts that are tiktoken's, whichever engine makes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tore_export.tokens.fast import fast_engine
from tore_export.tokens.guard import guarded_rows
from tore_export.tokens.ranks import load_encoding
from tore_export.tokens.reference import count_reference, is_panic, without_surrogates

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

__all__ = ["OpenAITokenizer"]


@dataclass(frozen=True, slots=True)
class OpenAITokenizer:
    """Counts tokens as `tiktoken.Encoding.encode_ordinary` makes them: special tokens are text.

    `name` is what was asked for, `encoding` what counts, `approximate` whether the count stands in
    for a tokenizer that is not public. Small and picklable; the engines are loaded when the first
    text is counted, once per process.

    >>> OpenAITokenizer("gpt-4", "cl100k_base").count("hello world")
    2
    """

    name: str
    encoding: str
    approximate: bool = False

    def count(self, text: str) -> int:
        """Return the number of tokens of one text."""
        return self.count_batch([text])[0]

    def count_batch(self, texts: list[str]) -> list[int]:
        """Return the number of tokens of each text.

        >>> OpenAITokenizer("gpt-4", "cl100k_base").count_batch(["a", "", "b c"])
        [1, 0, 2]
        """
        engine = fast_engine(self.encoding)
        if engine is None:
            return self._count_by_reference(texts)
        # no ASCII text is guarded, and Python knows in no time which are ASCII
        if all(map(str.isascii, texts)):
            counts = self._unless_panic(engine.count_texts, texts)
            return self._count_by_reference(texts) if counts is None else counts
        import numpy as np

        try:
            contents = [text.encode() for text in texts]
        except UnicodeEncodeError:
            return self.count_batch([without_surrogates(text) for text in texts])
        offsets = np.cumsum([0, *map(len, contents)])
        return self._count_slices(np.frombuffer(b"".join(contents), np.uint8), offsets)

    def count_column(self, texts: pa.Array) -> pa.Array:
        """Return the number of tokens of each text of an Arrow array, null for null.

        **Writes** int64.
        """
        return self._count_column(texts, None)

    def count_pieces(self, texts: pa.Array, goes_on: npt.NDArray[np.bool_]) -> pa.Array:
        r"""Return what `count_column` does, of pieces of texts that lie one after the other.

        `goes_on` tells of each piece whether the next one goes on with its text, cut at a place where
        this encoding counts both sides as the whole. A text of many pieces is then encoded once.

        >>> import numpy, pyarrow
        >>> pieces = pyarrow.array(["hello world\n\n", "hello"])
        >>> OpenAITokenizer("gpt-4", "cl100k_base").count_pieces(
        ...     pieces, numpy.array([True, False])
        ... ).to_pylist()
        [3, 1]
        """
        return self._count_column(texts, goes_on)

    def _count_column(self, texts: pa.Array, goes_on: npt.NDArray[np.bool_] | None) -> pa.Array:
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        texts = texts.cast(pa.large_string())
        _, offset_buffer, data_buffer = texts.buffers()
        if not len(texts) or data_buffer is None:
            counts = pa.array([0] * len(texts), pa.int64())
        else:
            offsets = np.frombuffer(offset_buffer, np.int64)[texts.offset :][: len(texts) + 1]
            data = np.frombuffer(data_buffer, np.uint8)[offsets[0] : offsets[-1]]
            found = self._count_slices(data, offsets - offsets[0], goes_on)
            counts = pa.array(found, pa.int64())
        return pc.if_else(texts.is_valid(), counts, None) if texts.null_count else counts

    def encode(self, text: str) -> list[int]:
        """Return the tokens themselves, by tiktoken."""
        ids: list[int] = load_encoding(self.encoding).encode_ordinary(text)
        return ids

    def _count_slices(
        self,
        data: npt.NDArray[np.uint8],
        offsets: npt.NDArray[np.int64],
        goes_on: npt.NDArray[np.bool_] | None = None,
    ) -> list[int]:
        """Count what lies in UTF-8 `data` between two offsets; guarded texts by the reference."""
        engine, counts = fast_engine(self.encoding), None
        if engine is not None:
            counts = self._unless_panic(engine.count_slices, data, offsets, goes_on)
        if engine is None or counts is None:
            rows: Sequence[int] = range(len(offsets) - 1)
            found = [0] * len(rows)
        else:
            rows, found = guarded_rows(data, offsets, long_s=engine.is_wrong_on_long_s), counts
        for row in rows:
            text = data[offsets[row] : offsets[row + 1]].tobytes().decode(errors="replace")
            found[row] = count_reference(text, self.encoding)
        return found

    def _count_by_reference(self, texts: list[str]) -> list[int]:
        return [count_reference(text, self.encoding) for text in texts]

    @staticmethod
    def _unless_panic(count: Callable[..., list[int]], *texts: Any) -> list[int] | None:
        """Return what an engine counts, None where it panics."""
        try:
            return count(*texts)
        except BaseException as error:
            if not is_panic(error):
                raise
            return None
