"""Texts with known counts, by which an engine is checked when a process counts for the first time."""

from __future__ import annotations

__all__ = ["KNOWN_COUNTS", "known_counts"]


def known_counts(encoding: str) -> dict[str, int]:
    """Return the texts with their tokens in an encoding.

    >>> known_counts("o200k_harmony")["hello world"]
    2
    """
    return {text: counts[COLUMNS[encoding]] for text, counts in KNOWN_COUNTS.items()}


COLUMNS = {
    "cl100k_base": 0,
    "o200k_base": 1,
    "o200k_harmony": 1,
    "r50k_base": 2,
    "p50k_base": 3,
    "p50k_edit": 3,
}


KNOWN_COUNTS: dict[str, tuple[int, int, int, int]] = {
    "": (0, 0, 0, 0),
    "hello world": (2, 2, 2, 2),
    "Hello, world!\n": (4, 4, 5, 5),
    "don't DON'T don’t we'll WE'LL I'd": (13, 9, 16, 16),
    "'s'S'\u017f'\u017fs x'RE": (11, 10, 13, 13),
    "1 12 123 1234 12345678": (12, 12, 8, 8),
    "²³¼Ⅻ \u0661\u0662\u0663 \u096a\u096b\u096c": (19, 13, 21, 21),
    "CamelCaseHTTPServer iPhone aB ABc": (10, 10, 11, 11),
    " a  b   c    d\t\te\n\n f \n g\r\n\r\nh": (15, 15, 23, 20),
    "trailing spaces   ": (4, 4, 6, 4),
    "   ": (1, 1, 3, 1),
    "\n\n\n": (1, 1, 2, 2),
    "x = {'a': [1, 2.5e-3]};\n\treturn x/y//z;\n": (22, 22, 27, 27),
    "https://example.com/a?b=c&d=%20#e": (14, 14, 18, 18),
    "!!!///\n\n--- *** ___ === ...\n": (7, 7, 10, 10),
    "<|endoftext|><|fim_prefix|><|im_start|>": (18, 17, 20, 20),
    "naïve café Ångström Straße ŒUVRE İıſ": (18, 15, 21, 21),
    "e\u0301 a\u0300\u0301\u0302 \u0301x !\u0301 !!\u0301.com 1\u0301": (19, 17, 25, 25),
    "Привет, мир! Ещё раз": (11, 8, 24, 24),
    "Γειά σου Κόσμε": (13, 8, 18, 18),
    "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627 \u200f\u202e": (13, 5, 15, 15),
    "\u0928\u092e\u0938\u094d\u0924\u0947 \u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35": (13, 8, 25, 25),
    "你好，世界。漢字かな交じり文": (16, 11, 26, 26),
    "안녕하세요 세계": (9, 3, 20, 20),
    "😀👍🏽👨\u200d👩\u200d👧🇩🇪❤\ufe0f \u20e3": (33, 20, 29, 29),
    "\u00a0\u2003\u3000x\u2028y\u0085z\ufeff\u200b": (13, 11, 16, 16),
    "\x00\x01\x1b\x1c\x1f\x7f\x0b\x0c": (8, 8, 8, 8),
    "ǅ ʰ ª º ß ﬁ ʕ ꟲ": (19, 17, 21, 21),
    "𝐀𝟎 𐐷 𠀀 \U000e0041 \U0010fffd \U0003fff0.com": (31, 31, 32, 32),
    "a" * 100: (13, 13, 25, 25),
    " " * 100 + "a": (3, 3, 100, 7),
    "\n" * 100 + "b": (5, 8, 52, 52),
    "-" * 100: (2, 2, 3, 3),
    "| a | b |\n|---|:-:|\n| 1 | 2 |\n": (18, 18, 19, 19),
    "\ufffd\ufffe\uffff": (5, 5, 7, 7),
    "$\\frac{\\partial f}{\\partial x}$": (10, 10, 12, 12),
}
"""Texts in which a cut or a merge is easily got wrong: tokens by `COLUMNS`."""
