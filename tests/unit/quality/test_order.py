from __future__ import annotations

import random

import numpy as np
import pytest

from tests.unit.quality import clean, spoil
from tests.unit.quality.tables import paragraphs, texts_of, words
from tore_export.quality.evidence import SCALE, mean_evidence, table
from tore_export.quality.letters import letter_order
from tore_export.quality.order import FORM_BITS, forms, pairs, word_order
from tore_export.quality.stop_words import stop_words

Document = list[tuple[int, str]]
JAPANESE = """古い水車小屋は川の岸に立っていて、その隣には大きな木が生えていました。
    毎朝、粉屋は戸を開けて、子どもたちに中を見せてくれました。夕方になると、みんなは庭に座って、昔の話を聞いていました。"""


def measured(document: Document) -> dict[str, float]:
    found = words(document)
    letters = letter_order(found)["letter_order"]
    return {k: float(v[0]) for k, v in word_order(found, stop_words(found), letters).items()}


@pytest.mark.parametrize("language", clean.FRAMES)
@pytest.mark.parametrize("way", ["words of elements", "words of the document"])
def test_shuffled_words_lie_below_sentences(language: str, way: str) -> None:
    document = clean.document(2, language)
    before = measured(document)["word_order"]
    after = measured(spoil.KINDS[way](document, random.Random(1)))["word_order"]
    assert before > -0.02
    assert after < -0.15


def test_japanese_is_judged_by_its_characters() -> None:
    text = "".join(JAPANESE.split())
    mixed = "".join(random.Random(1).sample(text, len(text)))
    assert measured(paragraphs(text))["character_order"] > 0.35
    assert measured(paragraphs(mixed))["character_order"] < 0.1
    assert np.isnan(measured(paragraphs(text))["word_order"])


def test_a_language_without_evidence_is_not_judged() -> None:
    text = """Stary młyn stał nad brzegiem rzeki, a obok niego rosła wielka brzoza i nie było tam nikogo.
        Każdego ranka młynarz otwierał drzwi i wpuszczał dzieci, żeby zobaczyły, jak to się robi, ale nie
        od razu. Wieczorem siadali na podwórzu i słuchali, co starzy ludzie mówią o dawnych czasach, i to
        jest do dziś tak, że nie da się tego zapomnieć."""
    assert np.isnan(measured(paragraphs(text))["word_order"])


def test_few_pairs_say_nothing() -> None:
    assert np.isnan(measured(paragraphs("The keeper of the harbour is here."))["word_order"])


def test_pairs_are_neighbours_with_a_space_in_a_line() -> None:
    found = words(paragraphs("open the valve, then\nwait (here) foo_bar 漢字", "end"))
    _, at = pairs(found, table("words"))
    written = texts_of(found)
    assert [(written[i], written[i + 1]) for i in at] == [
        ("open", "the"),
        ("the", "valve"),
        ("valve", "then"),
        ("wait", "here"),
        ("here", "foo"),
        ("bar", "漢"),
        ("漢", "字"),
    ]


def test_forms_are_the_word_and_its_ending_and_numbers_are_all_one() -> None:
    whole, endings = forms(words(paragraphs("opening closing 12 2023 мотора забора")))
    assert whole[0] != whole[1]
    assert endings[0] == endings[1]
    assert whole[2] == whole[3] == endings[2] == endings[3]
    assert endings[4] == endings[5]
    assert (whole < 1 << FORM_BITS).all()


def test_mean_evidence_is_the_mean_of_the_tables_entries_by_document() -> None:
    found = words(paragraphs("a b"), [], paragraphs("c"))
    slots = np.array([5, 6, 7])
    means = mean_evidence("order", [(slots, np.array([0, 1, 2]))], found, 1)
    entries = table("order")[slots].astype(float) / SCALE
    assert means[0] == pytest.approx(entries[:2].mean())
    assert np.isnan(means[1])
    assert means[2] == pytest.approx(entries[2])
    assert np.isnan(mean_evidence("order", [(slots, np.array([0, 1, 2]))], found, 2)[2])
