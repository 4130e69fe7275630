from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.quality.tables import paragraphs, words
from tore_export.quality import repetition
from tore_export.quality.repetition import duplicate_lines, repeated_ngrams

Texts = list[str]


def plainly(texts: Texts) -> dict[str, float]:
    """The same signals of one document, the slow and obvious way, for words of one letter."""
    line = [text.split() for text in texts]
    spans, at = [], 0
    for tokens in line:
        for token in tokens:
            spans.append((token, at, at + len(token)))
            at += len(token) + 1
    found = {}
    for n in range(2, 11):
        grams = [tuple(s[0] for s in spans[i : i + n]) for i in range(len(spans) - n + 1)]
        counts = Counter(grams)
        if n <= 4:
            sizes = {g: spans[i + n - 1][2] - spans[i][1] for i, g in reversed([*enumerate(grams)])}
            most = max((sizes[g] * k for g, k in counts.items() if k > 1), default=0)
            found[f"top_{n}_gram"] = most / at
        else:
            seen: set[tuple[str, ...]] = set()
            covered: set[int] = set()
            for i, gram in enumerate(grams):
                if gram in seen:
                    covered.update(range(i, i + n))
                seen.add(gram)
            in_words = sum(end - start for _, start, end in spans)
            part = sum(spans[i][2] - spans[i][1] for i in covered)
            found[f"duplicated_{n}_grams"] = part / in_words
    return found


DOCUMENT = st.lists(
    st.lists(st.sampled_from(["a", "b", "cc", "ddd"]), min_size=1, max_size=12).map(" ".join),
    min_size=1,
    max_size=5,
)
TWICE = DOCUMENT.map(lambda texts: [*texts, *texts])


@settings(deadline=None)
@given(st.lists(DOCUMENT | TWICE, min_size=1, max_size=4))
def test_ngrams_are_counted_as_the_obvious_way_counts_them(documents: list[Texts]) -> None:
    found = repeated_ngrams(words(*(paragraphs(*texts) for texts in documents)))
    for number, texts in enumerate(documents):
        for name, value in plainly(texts).items():
            assert found[name][number] == pytest.approx(value), name


def test_an_ngram_by_hand() -> None:
    found = repeated_ngrams(words(paragraphs("I am Frank, I am Frank, I am Frank")))
    # 35 bytes with the line's end, 24 of them in words; "am Frank" is the largest pair
    assert found["top_2_gram"][0] == pytest.approx(3 * len("am Frank") / 35)
    assert found["top_3_gram"][0] == pytest.approx(3 * len("I am Frank") / 35)
    # the five words from the fourth and from the fifth on were there before: six words of 16 bytes
    assert found["duplicated_5_grams"][0] == pytest.approx(16 / 24)


def test_nothing_repeats_from_one_document_to_the_next() -> None:
    same = paragraphs("one two three four five six seven eight nine ten eleven")
    found = repeated_ngrams(words(same, same, [], same))
    for values in found.values():
        assert np.nansum(values) == 0
        assert np.isnan(values).tolist() == [False, False, True, False]


def test_a_long_repeat_at_a_documents_end_does_not_go_on_in_the_next_one() -> None:
    line = " ".join("abcdefgh")
    documents = [[f"{line} i j k", line], ["i j k l m"]]
    found = repeated_ngrams(words(*(paragraphs(*texts) for texts in documents)))
    for number, texts in enumerate(documents):
        for name, value in plainly(texts).items():
            assert found[name][number] == pytest.approx(value), name


def test_lines_that_were_there_before_count_by_number_and_by_bytes() -> None:
    found = duplicate_lines(words(paragraphs("Note", "Note", "Other line"), paragraphs("Note"), []))
    assert found["dup_line_frac"][:2].tolist() == [1 / 3, 0]
    assert found["dup_line_char_frac"][:2].tolist() == [5 / 21, 0]
    assert np.isnan(found["dup_line_frac"][2])


def test_no_words_at_all_are_no_fault() -> None:
    assert all(np.isnan(values).all() for values in repeated_ngrams(words([], [])).values())
    dots = repeated_ngrams(words(paragraphs("...")))
    assert np.isnan(dots["duplicated_5_grams"]).all()
    assert dots["top_2_gram"].tolist() == [0]


def test_documents_without_words_before_others_change_nothing() -> None:
    said = paragraphs("one two three four five six seven one two three four five six seven")
    alone = repeated_ngrams(words(said))
    after = repeated_ngrams(words([], [], said))
    for name, values in alone.items():
        assert after[name][2] == values[0]


def test_looking_at_one_length_at_a_time_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    line = "one two three four five six seven eight nine ten eleven twelve"
    document = paragraphs(line, f"{line} and on", "four five six seven eight nine", line[:30] * 3)
    at_once = repeated_ngrams(words(document, paragraphs(line), document))
    monkeypatch.setattr(repetition, "MOST_AT_ONCE", 1)
    one_by_one = repeated_ngrams(words(document, paragraphs(line), document))
    assert {name: values.tolist() for name, values in at_once.items()} == {
        name: values.tolist() for name, values in one_by_one.items()
    }
    assert at_once["duplicated_5_grams"][0] > at_once["duplicated_10_grams"][0] > 0
