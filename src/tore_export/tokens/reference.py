"""The reference count: tiktoken's `encode_ordinary`, made to survive what it panics on.

tiktoken's pattern backtracks over a run of white space, and from a million characters on its regular
expressions give up: it panics, with an exception that is no `Exception`. Then the text is cut at its
long runs of white space, at places where the pattern cuts as well, and each run is counted as the
pieces the pattern would make of it. Tests prove the cuts on short runs, where tiktoken answers too.
"""

from __future__ import annotations

import re
from typing import Any

from tore_export.errors import TokenizerError
from tore_export.tokens.ranks import load_encoding

__all__ = ["count_reference", "without_surrogates"]

# Unicode's White_Space, which is \s in tiktoken's patterns; Python's \s has four controls more
SPACE = "\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"

LONG_RUN = 10_000  # characters; a hundredth of what tiktoken stands


def count_reference(text: str, encoding: str) -> int:
    """Return how many tokens tiktoken's `encode_ordinary` makes of the text.

    >>> count_reference("a tea <|endoftext|>", "cl100k_base")
    8
    """
    known = load_encoding(encoding)
    try:
        return len(known.encode_ordinary(text))
    except BaseException as error:
        if not is_panic(error):
            raise
    try:
        return count_in_pieces(without_surrogates(text), known)
    except BaseException as error:
        if not is_panic(error):
            raise
        raise TokenizerError("tiktoken cannot count this text", found=str(error)) from None


def is_panic(error: BaseException) -> bool:
    """Tell whether a library in Rust panicked; its exception's class cannot be imported."""
    return type(error).__name__ == "PanicException"


def without_surrogates(text: str) -> str:
    """Return text that can be encoded, as tiktoken makes it: pairs joined, lone ones U+FFFD.

    >>> without_surrogates("a" + chr(0xD800) + "b")
    'a\ufffdb'
    """
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def count_in_pieces(text: str, known: Any, long_run: int = LONG_RUN) -> int:
    """Count a text whose runs of white space are counted apart from `long_run` characters on.

    The patterns take, of a run of white space: line ends that follow punctuation with it; then all
    up to the last line end as one piece; then all but the last character as one piece; the last one
    goes with what follows. At the end of the text the rest is one piece (cl100k_base: with the line
    ends in it). The r50k family knows no line ends.
    """
    has_line_ends = r"[\r\n]" in known._pat_str
    whole_at_end = r"|\s++$" in known._pat_str
    total = start = 0
    for run in re.finditer(f"[{SPACE}]{{{long_run},}}", text):
        space = run.group()
        before = text[start : run.start()]
        if has_line_ends:
            eaten = len(space) - len(space.lstrip("\r\n"))
            if eaten and before and _takes_line_ends(before, known):
                if eaten == len(space):
                    continue  # no cut: what comes next may belong to the same piece
                before, space = before + space[:eaten], space[eaten:]
        total += len(known.encode_ordinary(before))
        at_end = run.end() == len(text)
        if has_line_ends and not (at_end and whole_at_end):
            lines = max(space.rfind("\n"), space.rfind("\r")) + 1
            total += _single_piece(space[:lines], known)
            space = space[lines:]
        kept = len(space) if at_end else max(len(space) - 1, 0)
        total += _single_piece(space[:kept], known)
        start = run.end() - (len(space) - kept)
    return total + len(known.encode_ordinary(text[start:]))


def _single_piece(piece: str, known: Any) -> int:
    return len(known._encode_single_piece(piece)) if piece else 0


def _takes_line_ends(before: str, known: Any) -> bool:
    r"""Tell whether the pattern takes a line end that follows `before` into the piece before it.

    It does after punctuation, but what is punctuation depends on what stands before (a combining
    mark after a letter is none). tiktoken is asked: with a line of one space and a letter added, the
    last two tokens are "\n \n" and "x" where it does not, and " \n" and "x" where it does.
    """
    ids = known.encode_ordinary(before + "\n \nx")
    return bool(ids[-2] == known._mergeable_ranks[b" \n"])
