"""The words that prompts are made of, in several languages, from YAML."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from string import Formatter
from typing import Any

from tore_export.errors import ConfigError, nearest
from tore_export.storage.yaml_files import parse_yaml

__all__ = ["PLACEHOLDERS", "Phrases", "read_phrases", "shipped_phrases"]

FALLBACK = "en"

PLACEHOLDERS: Mapping[str, frozenset[str]] = {
    "continue": frozenset(),
    "section": frozenset({"section"}),
    "section_of": frozenset({"section", "title"}),
    "part": frozenset({"prompt", "number", "of"}),
    "meaning": frozenset({"term"}),
    "given": frozenset({"key", "title"}),
    "given_answer": frozenset({"key", "value"}),
    "cell": frozenset({"row", "column"}),
    "cell_answer": frozenset({"row", "column", "value"}),
    "row": frozenset({"column", "value"}),
    "row_answer": frozenset({"row", "column", "value"}),
    "count": frozenset(),
    "count_answer": frozenset({"n"}),
    "as_csv": frozenset(),
    "as_json": frozenset(),
    "as_list": frozenset(),
}
"""The keys of each language, with what stands in braces in each of their phrases."""

Data = Mapping[str, Mapping[str, tuple[str, ...]]]


class Phrases:
    """Phrases by language and key; where a language has none for a key, the English ones.

    `str` of it tells its content, so that a run goes on only with the same words.

    >>> shipped_phrases().say("de", "meaning", "doc-1", term="Ventil")
    'Erkläre „Ventil“.'
    """

    __slots__ = ("data", "digest")

    def __init__(self, data: Data) -> None:
        self.data = data
        told = sha256()
        for language in sorted(data):
            for key in sorted(data[language]):
                told.update("\0".join([language, key, *data[language][key], ""]).encode())
        self.digest = told.hexdigest()

    def say(self, language: str, phrase: str, chosen_by: str, /, **values: object) -> str:
        """Return a phrase filled in; which of several is chosen by the hash of `chosen_by`."""
        phrases = self.of(language, phrase)
        at = 0
        if len(phrases) > 1:
            at = int.from_bytes(sha256(f"{phrase}\0{chosen_by}".encode()).digest()[:4], "big")
        return phrases[at % len(phrases)].format(**values)

    def of(self, language: str, key: str) -> tuple[str, ...]:
        """Return the phrases of a key, those of English where a language has none."""
        return self.data.get(language, {}).get(key) or self.data[FALLBACK][key]

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages there are phrases in."""
        return tuple(self.data)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Phrases) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __reduce__(self) -> tuple[Any, ...]:
        return Phrases, (self.data,)

    def __repr__(self) -> str:
        return f"Phrases({', '.join(self.data)})"

    def __str__(self) -> str:
        return f"{', '.join(self.data)} {self.digest[:16]}"


@cache
def shipped_phrases() -> Phrases:
    """Return the phrases of this package."""
    text = (files("tore_export.records") / "phrases.yaml").read_text(encoding="utf-8")
    return Phrases(_checked(text, "phrases.yaml"))


def read_phrases(path: str) -> Phrases:
    """Return the shipped phrases with those of a file in their place, key by key.

    **Raises** ConfigError, naming file and key, for a file that is none of phrases: a key that is not
    known, a placeholder that is missing or too much.
    """
    try:
        with open(path, encoding="utf-8") as stream:
            text = stream.read()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("phrases cannot be read", where=path, found=error) from error
    own = _checked(text, path)
    shipped = shipped_phrases().data
    return Phrases(
        {
            language: {**shipped.get(language, {}), **own.get(language, {})}
            for language in dict.fromkeys([*shipped, *own])
        }
    )


def _checked(text: str, where: str) -> Data:
    _, value = parse_yaml(text, where)
    if not isinstance(value, dict) or not value:
        raise ConfigError(
            "no phrases", where=where, allowed="languages, as en, with phrases by key"
        )
    return {
        str(language).casefold(): _language(said, where, str(language))
        for language, said in value.items()
    }


def _language(said: Any, where: str, language: str) -> dict[str, tuple[str, ...]]:
    if not isinstance(said, dict):
        raise ConfigError(
            "no phrases", where=f"{where}: {language}", found=repr(said), allowed="phrases by key"
        )
    found = {}
    for key, phrases in said.items():
        place = f"{where}: {language}.{key}"
        if key not in PLACEHOLDERS:
            raise ConfigError(
                "no such phrase",
                where=place,
                allowed=", ".join(PLACEHOLDERS),
                hint=nearest(str(key), PLACEHOLDERS),
            )
        several = [phrases] if isinstance(phrases, str) else phrases
        if not isinstance(several, list) or not several:
            raise ConfigError(
                "no phrase", where=place, found=repr(phrases), allowed="a text, or a list of texts"
            )
        found[key] = tuple(_phrase(phrase, key, place) for phrase in several)
    return found


def _phrase(phrase: Any, key: str, place: str) -> str:
    if not isinstance(phrase, str) or not phrase.strip():
        raise ConfigError("no phrase", where=place, found=repr(phrase), allowed="a text")
    wanted = PLACEHOLDERS[key]
    shown = ", ".join(f"{{{name}}}" for name in sorted(wanted)) or "none"
    try:
        parts = list(Formatter().parse(phrase))
    except ValueError as error:
        raise ConfigError(
            f"not a phrase: {error}",
            where=place,
            found=repr(phrase),
            allowed=f"placeholders {shown}; a brace is written twice",
        ) from error
    plain = all(not form and not conversion for _, name, form, conversion in parts if name)
    if {name for _, name, _, _ in parts if name is not None} != wanted or not plain:
        raise ConfigError(
            "not the placeholders of this phrase", where=place, found=repr(phrase), allowed=shown
        )
    return phrase
