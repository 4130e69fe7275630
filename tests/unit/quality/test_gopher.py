from __future__ import annotations

import numpy as np
import pytest

from tests.unit.quality.tables import paragraphs, words
from tore_export.documents.schema import Kind
from tore_export.quality.gopher import gopher_quality
from tore_export.quality.stop_words import stop_words

Document = list[tuple[int, str]]
TWENTY = " ".join(["valve"] * 20)


def measured(document: Document) -> dict[str, float]:
    found = words(document)
    sample = found.sample(512)
    signals = gopher_quality(found, sample, stop_words(sample))
    return {name: float(values[0]) for name, values in signals.items()}


def test_words_are_counted() -> None:
    assert measured(paragraphs("One two three."))["n_words"] == 3


@pytest.mark.parametrize("word", ["valve", "Größe", "время", "überfüllt"])
def test_mean_word_length_counts_characters_not_bytes(word: str) -> None:
    text = " ".join([word] * 20) + " … — “"
    assert measured(paragraphs(text))["mean_word_length"] == len(word)


def test_characters_of_unspaced_scripts_have_no_word_length() -> None:
    assert np.isnan(measured(paragraphs("漢字の文" * 10))["mean_word_length"])
    mixed = measured(paragraphs(TWENTY + " 漢字"))
    assert mixed["mean_word_length"] == 5
    assert mixed["n_words"] == 22


def test_few_words_are_not_judged_by_their_length() -> None:
    assert np.isnan(measured(paragraphs("internationalisation"))["mean_word_length"])


def test_one_blob_is_enough_for_long_words() -> None:
    blob = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3"
    assert measured(paragraphs(blob))["long_word_share"] == 1
    assert measured(paragraphs("короткие" * 10))["long_word_share"] == 0
    assert np.isnan(measured(paragraphs("QUJDREVGR0hJSktMTU5PUFFSU1RVVldY"))["long_word_share"])


@pytest.mark.parametrize(
    ("signs", "ratio"),
    [("#" * 5, 0.25), ("... " * 4, 0.2), ("….… ", 0.1), ("## ... …", 0.1), (". .. ....", 0.05)],
)
def test_number_signs_and_ellipses_are_set_against_words_the_more_frequent_counts(
    signs: str, ratio: float
) -> None:
    assert measured(paragraphs(f"{TWENTY} {signs}"))["symbol_to_word_ratio"] == ratio


def test_lines_that_begin_with_a_bullet_or_end_in_an_ellipsis() -> None:
    found = measured(paragraphs("- one", "• two", "three …", "four...", "– five", "six", "é"))
    assert found["bullet_line_share"] == 3 / 7
    assert found["ellipsis_line_share"] == 2 / 7


def test_words_without_a_letter_lower_the_share_of_those_with_one() -> None:
    assert measured(paragraphs("12 2023 " * 5 + "x7 " * 10))["alpha_word_share"] == 0.5


def test_punctuation_is_no_word_so_structure_does_not_lower_it() -> None:
    table = "| valve | open |\n|---|---|\n" * 10
    assert measured([(Kind.RAW, table)])["alpha_word_share"] == 1


def test_stop_words_are_those_of_the_documents_language() -> None:
    text = (
        "Der Schlüssel liegt in der Küche und das Fenster ist auf, aber die Tür ist nicht zu. " * 2
    )
    found = measured(paragraphs(text))
    assert found["stop_words"] >= 6
    assert 0.4 < found["stop_word_share"] < 0.7
    assert measured(paragraphs(TWENTY))["stop_words"] == 0


def test_an_ellipsis_at_a_documents_beginning_is_its_own() -> None:
    found = words(paragraphs(TWENTY), paragraphs(f"...{TWENTY}"), paragraphs(f"{TWENTY}..."))
    sample = found.sample(512)
    ratios = gopher_quality(found, sample, stop_words(sample))["symbol_to_word_ratio"]
    assert ratios.tolist() == [0, 1 / 20, 1 / 20]
