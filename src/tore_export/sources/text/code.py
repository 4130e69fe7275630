"""Code in plain text: what is indented and no prose, and sessions of an interpreter."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tore_export.sources.text.lists import indent_of

__all__ = ["dedented", "is_doctest", "is_prose"]

_SENTENCE = re.compile(r"[\"'“‘«„(\[]*[^\W\d_]")
_SENTENCE_ENDS = (".", ",", ";", ":", "!", "?", "…", '."', '?"', "!”", ".”", ".)", "’", "”", "»")
_NO_PROSE = re.compile(r"[{}=\\|#$@^~]|->|\(\)|[^\w\s'’”\")][;:]\s*$", re.MULTILINE)
_PROSE_SIGNS = frozenset(" .,;:!?'’‘“”«»„–—-")
_WORDS = re.compile(r"\s*[^\W_]+(?:[,.:'’&-]{0,2} ?[^\W_]+)*+[.:!?]?\s*")
_CENTRED = 10
_OPERATORS = re.compile(r"[=(\[{'\"]")


def is_prose(lines: Sequence[str], indent: int) -> bool:
    """Tell whether a block that is indented by so much is text rather than code.

    Text begins and ends as sentences do, or is centred: far from the margin, and nothing but words.

    >>> is_prose(["    Shall I compare thee", "    to a summer's day?"], 4)
    True
    >>> is_prose(["    make install"], 4), is_prose(["              Preamble"], 14)
    (False, True)
    """
    if indent >= _CENTRED and all(_WORDS.fullmatch(line) for line in lines):
        return True
    first, last = lines[0].strip(), lines[-1].strip()
    found = _SENTENCE.match(first)
    if found is None or not last.endswith(_SENTENCE_ENDS):
        return False
    starts_low = found[0][-1].islower()
    if starts_low or len(first.split()) < 2 or _NO_PROSE.search("\n".join(lines)):
        return False
    text = "".join(lines)
    n_plain = sum(sign.isalpha() or sign in _PROSE_SIGNS for sign in text)
    return n_plain * 10 >= 9 * len(text)


def is_doctest(lines: Sequence[str]) -> bool:
    """Tell whether lines that begin with `>>>` are a session of Python and no quote in a quote.

    >>> is_doctest([">>> 1 + 1", "2"]), is_doctest([">>> I think", ">>> so, too"])
    (True, False)
    """
    if not lines[0].lstrip().startswith(">>> "):
        return False
    marked = [line.strip() for line in lines if line.lstrip().startswith(">")]
    if not all(line.startswith(">>>") for line in marked):
        return False
    return len(marked) < len(lines) or any(map(_OPERATORS.search, marked))


def dedented(lines: Sequence[str]) -> str:
    r"""Return lines as a text without the indentation they have in common.

    >>> dedented(["    if a:", "", "\tb()"])
    'if a:\n\n    b()'
    """
    full = [line for line in lines if line.strip()]
    spaces = [line[: len(line) - len(line.lstrip())] for line in full]
    # what the first and the last in order share, all share
    low, high = min(spaces), max(spaces)
    n_common = next(
        (n for n, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), len(low)
    )
    common = low[:n_common]
    if len(common) < min(map(len, spaces)) and any("\t" in space for space in spaces):
        lines = [line.expandtabs(8) for line in lines]
        common = " " * min(map(indent_of, spaces))
    cut = len(common)
    return "\n".join(line[cut:].rstrip() if line.strip() else "" for line in lines)
