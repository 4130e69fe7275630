"""The fast engine: toktok, exact and several times as fast as tiktoken, used where it is equal.

**Where it differs.** tiktoken's patterns know the letters, marks and numbers of Unicode 16, toktok
those of Unicode 17: in the code points that came in between the two cut differently. And in o200k_base
tiktoken takes an apostrophe and a long s (U+017F, which is an s in capitals) for the ending of a word,
as in "it's", toktok does not. Nothing else was found with all code points in contexts in which a cut
changes the count, and with millions of arbitrary strings. A text that holds one of these (`GUARDED`,
or a long s after an apostrophe) is counted by tiktoken.

**What holds it.** A check at the start of each process counts strings with known answers; an engine
that is wrong in one of them is not used, with a warning. Tests compare all code points, arbitrary
text and the documents of a corpus.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from tore_export.tokens.reference import is_panic

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["FAST_ENCODINGS", "GUARDED", "KNOWN_COUNTS", "fast_counter", "guarded_places"]

Count = Callable[[list[str]], list[int]]

# o200k_harmony differs from o200k_base only in its special tokens, which are text here
FAST_ENCODINGS = {
    "cl100k_base": "cl100k_base",
    "o200k_base": "o200k_base",
    "o200k_harmony": "o200k_base",
}

GUARDED = (
    (0x088F, 0x088F),
    (0x0C5C, 0x0C5C),
    (0x0CDC, 0x0CDC),
    (0x1ACF, 0x1ADD),
    (0x1AE0, 0x1AEB),
    (0xA7CE, 0xA7CF),
    (0xA7D2, 0xA7D2),
    (0xA7D4, 0xA7D4),
    (0xA7F1, 0xA7F1),
    (0x10940, 0x10959),
    (0x10EC5, 0x10EC7),
    (0x10EFA, 0x10EFB),
    (0x11B60, 0x11B67),
    (0x11DB0, 0x11DDB),
    (0x11DE0, 0x11DE9),
    (0x16EA0, 0x16EB8),
    (0x16EBB, 0x16ED3),
    (0x16FF2, 0x16FF6),
    (0x187F8, 0x187FF),
    (0x18D09, 0x18D1E),
    (0x18D80, 0x18DF2),
    (0x1E6C0, 0x1E6DE),
    (0x1E6E0, 0x1E6F5),
    (0x1E6FE, 0x1E6FF),
    (0x2B73A, 0x2B73F),
    (0x2CEA2, 0x2CEAD),
    (0x323B0, 0x33479),
)
"""First and last of each range of letters, marks and numbers new in Unicode 17."""


def guarded_places(data: npt.NDArray[np.uint8]) -> npt.NDArray[np.intp]:
    r"""Return where in UTF-8 bytes a guarded code point begins.

    >>> import numpy
    >>> guarded_places(numpy.frombuffer("a\U000323b0".encode(), numpy.uint8)).tolist()
    [1]
    """
    import numpy as np

    # the first bytes of what is guarded: three are rare, one begins a long s, the others all astral ones
    rare = (data == 0xE0) | (data == 0xE1) | (data == 0xEA) | (data == 0xC5) | (data >= 0xF0)
    places = np.flatnonzero(rare)
    if not len(places):
        return places
    last = len(data) - 1
    first, second, third, fourth = (
        data[np.minimum(places + i, last)].astype(np.int32) & mask
        for i, mask in enumerate((0xFF, 0x3F, 0x3F, 0x3F))
    )
    three = (first & 0x0F) << 12 | second << 6 | third
    four = (first & 0x07) << 18 | second << 12 | third << 6 | fourth
    bounds = np.array(list(chain.from_iterable((a, b + 1) for a, b in GUARDED)), np.int32)
    inside = np.searchsorted(bounds, np.where(first < 0xF0, three, four), side="right") & 1 == 1
    long_s = (first == 0xC5) & (second == 0x3F) & (data[places - 1] == ord("'")) & (places > 0)
    found: npt.NDArray[np.intp] = places[np.where(first == 0xC5, long_s, inside)]
    return found


@lru_cache(maxsize=8)
def fast_counter(encoding: str) -> Count | None:
    """Return the fast engine's counting function for texts without guarded code points.

    None where there is none for the encoding, or where it failed its check.
    """
    if encoding not in FAST_ENCODINGS:
        return None
    name = FAST_ENCODINGS[encoding]
    fault = None
    try:
        count = _toktok(name)
        wrong = wrong_counts(count, name)
        if wrong:
            fault = f"it counts {wrong[0]!r} wrong"
    except Exception as error:
        fault = repr(error)
    except BaseException as error:
        if not is_panic(error):
            raise
        fault = repr(error)
    if fault is None:
        return count
    warnings.warn(
        f"tokens of {encoding} are counted by tiktoken, exact but slower, since the fast engine "
        f"failed its check: {fault}",
        RuntimeWarning,
        stacklevel=2,
    )
    return None


def wrong_counts(count: Count, encoding: str) -> list[str]:
    """Return the texts of `KNOWN_COUNTS` that `count` counts wrong."""
    known = [pair[encoding != "cl100k_base"] for pair in KNOWN_COUNTS.values()]
    found = count(list(KNOWN_COUNTS))
    return [text for text, a, b in zip(KNOWN_COUNTS, found, known, strict=True) if a != b]


def _toktok(encoding: str) -> Count:
    from toktok import batch_count

    def count(texts: list[str]) -> list[int]:
        counts: list[int] = batch_count(texts, encoding, threads=1)
        return counts

    return count


KNOWN_COUNTS: dict[str, tuple[int, int]] = {
    "": (0, 0),
    "hello world": (2, 2),
    "Hello, world!\n": (4, 4),
    "don't DON'T don’t we'll WE'LL I'd": (13, 9),
    "'s'S'\u017f'\u017fs x'RE": (11, 10),
    "1 12 123 1234 12345678": (12, 12),
    "²³¼Ⅻ \u0661\u0662\u0663 \u096a\u096b\u096c": (19, 13),
    "CamelCaseHTTPServer iPhone aB ABc": (10, 10),
    " a  b   c    d\t\te\n\n f \n g\r\n\r\nh": (15, 15),
    "trailing spaces   ": (4, 4),
    "   ": (1, 1),
    "\n\n\n": (1, 1),
    "x = {'a': [1, 2.5e-3]};\n\treturn x/y//z;\n": (22, 22),
    "https://example.com/a?b=c&d=%20#e": (14, 14),
    "!!!///\n\n--- *** ___ === ...\n": (7, 7),
    "<|endoftext|><|fim_prefix|><|im_start|>": (18, 17),
    "naïve café Ångström Straße ŒUVRE İıſ": (18, 15),
    "e\u0301 a\u0300\u0301\u0302 \u0301x !\u0301 !!\u0301.com 1\u0301": (19, 17),
    "Привет, мир! Ещё раз": (11, 8),
    "Γειά σου Κόσμε": (13, 8),
    "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627 \u200f\u202e": (13, 5),
    "\u0928\u092e\u0938\u094d\u0924\u0947 \u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35": (13, 8),
    "你好，世界。漢字かな交じり文": (16, 11),
    "안녕하세요 세계": (9, 3),
    "😀👍🏽👨\u200d👩\u200d👧🇩🇪❤\ufe0f \u20e3": (33, 20),
    "\u00a0\u2003\u3000x\u2028y\u0085z\ufeff\u200b": (13, 11),
    "\x00\x01\x1b\x1c\x1f\x7f\x0b\x0c": (8, 8),
    "ǅ ʰ ª º ß ﬁ ʕ ꟲ": (19, 17),
    "𝐀𝟎 𐐷 𠀀 \U000e0041 \U0010fffd \U0003fff0.com": (31, 31),
    "a" * 100: (13, 13),
    " " * 100 + "a": (3, 3),
    "\n" * 100 + "b": (5, 8),
    "-" * 100: (2, 2),
    "| a | b |\n|---|:-:|\n| 1 | 2 |\n": (18, 18),
    "\ufffd\ufffe\uffff": (5, 5),
    "$\\frac{\\partial f}{\\partial x}$": (10, 10),
}
"""Texts in which a cut or a merge is easily got wrong: tokens in cl100k_base, in o200k_base."""
