"""Headings in plain text: underlined, numbered, named by a word such as Chapter, or in capitals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from itertools import islice

__all__ = ["Headings", "Styles", "adornment_of", "heading_of", "n_heading_lines"]

MAX_HEADING = 100
"""No line of more characters is a heading."""

_MOST_WORDS = 12
_ADORNMENT = re.compile(r"[ \t]*([=\-~^\"#*+_'`:.━─═])\1{2,}[ \t]*")
_WORD = re.compile(
    r"((?i:chapter|section|part|appendix|annex|book|volume|kapitel|abschnitt|teil|anhang|chapitre"
    r"|partie|annexe|livre|cap[ií]tulo|secci[oó]n|parte|capitolo|hoofdstuk|глава|часть))"
    r"[^\S\n]+(?:\d{1,4}(?:\.\d{1,4})*|[IVXLC]{1,8}|[A-Z]|(?i:one|two|three|four|five|six|seven|eight))"
    r"(?:[.:]?|(?:[^\S\n]*[.:–—-])?[^\S\n]+\S.*)"
)
_NUMBERED = re.compile(r"((?:\d{1,4}|[A-Z])(?:\.\d{1,4})*)\.?[^\S\n]+(\S.*)")
_ROMAN = re.compile(r"([IVXLC]{1,8})\.[^\S\n]+(\S.*)")
_ALONE = re.compile(r"(?:\A|\n[ \t]*\n|\f)([^\n\f]+)(?=\n[ \t]*\n|\n?\Z|\n?\f)")
_SENTENCE_END = (".", ",", ";", ":", "!", "…", "-")
_LETTERS = re.compile(r"[^\W\d_]")


class Styles:
    """Levels of headings by their looks: the first look met is the highest, each new one lies deeper.

    Numbered headings know their depth by themselves, so theirs follow one another.

    >>> styles = Styles()
    >>> [styles.level(look) for look in ("=", "-", "=", ("number", 1), ("number", 2), ("number", 1))]
    [1, 2, 1, 3, 4, 3]
    """

    def __init__(self) -> None:
        self._looks: list[object] = []

    def level(self, look: object) -> int:
        """Return the level of a heading that looks like this."""
        if isinstance(look, tuple) and look[0] == "number":
            for depth in range(1, look[1] + 1):
                if ("number", depth) not in self._looks:
                    self._looks.append(("number", depth))
        elif look not in self._looks:
            self._looks.append(look)
        return self._looks.index(look) + 1


class Headings:
    """What is known of the headings of the whole text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.styles = Styles()

    @cached_property
    def are_numbered(self) -> bool:
        """Whether numbers before headings are a habit here: one line with a number shows nothing."""
        looks = (heading_of(found[1]) for found in _ALONE.finditer(self._text))
        numbered = (look for look in looks if isinstance(look, tuple) and look[0] == "number")
        return len(list(islice(numbered, 2))) == 2


def adornment_of(line: str) -> str | None:
    """Return the character that a line consists of, three times or more; None for any other line.

    >>> adornment_of("====="), adornment_of("== =="), adornment_of("--")
    ('=', None, None)
    """
    found = _ADORNMENT.fullmatch(line)
    return found[1] if found else None


def underlines(title: str, line: str) -> bool:
    """Tell whether a line is as long as the line above needs it to be its underline.

    >>> underlines("Pumps", "====="), underlines("From: somebody@example.org", "-----")
    (True, False)
    """
    words, marks = title.strip(), line.strip()
    if not words or len(words) > MAX_HEADING or adornment_of(title) is not None:
        return False
    if abs(_indent(title) - _indent(line)) > 2:
        return False
    # three marks are a rule unless the title is as short
    return len(marks) >= len(words) - 2 if len(marks) < 20 else 2 * len(marks) >= len(words)


def n_heading_lines(lines: Sequence[str], place: int, *, is_first: bool) -> int:
    """Return of how many lines a heading with its underline is made here; 0 where there is none.

    >>> n_heading_lines(["====", "Pumps", "===="], 0, is_first=True)
    3
    """
    line = lines[place]
    following = lines[place + 1 : place + 3]
    if not following:
        return 0
    over, under = adornment_of(line), adornment_of(following[0])
    if over is not None and len(following) == 2 and adornment_of(following[1]) == over:
        return 3 if underlines(following[0], following[1]) else 0
    if under is None or not underlines(line, following[0]):
        return 0
    # in the middle of a block the underline has to fit exactly
    return 2 if is_first or len(line.strip()) == len(following[0].strip()) else 0


def heading_of(line: str, *, below: str | None = None) -> object:
    """Return the look of a heading that a line of its own is, None where it is none.

    `below` is the line right under it, if there is one: a heading in capitals may have its text there,
    indented, as in a manual page; no other heading has.

    >>> heading_of("1.2 Pumps"), heading_of("Chapter 4"), heading_of("SEE ALSO"), heading_of("No.")
    (('number', 2), ('word', 'chapter'), 'capitals', None)
    """
    text = line.strip()
    if not text or len(text) > MAX_HEADING or len(text.split()) > _MOST_WORDS:
        return None
    if below is None:
        found = _WORD.fullmatch(text)
        if found is not None and text[0].isupper() and not text.endswith((",", ";")):
            return "word", found[1].lower()
        look = _numbered(text)
        if look is not None:
            return look
    elif _indent(line) or _indent(below) < 3:
        return None
    return "capitals" if _in_capitals(text) else None


def _numbered(text: str) -> object:
    found = _NUMBERED.fullmatch(text)
    if found is not None:
        number, title = found.groups()
        depth = number.count(".") + 1
        if depth > 1 or (number.isdigit() and int(number) < 100):
            return ("number", depth) if _is_title(title) else None
    found = _ROMAN.fullmatch(text)
    return "roman" if found is not None and _is_title(found[2]) else None


def _is_title(text: str) -> bool:
    """Tell whether this could be the words of a heading: no sentence, no value with a unit."""
    return (
        not text.endswith(_SENTENCE_END)
        and not text[0].islower()
        and _LETTERS.match(text) is not None
        and "  " not in text
    )


def _in_capitals(text: str) -> bool:
    if not text.isupper() or len(text) > 60 or text.endswith(_SENTENCE_END):
        return False
    words = text.split()
    return (
        len(words) <= 8
        and len(_LETTERS.findall(text)) >= 4
        and not any(sign in text for sign in "=<>{}[]|@#%\\/_*")
        and "  " not in text
    )


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
