"""Faults of encoding: bytes that were read as what they are not."""

from __future__ import annotations

import numpy as np

from tore_export.quality.prose import PADDING, Bytes, Counts, Shares, differences, share
from tore_export.quality.words import Words

__all__ = ["encoding_faults"]

MIN_BYTES = 40
"""From so much text on, a share of its characters says something."""

CONTINUED = {bytes([byte]).decode("latin-1") for byte in range(0x80, 0xC0)} | {
    bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0xC0)
}
"""What a continuation byte of UTF-8 (0x80 to 0xBF) looks like where it was read as another encoding."""

LEADS = {**dict.fromkeys(range(0xC2, 0xDC), 1), **dict.fromkeys(range(0xE0, 0xF0), 2), 0xF0: 3}
"""Leading bytes of UTF-8, as Latin-1 characters, and how many continuation bytes go with them."""


def encoding_faults(words: Words) -> dict[str, Shares]:
    """Return the shares of a document's characters that are mojibake, replaced, or controls.

    `mojibake_share` counts a sequence that is UTF-8 read as Latin-1 or windows-1252 (`Ã©`, `â€™`) as
    one. `replacement_share` counts U+FFFD, `control_share` what no text has but tab and newline.
    """
    text, starts, beyond = words.prose.text, words.prose.document_starts, words.beyond
    n_characters = differences(starts) - beyond.continuing(starts)
    enough = n_characters >= MIN_BYTES

    def of_all(found: Counts) -> Shares:
        return share(differences(found.searchsorted(starts)), n_characters, enough)

    replaced = beyond.at.compress(beyond.first_bytes == 0xEF)
    replaced = replaced[(text[replaced + 1] == 0xBF) & (text[replaced + 2] == 0xBD)]
    return {
        "mojibake_share": of_all(_mojibake(text, beyond.at.compress(beyond.first_bytes == 0xC3))),
        "replacement_share": of_all(replaced),
        "control_share": of_all(_controls(text)),
    }


def _controls(text: Bytes) -> Counts:
    """Return where controls lie. Zeros that pad the text lie before and after all documents."""
    low = text < 0x20
    n_breaks = np.count_nonzero(text == 0x0A) + np.count_nonzero(text == 0x09)
    if np.count_nonzero(low) == n_breaks + 2 * PADDING and not (text == 0x7F).any():
        return np.zeros(0, np.int64)
    found: Counts = (low & (text != 0x0A) & (text != 0x09) | (text == 0x7F)).nonzero()[0]
    return found


def _mojibake(text: Bytes, at: Counts) -> Counts:
    """Return where such sequences begin, given where U+00C0 to U+00FF lie, whose first byte is C3."""
    if not len(at):
        return at
    second, third = text.take(at + 1), text.take(at + 2)
    # what follows is beyond ASCII, or the space below
    maybe = (WANTED.take(second) > 0) & ((third >= 0x80) | (third == 0x20) & (second <= 0x83))
    at = at.compress(maybe)
    wanted = WANTED.take(text.take(at + 1))
    # U+00A0 is a plain space after Normalize; "Å ", "à «" and "IRMÃ " have one, too, and are right
    once = (text[at + 1] <= 0x83) & ((text[at - 1] < 0x41) | (text[at - 1] > 0x5A))
    places = at + 2
    for nth in range(3 if len(at) else 0):
        code, size = _decoded(text, places)
        good = ((wanted <= nth) | CONTINUES[code] | (code == 0x20) & once).nonzero()[0]
        at, wanted, once = at.take(good), wanted.take(good), once.take(good)
        places = (places + size).take(good)
    return at


def _decoded(text: Bytes, at: Counts) -> tuple[Counts, Counts]:
    """Return the characters at `at` (0 for those of four bytes) and their sizes in bytes."""
    first, second, third = (text[at + offset].astype(np.int64) for offset in range(3))
    two = (first & 0x1F) << 6 | second & 0x3F
    three = (first & 0x0F) << 12 | (second & 0x3F) << 6 | third & 0x3F
    code = np.where(first < 0x80, first, np.where(first < 0xE0, two, three))
    code[first >= 0xF0] = 0
    return code, SIZES.take(first)


def _flags(characters: set[str]) -> np.ndarray:
    flags = np.zeros(0x10000, np.bool_)
    flags[[ord(character) for character in characters]] = True
    return flags


CONTINUES = _flags(CONTINUED)
WANTED = np.zeros(256, np.int64)
for _byte, _count in LEADS.items():
    WANTED[_byte - 0x40] = _count  # U+00C3 is C3 83
SIZES = np.array([1 + sum(byte >= first for first in (0x80, 0xE0, 0xF0)) for byte in range(256)])
