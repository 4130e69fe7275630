from __future__ import annotations

import random

import numpy as np
import pytest

from tests.unit.quality import clean, spoil
from tests.unit.quality.tables import paragraphs, words
from tore_export.quality.letters import BITS, letter_order, sequences

# written for this test, in languages of which the table has seen nothing
UNSEEN = {
    "fi": """Vanha mylly seisoi joen rannalla, ja sen vieressä kasvoi suuri koivu. Joka aamu mylläri
        avasi ovet ja päästi lapset sisään katsomaan, kuinka vilja muuttui jauhoiksi. Illalla he istuivat
        pihalla ja kuuntelivat, mitä vanhat ihmiset kertoivat menneistä ajoista.""",
    "hu": """A régi malom a folyó partján állt, és mellette egy nagy nyírfa nőtt. A molnár minden reggel
        kinyitotta az ajtókat, és beengedte a gyerekeket, hogy lássák, hogyan lesz a búzából liszt. Este
        az udvaron ültek, és hallgatták, mit mesélnek az öregek a régi időkről.""",
    "eu": """Errota zaharra ibaiaren ondoan zegoen, eta haren alboan urki handi bat hazten zen. Goizero
        errotariak ateak irekitzen zituen eta haurrei sartzen uzten zien, garia nola irin bihurtzen zen
        ikus zezaten. Arratsean patioan esertzen ziren, eta zaharrak entzuten zituzten.""",
}


def order(document: list[tuple[int, str]]) -> float:
    return float(letter_order(words(document))["letter_order"][0])


@pytest.mark.parametrize("language", clean.FRAMES)
@pytest.mark.parametrize("way", ["letters within words", "characters of elements"])
def test_shuffled_letters_lie_far_below_text(language: str, way: str) -> None:
    document = clean.document(1, language)
    assert order(document) > 0.3
    assert order(spoil.KINDS[way](document, random.Random(1))) < -0.9


@pytest.mark.parametrize("language", UNSEEN)
def test_languages_the_table_has_not_seen_lie_between(language: str) -> None:
    document = paragraphs(UNSEEN[language])
    assert order(document) > -0.6
    assert order(spoil.letters_within_words(document, random.Random(1))) < order(document) - 0.3


def test_scripts_without_evidence_and_few_words_are_not_judged() -> None:
    assert np.isnan(order(paragraphs("漢字かな交じり文" * 20)))
    assert np.isnan(order(paragraphs("مرحبا بكم في المكتبة " * 20)))
    assert np.isnan(order(paragraphs("Only a few words.")))


def test_a_word_gives_its_last_three_sequences_of_three_letters_or_two_cyrillic_ones() -> None:
    found = words(paragraphs("it the pumps машина"))
    assert [at.tolist() for _, at in sequences(found)] == [[1, 2], [2], [2], [3], [3], [3]]
    assert all((slots >= 0).all() and (slots < 1 << BITS).all() for slots, _ in sequences(found))
