"""The language that text is added in: what the source says, else what the text's words say."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

__all__ = ["language_of"]

_SAMPLE = 2_000
"""Characters of a text that are looked at where its source says nothing."""

_LEAST_WORDS = 3

_CODES = """
eng=en deu=de ger=de fra=fr fre=fr spa=es ita=it por=pt nld=nl dut=nl zho=zh chi=zh jpn=ja rus=ru kor=ko
english=en german=de deutsch=de french=fr spanish=es italian=it portuguese=pt dutch=nl chinese=zh
japanese=ja russian=ru
"""
_SHORT = dict(pair.split("=") for pair in _CODES.split())
"""ISO 639-2 and 639-3, and English names, to ISO 639-1, of languages there are phrases in, or may be."""

_WORD = re.compile(r"[^\W\d_]+")
_KANA = re.compile(r"[\u3041-\u30ff]")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_FIRST_OF_KANA = "\u3041"
_MAIN_SHARE = 0.3
"""Of letters: from so many on, a script is the text's."""


def language_of(said: str | None, text: str) -> str | None:
    """Return a language by its code of two letters, without region; None where nothing tells it.

    Of a text whose source names none, the script tells Japanese, Chinese and Korean, and function words
    the others.

    >>> language_of("pt-BR", ""), language_of("deu", ""), language_of(None, "Der Hund und die Katze")
    ('pt', 'de', 'de')
    >>> language_of(None, "水泵的安装方法"), language_of(None, "valve")
    ('zh', None)
    """
    if said and said.strip():
        code = re.split(r"[-_,;\s]", said.strip().casefold(), maxsplit=1)[0]
        return _SHORT.get(code, code)
    sample = text[:_SAMPLE].casefold()
    words = _WORD.findall(sample)
    if words and max(sample) >= _FIRST_OF_KANA:
        n_letters = sum(map(len, words))
        n_kana, n_han = len(_KANA.findall(sample)), len(_HAN.findall(sample))
        if n_kana + n_han > _MAIN_SHARE * n_letters:
            return "ja" if n_kana > n_han / 10 else "zh"
        if len(_HANGUL.findall(sample)) > _MAIN_SHARE * n_letters:
            return "ko"
    owners = _owners()
    seen: Counter[str] = Counter()
    for word, n in Counter(words).items():
        for language in owners.get(word, ()):
            seen[language] += n
    if not seen:
        return None
    # of languages that share their words, the one that stands first: it is the larger one
    language, n_words = max(seen.items(), key=lambda pair: (pair[1], -_ranks()[pair[0]]))
    return language if n_words >= _LEAST_WORDS else None


@cache
def _owners() -> dict[str, tuple[str, ...]]:
    """Return the languages of each function word."""
    from tore_export.quality.stop_words import STOP_WORDS

    found: dict[str, list[str]] = {}
    for language, words in STOP_WORDS.items():
        for word in words.split():
            found.setdefault(word, []).append(language)
    return {word: tuple(languages) for word, languages in found.items()}


@cache
def _ranks() -> dict[str, int]:
    from tore_export.quality.stop_words import STOP_WORDS

    return {language: rank for rank, language in enumerate(STOP_WORDS)}
