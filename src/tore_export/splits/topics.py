"""What a text is about, as a few small integers that can be compared by their product.

Each word is hashed to one of DIMENSIONS places and a sign, weighted by the logarithm of how often it
stands in the text, and the vector is made as long as an int8 holds. Texts that share their rarer words
point the same way; what all texts share is taken out where they are compared.

**Source** Weinberger et al. 2009, Feature Hashing for Large Scale Multitask Learning (sign and place).
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    import polars as pl

__all__ = ["DIMENSIONS", "topics_of"]

DIMENSIONS = 64
LONGEST = 127
CHARACTERS_READ = 20_000
"""What a text is about shows in its first pages."""

WORD = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]|\p{L}{4,}"
"""A word of four letters or more, or a character of a script that does not part words."""


def topics_of(texts: pa.Array) -> pa.Array:
    """Return a vector for each text, DIMENSIONS int8 as bytes; null for null, zero without words."""
    import polars as pl

    column = pl.Series("word", texts)
    places = (
        pl.DataFrame({"row": pl.Series(range(len(texts)), dtype=pl.Int64), "word": column})
        .drop_nulls()
        .with_columns(
            pl.col("word").str.slice(0, CHARACTERS_READ).str.to_lowercase().str.extract_all(WORD)
        )
        .explode("word", empty_as_null=False)
        .group_by("row", "word", maintain_order=True)
        .len("n")
    )
    sums = _sums(places, len(texts))
    lengths = np.sqrt((sums * sums).sum(axis=1))
    scaled = sums * (LONGEST / np.where(lengths == 0, 1, lengths))[:, None]
    data = np.rint(scaled).astype(np.int8).tobytes()
    vectors = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(DIMENSIONS), len(texts), [None, pa.py_buffer(data)]
    )
    if not texts.null_count:
        return vectors
    return pa.compute.if_else(texts.is_valid(), vectors, pa.scalar(None, pa.binary(DIMENSIONS)))


def _sums(places: pl.DataFrame, n_rows: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Add the words of each row up at their places."""
    import polars as pl

    known = places["word"].unique(maintain_order=True)
    hashes = pl.DataFrame(
        {
            "word": known,
            "hash": pl.Series([crc32(word.encode()) for word in known.to_list()], dtype=pl.Int64),
        }
    )
    joined = places.join(hashes, on="word", how="left", maintain_order="left")
    hashed = joined["hash"].to_numpy()
    # a whole number of 1/256: sums of those are the same in any order
    weights = np.rint(np.log2(1 + joined["n"].to_numpy().astype(np.float64)) * 256)
    signs = 1 - 2 * ((hashed // DIMENSIONS) & 1)
    at = joined["row"].to_numpy() * DIMENSIONS + hashed % DIMENSIONS
    sums = np.bincount(at, weights * signs, n_rows * DIMENSIONS).astype(np.float64)
    return sums.reshape(n_rows, DIMENSIONS)
