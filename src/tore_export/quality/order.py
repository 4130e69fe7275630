"""Order: whether words follow each other as in sentences, or anyhow."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from tore_export.quality.evidence import mean_evidence, table
from tore_export.quality.prose import Counts, Shares
from tore_export.quality.stop_words import StopWords
from tore_export.quality.words import MIX, Numbers, Words

__all__ = ["BITS", "FORM_BITS", "LANGUAGES", "forms", "pairs", "word_order"]

BITS = 18
"""The table has 2^18 entries; pairs that share one share its evidence."""

LANGUAGES = frozenset(
    ("ca", "cs", "da", "de", "el", "en", "es", "fr", "id", "it", "nl", "pt", "ro", "ru", "sv", "vi")
)
"""Languages with spaces that there is evidence for; others are not judged."""

MIN_PAIRS = 20
MIN_STOP_WORDS = 0.04
"""With a smaller share of function words its language is not known by them."""

KNOWN_LETTERS = 0.3
"""Such a document is still judged if its words end as those of LANGUAGES do, see `letter_order`."""

SCRIPTS = np.array(
    [
        0x61 <= byte <= 0x7A
        or 0x30 <= byte <= 0x39
        or 0xC3 <= byte <= 0xCA
        or 0xCE <= byte <= 0xD2
        or 0xE3 <= byte <= 0xED
        for byte in range(256)
    ]
)
"""First bytes of words that there may be evidence for."""

GAPS = np.full(256, 1, np.uint8)
GAPS[ord(" ")] = 0
GAPS[ord(",")] = 2
GAPS[[ord(mark) for mark in ".!?:;"]] = 3

FORM_BITS = 16
WORD_IS_FREQUENT, ENDING_IS_FREQUENT = 1, 2
NUMBER, ENDING = np.uint64(0x30), np.uint64(1 << 63)
CODE = np.uint64(0xFF51AFD7ED558CCD)


def word_order(words: Words, stops: StopWords, letters: Shares) -> dict[str, Shares]:
    """Return how much more a document's pairs of words look like sentences than like words at random.

    Both are means of ln(p / q): p is how often such a pair is seen in text, q how often in text whose
    words, or characters, were shuffled. `word_order` is over pairs of words, of documents in one of
    LANGUAGES or in Korean, as far as can be told; `character_order` over pairs of characters of
    Chinese and Japanese. What counts of a word is the word itself if it is a frequent one, else its
    ending if that is; whether it begins with a capital; and what punctuation stands in between.
    """
    slots, at = _pairs(words, _shipped_codes())
    if words.alone is None:
        characters = np.zeros(len(at), np.bool_)
    else:
        characters = words.alone.take(at) & words.alone.take(at + 1)
    of_words, of_characters = (
        mean_evidence("order", [(slots.compress(which), at.compress(which))], words, MIN_PAIRS)
        for which in (~characters, characters)
    )
    many = stops.share >= MIN_STOP_WORDS
    evident = np.array([code in LANGUAGES for code in stops.languages.tolist()], np.bool_)
    known = many & evident | ~many & (letters >= KNOWN_LETTERS)
    known &= 3 * words.n_alone <= 2 * words.counts
    known |= 2 * words.count(words.initials >= 0xEA) > words.counts  # Hangul
    return {
        "word_order": np.where(known, of_words, np.nan),
        "character_order": of_characters,
    }


def pairs(words: Words, frequent: npt.NDArray[np.int8]) -> tuple[Counts, Counts]:
    """Return an entry of the table for each pair of neighbours in a line, and the first one's number.

    Neighbours have a space between them and no line end, or are characters that stand alone.
    """
    return _pairs(words, _codes_by_form(frequent))


Codes = npt.NDArray[np.int32]


def _pairs(words: Words, codes: tuple[Codes, Codes]) -> tuple[Counts, Counts]:
    text = words.prose.text
    known = SCRIPTS.take(words.initials)
    gaps = np.minimum(words.starts[1:] - words.ends[:-1], 255).astype(np.uint8)
    after = text.take(words.ends[:-1])
    # mostly one byte is between two words
    last, more = after.copy(), (gaps != 1).nonzero()[0]
    last[more] = text.take(words.starts.take(more + 1) - 1)
    spaced = ((after == 0x20) | (last == 0x20)) & (after != 0x0A) & (last != 0x0A) & (gaps <= 4)
    at = ((spaced | (gaps == 0)) & known[1:] & known[:-1]).nonzero()[0]
    # a line may end between two spaces
    wide = (gaps.take(at) > 2).nonzero()[0]
    inner = words.ends.take(at.take(wide))
    ended = (text.take(inner + 1) == 0x0A) | (text.take(inner + 2) == 0x0A)
    if ended.any():
        at = np.delete(at, wide.compress(ended))
    of_words = _codes(words, codes)
    between = GAPS.take(after)
    between *= gaps > 0
    keys = of_words.take(at)
    keys *= np.uint64(5)
    keys += between.take(at)
    keys *= CODE
    keys += of_words[1:].take(at)
    return _hashed(keys, BITS), at


def forms(words: Words) -> tuple[Counts, Counts]:
    """Return for each word a number for itself and one for its ending, both below 2^FORM_BITS.

    An ending is three ASCII letters, or four bytes where the last letter has more than one; all
    numbers are the same word.
    """
    surplus = np.minimum(words.sizes, 8)
    surplus -= 3
    surplus -= words.prose.text.take(words.ends - 1) >= 0x80
    np.maximum(surplus, 0, out=surplus)
    surplus <<= 3
    endings = words.tails >> surplus.view(np.uint64)
    endings |= ENDING
    whole = words.ids.copy()
    numbers = words.all_digits.nonzero()[0]
    whole[numbers] = endings[numbers] = NUMBER
    return _hashed(whole, FORM_BITS), _hashed(endings, FORM_BITS)


def _codes(words: Words, codes: tuple[Codes, Codes]) -> Numbers:
    """Return a number for what counts of each word."""
    whole, endings = forms(words)
    found = np.minimum(codes[0].take(whole), codes[1].take(endings))
    found |= words.prose.text.take(words.starts) - 0x41 < 26  # a capital
    return found.astype(np.uint64)


def _codes_by_form(frequent: npt.NDArray[np.int8]) -> tuple[Codes, Codes]:
    """Return by word, and by ending, twice the number for it; the largest one for what is rare."""
    by_form = np.arange(1 << FORM_BITS, dtype=np.int32) << 1
    rare = 4 << FORM_BITS
    return (
        np.where(frequent & WORD_IS_FREQUENT, by_form, np.int32(rare)),
        np.where(frequent & ENDING_IS_FREQUENT, by_form + np.int32(rare >> 1), np.int32(rare)),
    )


@cache
def _shipped_codes() -> tuple[Codes, Codes]:
    return _codes_by_form(table("words"))


def _hashed(numbers: Numbers, bits: int) -> Counts:
    """Return a number of so many bits for each; what was there is overwritten."""
    numbers *= MIX
    numbers ^= numbers >> np.uint64(31)
    numbers *= CODE
    numbers >>= np.uint64(64 - bits)
    return numbers.view(np.int64)
