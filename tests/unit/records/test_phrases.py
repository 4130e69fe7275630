"""Phrases: read from YAML, checked, chosen by a hash."""

from __future__ import annotations

import pickle
from pathlib import Path
from string import Formatter

import pytest

from tore_export.errors import ConfigError
from tore_export.records.phrases import PLACEHOLDERS, read_phrases, shipped_phrases

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "zh", "ja", "ru")


def test_every_phrase_is_there_in_every_language_that_is_shipped() -> None:
    shipped = shipped_phrases()
    assert set(LANGUAGES) <= set(shipped.languages)
    for language in shipped.languages:
        assert set(shipped.data[language]) == set(PLACEHOLDERS), language


def test_what_asks_has_variants_and_no_two_are_the_same() -> None:
    shipped = shipped_phrases()
    for language in shipped.languages:
        for key, phrases in shipped.data[language].items():
            assert len(set(phrases)) == len(phrases)
            assert len(phrases) > 1 or key in ("part", "given_answer"), (language, key)


def test_which_phrase_is_chosen_depends_on_what_it_is_chosen_by_and_on_nothing_else() -> None:
    shipped = shipped_phrases()
    said = [shipped.say("en", "continue", f"doc-{i}") for i in range(100)]
    assert said == [shipped.say("en", "continue", f"doc-{i}") for i in range(100)]
    assert set(said) == set(shipped.data["en"]["continue"])


def test_braces_in_what_is_filled_in_stay_as_they_are() -> None:
    assert "{x}" in shipped_phrases().say("en", "meaning", "a", term="{x}")


def test_a_language_or_key_that_is_not_there_is_said_in_english(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("pl:\n  continue: Kontynuuj tekst.\n")
    phrases = read_phrases(str(own))
    assert phrases.say("pl", "continue", "a") == "Kontynuuj tekst."
    assert phrases.of("pl", "section") == shipped_phrases().of("en", "section")
    assert phrases.of("tlh", "continue") == shipped_phrases().of("en", "continue")


def test_a_file_replaces_key_by_key_and_is_told_from_what_is_shipped(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("en:\n  meaning: ['Define {term}.', 'What is {term}?']\n")
    phrases = read_phrases(str(own))
    assert phrases.of("en", "meaning") == ("Define {term}.", "What is {term}?")
    assert phrases.of("en", "section") == shipped_phrases().of("en", "section")
    assert str(phrases) != str(shipped_phrases())
    assert phrases != shipped_phrases()
    assert pickle.loads(pickle.dumps(phrases)) == phrases
    assert hash(phrases) == hash(read_phrases(str(own)))
    assert "pt" in repr(phrases)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no phrases"),
        ("- a", "no phrases"),
        ("en: Continue.", "en: no phrases"),
        ("en: {contiune: Go on.}", "en.contiune: no such phrase"),
        ("en: {contiune: Go on.}", "did you mean continue?"),
        ("en: {meaning: What is it?}", "en.meaning: not the placeholders of this phrase"),
        ("en: {meaning: What is it?}", "allowed: {term}"),
        ("en: {continue: 'Go on, {title}.'}", "allowed: none"),
        ("en: {meaning: '{term} {term.x}'}", "not the placeholders"),
        ("en: {meaning: '{term:>9}'}", "not the placeholders"),
        ("en: {meaning: '{term!r}'}", "not the placeholders"),
        ("en: {meaning: '{}'}", "not the placeholders"),
        ("en: {meaning: '{term'}", "not a phrase"),
        ("en: {continue: []}", "en.continue: no phrase"),
        ("en: {continue: [7]}", "en.continue: no phrase"),
        ("en: {continue: ' '}", "en.continue: no phrase"),
        ("en: {continue: 7}", "a text, or a list of texts"),
        ("en: {continue: a, continue: b}", "stands twice"),
        ("en: [", "not YAML"),
    ],
)
def test_a_file_with_a_fault_is_refused_by_name_and_key(
    tmp_path: Path, text: str, said: str
) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(text)
    with pytest.raises(ConfigError) as caught:
        read_phrases(str(own))
    assert said in str(caught.value)
    assert "own.yaml" in str(caught.value)


def test_a_file_that_is_not_there_or_no_text_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path / "latin.yaml"):
        (tmp_path / "latin.yaml").write_bytes(b"en: \xff")
        with pytest.raises(ConfigError, match="phrases cannot be read"):
            read_phrases(str(path))


def test_placeholders_are_those_of_the_english_phrases() -> None:
    for key, phrases in shipped_phrases().data["en"].items():
        for phrase in phrases:
            names = {name for _, name, _, _ in Formatter().parse(phrase) if name}
            assert names == PLACEHOLDERS[key]
