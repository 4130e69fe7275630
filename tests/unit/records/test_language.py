"""The language that text is added in."""

from __future__ import annotations

import pytest

from tore_export.records.language import language_of


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("de", "de"),
        ("DE_at", "de"),
        ("pt-BR", "pt"),
        ("eng", "en"),
        ("German", "de"),
        ("zh-Hans-CN", "zh"),
        ("fr, en", "fr"),
        (" nl ", "nl"),
        ("tlh", "tlh"),
    ],
)
def test_what_the_source_says_counts_without_its_region(said: str, code: str) -> None:
    assert language_of(said, "The text is in English and says so.") == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The pump is in the cellar and it is old.", "en"),
        ("Die Pumpe ist im Keller und sie ist alt.", "de"),
        ("La pompe est dans la cave et elle ne fait pas de bruit.", "fr"),
        ("La bomba está en el sótano y no es nueva.", "es"),
        ("La pompa è nella cantina e non fa rumore per il vicino.", "it"),
        ("A bomba está no porão e não é nova para ela.", "pt"),
        ("De pomp is in de kelder en het is niet nieuw.", "nl"),
        ("Насос стоит в подвале и не работает, это плохо.", "ru"),
        ("水泵在地下室，已经很旧了。", "zh"),
        ("ポンプは地下室にあり、とても古いです。", "ja"),
        ("펌프는 지하실에 있고 아주 오래되었습니다.", "ko"),
        ("valve seal pump", None),
        ("", None),
        ("12 34", None),
    ],
)
def test_where_it_says_nothing_the_text_tells(text: str, code: str | None) -> None:
    assert language_of(None, text) == code
    assert language_of(" ", text) == code
