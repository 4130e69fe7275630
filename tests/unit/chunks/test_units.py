"""Units: what is far too long for a chunk is counted in parts, all else as it is."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tore_export.chunks import Chunker
from tore_export.chunks.units import Counter
from tore_export.tokens.manager import TokenizerManager

CL100K = TokenizerManager().get("cl100k_base")
SIGNS = st.sampled_from(["a", "Z", " ", "\n", "é", "語", "😀", "12", "word"])


@given(pieces=st.lists(st.lists(SIGNS, min_size=1, max_size=60).map("".join), min_size=1))
def test_only_pieces_that_are_too_long_are_counted_in_parts(pieces: list[str]) -> None:
    text = "".join(pieces)
    places = np.concatenate([[0], np.cumsum([len(piece) for piece in pieces])]).astype(np.int64)
    counts = Counter(text, CL100K, too_long=40)(places)
    for piece, count in zip(pieces, counts.tolist(), strict=True):
        if len(piece.encode()) <= 40:
            assert count == CL100K.count(piece)
        else:
            parts = [piece[at : at + 10] for at in range(0, len(piece), 10)]
            assert count == sum(CL100K.count(part) for part in parts)


@given(st.data())
def test_the_chosen_pieces_have_the_counts_they_have_among_all(data: st.DataObject) -> None:
    pieces = data.draw(st.lists(st.lists(SIGNS, min_size=1).map("".join), min_size=1))
    chosen = np.array([data.draw(st.booleans()) for _ in pieces])
    places = np.concatenate([[0], np.cumsum([len(piece) for piece in pieces])]).astype(np.int64)
    count = Counter("".join(pieces), CL100K, too_long=8)
    assert count(places, chosen).tolist() == count(places)[chosen].tolist()


@pytest.mark.parametrize("max_tokens", [8, 64])
@pytest.mark.parametrize("letters", ["abcdefghij", "äöüß語漢", "ab "])
def test_a_word_far_longer_than_any_token_is_cut_within_the_bound(
    max_tokens: int, letters: str
) -> None:
    draw = random.Random(3)
    word = "".join(draw.choices(letters, k=40_000))
    text = f"Before it. {word} Behind it, some more words."
    chunks = Chunker(CL100K, max_tokens).chunks(text)
    assert "".join(chunk.own for chunk in chunks) == text
    assert all(CL100K.count(chunk.text) == chunk.n_tokens <= max_tokens for chunk in chunks)
