"""OpenAI's tokenizers: counts that are tiktoken's, whichever engine makes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tore_export.tokens.fast import fast_counter, guarded_places
from tore_export.tokens.ranks import load_encoding
from tore_export.tokens.reference import count_reference, is_panic, without_surrogates

if TYPE_CHECKING:
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
        import numpy as np

        fast = fast_counter(self.encoding)
        if fast is None:
            return [count_reference(text, self.encoding) for text in texts]
        # no ASCII text is guarded, and Python knows in no time which are ASCII
        beyond = [i for i, text in enumerate(texts) if not text.isascii()]
        try:
            data = "".join([texts[i] for i in beyond]).encode()
        except UnicodeEncodeError:
            return self.count_batch([without_surrogates(text) for text in texts])
        guarded: list[int] = []
        if len(guarded_places(np.frombuffer(data, np.uint8))):
            each = ((i, np.frombuffer(texts[i].encode(), np.uint8)) for i in beyond)
            guarded = [i for i, bytes_of_one in each if len(guarded_places(bytes_of_one))]
        return self._count(texts, guarded)

    def count_column(self, texts: pa.Array) -> pa.Array:
        """Return the number of tokens of each text of an Arrow array, null for null.

        **Writes** int64.
        """
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        texts = texts.cast(pa.large_string())
        _, offset_buffer, data_buffer = texts.buffers()
        guarded: list[int] = []
        if len(texts) and data_buffer is not None:
            offsets = np.frombuffer(offset_buffer, np.int64)[texts.offset :][: len(texts) + 1]
            data = np.frombuffer(data_buffer, np.uint8)[offsets[0] : offsets[-1]]
            places = guarded_places(data) + offsets[0]
            rows = np.searchsorted(offsets, places, side="right") - 1
            guarded = np.unique(rows).tolist()
        counts = pa.array(self._count(texts.fill_null("").to_pylist(), guarded), pa.int64())
        return pc.if_else(texts.is_valid(), counts, None) if texts.null_count else counts

    def encode(self, text: str) -> list[int]:
        """Return the tokens themselves, by tiktoken."""
        ids: list[int] = load_encoding(self.encoding).encode_ordinary(text)
        return ids

    def _count(self, texts: list[str], guarded: list[int]) -> list[int]:
        """Count by the fast engine, and the texts at the places `guarded` by the reference."""
        fast = fast_counter(self.encoding)
        try:
            counts = None if fast is None else fast(texts)
        except BaseException as error:
            if not is_panic(error):
                raise
            counts = None
        if counts is None:
            return [count_reference(text, self.encoding) for text in texts]
        for i in guarded:
            counts[i] = count_reference(texts[i], self.encoding)
        return counts
