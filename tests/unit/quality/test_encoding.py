from __future__ import annotations

import numpy as np
import pytest

from tests.unit.quality.tables import paragraphs, words
from tore_export.quality.encoding import encoding_faults

SENTENCES = {
    "de": "Größe und Öffnung prüfen – dann „Übernehmen“ wählen, außer bei Fuß… Ähnlich für Öl.",
    "fr": "Le café « À l’été » est fermé ; à « bientôt », dit-elle, où êtes-vous né ? Ça va.",
    "nb": "Å installere på nytt er ikke så lett. Å lese “det” er bedre… Når Ø er nær – ÆØÅ “.",
    "is": "Ðað er ekki nóg að fara, þú verður að sjá það – og Ísland “.",
    "pt": "NÃO é possível. A IRMÃ disse: «não» – São João à “tarde”. Ação, reação…",
    "ru": "Это предложение написано по-русски – без ошибок, “в кавычках” и «ёлочках»…",
    "ja": "これは日本語の文章です。「引用」もあります。漢字とかなが混ざっています、はい。",
    "el": "Αυτή είναι μια πρόταση στα ελληνικά – με «εισαγωγικά» και τόνους. Ναι.",
    "vi": "Đây là một câu tiếng Việt với nhiều dấu – “không có lỗi” nào cả, bạn nhé…",
    "en": "Plain text “with quotes” – and dashes — and an ellipsis… It’s fine. Naïve café, right?",
}


def faults(text: str) -> dict[str, float]:
    return {name: float(v[0]) for name, v in encoding_faults(words(paragraphs(text))).items()}


@pytest.mark.parametrize("language", SENTENCES)
def test_right_text_has_no_mojibake_in_any_language(language: str) -> None:
    assert faults(SENTENCES[language])["mojibake_share"] == 0


@pytest.mark.parametrize("language", SENTENCES)
def test_utf_8_read_as_windows_1252_is_mojibake_once_and_twice(language: str) -> None:
    once = SENTENCES[language].encode().decode("cp1252", "replace")
    assert faults(once)["mojibake_share"] > 0.02
    twice = SENTENCES[language].encode().decode("latin-1").encode().decode("latin-1")
    assert faults(twice)["mojibake_share"] > 0.02


def test_a_sequence_counts_once() -> None:
    text = "x" * 94 + " â€™ Ã©"
    assert faults(text)["mojibake_share"] == pytest.approx(2 / (len(text) + 1))


def test_a_space_may_stand_for_a_no_break_space_in_a_sequence() -> None:
    assert faults("x" * 40 + " voilÃ  le café")["mojibake_share"] > 0


def test_replaced_characters_and_controls_are_counted() -> None:
    text = "x" * 45 + "\ufffd\ufffd\x07\x7f\t"
    assert faults(text)["replacement_share"] == pytest.approx(2 / 51)
    assert faults(text)["control_share"] == pytest.approx(2 / 51)
    assert faults("x" * 50)["control_share"] == 0


def test_little_text_says_nothing() -> None:
    assert np.isnan(faults("Ã©")["mojibake_share"])


def test_faults_stay_with_their_document() -> None:
    found = encoding_faults(words(paragraphs("x" * 50), paragraphs("x" * 50 + "\ufffd\x07Ã©"), []))
    for values in found.values():
        assert values[0] == 0
        assert values[1] > 0
        assert np.isnan(values[2])
