from __future__ import annotations

import pytest

from tests.unit.quality.tables import paragraphs, words
from tore_export.quality.stop_words import STOP_WORDS, stop_words


def test_every_listed_word_is_short_enough_to_be_found() -> None:
    listed = [word for text in STOP_WORDS.values() for word in text.split()]
    assert all(len(word.encode()) <= 8 and word == word.lower() for word in listed)


def test_nearly_every_listed_word_is_found() -> None:
    for text in STOP_WORDS.values():
        found = stop_words(words(paragraphs(text))).found
        assert found.mean() >= 0.8


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The pump is not to be opened if it is on, and you have to wait.", "en"),
        (
            "Die Pumpe ist nicht zu öffnen, und sie wird mit dem Schlüssel auf den Tisch gelegt.",
            "de",
        ),
        (
            "La pompe ne doit pas être ouverte et vous devez attendre que le moteur soit dans les",
            "fr",
        ),
        ("Насос не следует открывать, и вы должны ждать, как это или при если он", "ru"),
        ("Młyn nie stoi nad rzeką, ale to jest do tego, że się nie da i od", "pl"),
        ("漢字", ""),
    ],
)
def test_the_language_is_that_of_most_function_words(text: str, language: str) -> None:
    assert stop_words(words(paragraphs(text))).languages.tolist() == [language]


def test_each_document_is_looked_at_by_itself() -> None:
    found = stop_words(words(paragraphs("the valve of the pump"), [], paragraphs("valve")))
    assert found.found.tolist() == [True, False, True, True, False, False]
    assert found.distinct.tolist() == [2, 0, 0]
    assert found.share.tolist()[0] == 0.6
    assert found.languages.tolist() == ["en", "", ""]
