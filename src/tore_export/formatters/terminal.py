"""Text on a grid of equal cells, as a terminal shows it: how wide it is, and where its lines break."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["breakable", "width_of", "wrap"]

_JOINER, _EMOJI_STYLE = "\u200d", "\ufe0f"
_SEQUENCE = re.compile("[\u200d\ufe0f\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff]")
"""What makes a text's width another one than the sum of its characters'."""

_EMOJI_BY_STYLE = frozenset("#*0123456789\u203c\u2049\u2139")
"""What the emoji style makes wide besides symbols."""

_ZERO = (
    # not marks by category, but shown with the syllable or not at all
    (0x1160, 0x11FF),
    (0xD7B0, 0xD7FF),
    (0x3164, 0x3164),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8),
    (0xE0000, 0xE0FFF),
)
_WIDE_SINCE_UNICODE_16 = (
    (0x2630, 0x2637),
    (0x268A, 0x268F),
    (0x4DC0, 0x4DFF),
    (0x1D300, 0x1D356),
    (0x1D360, 0x1D376),
)
_WIDE_WHEN_ASSIGNED = ((0x2FFC, 0x2FFF), (0x16FE0, 0x18DFF), (0x1F6D5, 0x1F6DF), (0x1FA70, 0x1FAFF))
"""Ranges in which whatever a later Unicode adds is wide: an older Python knows nothing of it."""

_SPANNING = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\u00ad")
"""Format characters that are seen: Arabic signs before numbers, and the soft hyphen."""

_MOST_REMEMBERED = 50_000


class _Widths(dict[str, int]):
    """Character to the number of its cells; it starts anew before a hostile text fills the memory."""

    def __missing__(self, character: str) -> int:
        if len(self) > _MOST_REMEMBERED:
            self.clear()
        cells = self[character] = _cells_of(character)
        return cells


_WIDTHS = _Widths()


def _cells_of(character: str) -> int:
    category = unicodedata.category(character)
    code = ord(character)
    if category in ("Mn", "Me", "Cc", "Zl", "Zp") or _lies_in(code, _ZERO):
        return 0
    if category == "Cf":
        return int(character in _SPANNING)
    if unicodedata.east_asian_width(character) in "WF" or _lies_in(code, _WIDE_SINCE_UNICODE_16):
        return 2
    return 2 if category == "Cn" and _lies_in(code, _WIDE_WHEN_ASSIGNED) else 1


def _lies_in(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= code <= last for first, last in ranges)


def width_of(text: str) -> int:
    """Return how many cells a line takes.

    Wide and full-width East Asian characters and emoji take two, marks, controls and format
    characters none, and what is wide in some fonts only (East Asian ambiguous) one. Emoji that
    joiners, a skin tone or the emoji style put together, and the two letters of a flag, take two.

    **Source** Unicode Standard Annex 11 (East Asian width), Unicode Technical Standard 51 (emoji).

    >>> width_of("abc"), width_of("表格"), width_of("e\u0301"), width_of("👩‍🚒"), width_of("🇫🇷")
    (3, 4, 1, 2, 2)
    """
    if text.isascii() and text.isprintable():
        return len(text)
    if _SEQUENCE.search(text):
        return _width_of_sequences(text)
    return sum(map(_WIDTHS.__getitem__, text))


def _width_of_sequences(text: str) -> int:
    total = last = 0  # last: cells of the character, or sequence, that a mark belongs to
    previous = ""
    joining = half_a_flag = False
    for character in text:
        if character == _JOINER:
            joining = bool(previous) and _is_symbol(previous)
        elif character == _EMOJI_STYLE:
            if last == 1 and (previous in _EMOJI_BY_STYLE or _is_symbol(previous)):
                total += 1
                last = 2
        elif "\U0001f3fb" <= character <= "\U0001f3ff" and previous and _is_symbol(previous):
            total += 2 - last
            last = 2
        elif "\U0001f1e6" <= character <= "\U0001f1ff":
            total += 0 if half_a_flag else 2
            half_a_flag, joining, previous, last = not half_a_flag, False, character, 2
        elif cells := _WIDTHS[character]:
            half_a_flag = False
            if not (joining and _is_symbol(character)):
                total += cells
                last = cells
            joining, previous = False, character
    return total


def _is_symbol(character: str) -> bool:
    """Whether it can begin or continue an emoji: in no letter, number or mark a joiner means one."""
    return unicodedata.category(character) in ("So", "Sm", "Sk", "Cn")


_WORDS = re.compile(r"[ \t]+")
_NO_BREAK_BEFORE = frozenset(
    "!%),.:;?]}¢°·»†‡›℃‰’”…‥"
    "、。〃々〉》」』】〕〗〙〛〜〞〟゠・ーヽヾ゛゜ヶヵぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ"
    "！％），．：；？］｝｠｡｣､･ｰ￠"
)
_NO_BREAK_BEHIND = frozenset("$([{£¥«‘“‹〈《「『【〔〖〘〚〝＄（［｛｟｢￡￥￦")
"""Where Chinese and Japanese typesetting breaks no line (kinsoku): before what closes, behind what
opens."""


def wrap(text: str, width: int) -> str:
    r"""Return `text` with its lines broken at spaces, or between wide characters, to fit `width`.

    Its own newlines stay. A word longer than a line keeps a line to itself, and so do wide
    characters that may not be parted: no line begins with what closes or ends with what opens.

    >>> wrap("one two three", 7), wrap("表格「表格」。", 6)
    ('one two\nthree', '表格\n「表\n格」。')
    """
    return "\n".join(line for given in text.split("\n") for line in _lines(given, width))


def _lines(text: str, width: int) -> list[str]:
    if width_of(text) <= width:
        return [text]
    lines: list[str] = []
    line: list[str] = []
    used = 0
    for word in _WORDS.split(text.strip(" \t")):
        space = bool(line)
        for part in breakable(word):
            size = width_of(part)
            if line and used + space + size > width:
                lines.append("".join(line))
                line, used, space = [], 0, False
            if space:
                line.append(" ")
                used += 1
                space = False
            line.append(part)
            used += size
    lines.append("".join(line))
    return lines


def breakable(word: str) -> list[str]:
    """Return the parts a word may be broken into.

    >>> breakable("PDF表格（表）。"), breakable("word")
    (['PDF', '表', '格', '（表）。'], ['word'])
    """
    if word.isascii():
        return [word]
    parts = []
    start = 0
    was_wide = kept = False  # kept: the character before holds on to the one behind it
    for at, character in enumerate(word):
        cells = _WIDTHS[character]
        if cells == 0:
            kept = character == _JOINER or (kept and at > 0)
            continue
        tone = "\U0001f3fb" <= character <= "\U0001f3ff"
        if (
            at > start
            and (cells == 2 or was_wide)
            and not kept
            and not tone
            and character not in _NO_BREAK_BEFORE
        ):
            parts.append(word[start:at])
            start = at
        was_wide = cells == 2
        kept = character in _NO_BREAK_BEHIND
    parts.append(word[start:])
    return parts
