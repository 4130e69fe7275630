"""What it costs to end a chunk at a place: what trying out every way to go on says, too."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.chunks.checks import check_chunks
from tore_export.chunks import Chunker
from tore_export.chunks.ahead import LEAST_FILL, N_AHEAD, PARTS, costs_of, costs_of_ends
from tore_export.chunks.strength import Strength, section_strength
from tore_export.chunks.units import Units
from tore_export.tokens.manager import TokenizerManager

STRENGTHS = [*Strength, *(section_strength(level) for level in range(1, 7))]
TEXTS = st.lists(st.tuples(st.integers(1, 30), st.sampled_from(STRENGTHS)), min_size=1, max_size=30)
WORDS = "One two three, four five. Six seven eight nine ten eleven twelve? Thirteen.\n\n"


def units_of(text: list[tuple[int, int]]) -> Units:
    """Return units of so many tokens, that end so well."""
    tokens = np.array([0, *accumulate(n for n, _ in text)], np.int64)
    strengths = bytes([Strength.DOCUMENT, *(strength for _, strength in text)])
    safe = bytes([1]) * len(tokens)
    return Units(tokens.data, tokens.data, strengths, safe, np.zeros(len(tokens), np.int64).data)


def differences(units: Units, most: int, n: int | None = None) -> list[int]:
    (costs,) = costs_of([units], most, 0.9)
    assert costs is not None
    return np.diff(np.asarray(costs.values)[:n]).tolist()


def tried_out(units: Units, most: int) -> list[int]:
    """Return the costs by their definition, one place after the other."""
    tokens, last = units.tokens.tolist(), len(units.tokens) - 1
    worse = costs_of_ends(round((1 - 0.9) * most * PARTS))[list(units.strengths)].tolist()

    def ahead(place: int, n: int) -> int:
        if n == 0 or place == last:
            return 0
        high = max(bisect_right(tokens, tokens[place] + most) - 1, place + 1)
        if high == last:
            return max(most - (tokens[last] - tokens[place]), 0) * PARTS // 2
        fill = int(most * LEAST_FILL)
        ends = [i for i in range(place + 1, high) if tokens[i] >= tokens[place] + fill] + [high]
        return min(
            (most - (tokens[i] - tokens[place])) * PARTS + worse[i] + ahead(i, n - 1) for i in ends
        )

    return [worse[i] + ahead(i, N_AHEAD) - tokens[i] * PARTS for i in range(len(tokens))]


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.integers(8, 60))
def test_costs_are_the_least_of_all_ways_to_go_on(text, most):
    units = units_of(text)
    assert differences(units, most) == np.diff(tried_out(units, most)).tolist()


@settings(deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=5), st.integers(8, 60))
def test_texts_do_not_know_of_each_other(texts, most):
    all_units = [units_of(text) for text in texts]
    found = [np.diff(np.asarray(costs.values)) for costs in costs_of(all_units, most, 0.9)]
    assert [costs.tolist() for costs in found] == [differences(unit, most) for unit in all_units]


@settings(deadline=None)
@given(TEXTS, TEXTS, st.integers(8, 60))
def test_what_is_certain_stays_whatever_follows(text, more, most):
    units = units_of(text)
    (costs,) = costs_of([units], most, 0.9)
    longer = units_of(text + more)
    n = costs.n_certain
    assert differences(units, most, n) == differences(longer, most, n)


def test_the_stronger_the_end_the_less_it_costs():
    costs = []
    for strength in sorted(set(STRENGTHS) - set(range(3))):
        unit = units_of([(10, 4), (10, strength), (10, 4), (10, 4)])
        costs.append(differences(unit, 25)[1])
    assert costs == sorted(costs, reverse=True)


@pytest.mark.parametrize(
    "letters", [WORDS, "漢字かな交じり文。第二の文、そして", "Donaudampfschiffahrt"]
)
def test_with_min_fill_1_every_chunk_is_full_but_for_what_one_more_grapheme_takes(letters):
    chunker = Chunker(TokenizerManager().get("cl100k_base"), 50, min_fill=1)
    chunks = chunker.chunks(letters * 60)
    check_chunks(letters * 60, chunks, chunker)
    assert min(chunk.n_tokens for chunk in chunks[:-1]) >= 47
