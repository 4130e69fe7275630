r"""What holds for the samples of every task.

======================  ==========================================================================
rule                    a sample is left out
======================  ==========================================================================
`empty_prompt`          that asks nothing
`empty_answer`          that answers nothing, or only in marks
`one_word_answer`       whose answer is a single word (of Chinese or Japanese: one character)
`answer_in_prompt`      whose answer stands in its own prompt, by the same letters in any case
`repeated`              that is the same as an earlier one of its document
`prompt_too_short`      whose prompt has fewer than `min_prompt_tokens`
`prompt_too_long`       whose prompt has more than `max_prompt_tokens`
`answer_too_short`      whose answer has fewer than `min_answer_tokens`
`answer_too_long`       whose answer has more than `max_answer_tokens`
======================  ==========================================================================

The prompt is the instruction and what it is about; where a task looks answers up in its input, an answer
may stand there, but not in the instruction. A dialogue is as it came, and its answers may be a word:
it is only too long, where its prompt is all that is not the assistant's. Running text has neither
prompt nor answer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

__all__ = ["Bounds", "broken_rules", "n_words_up_to_two"]

_DENSE = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff"
    r"\U00020000-\U0003ffff]"
)
"""Letters of scripts that are written without spaces."""

_LETTER = re.compile(r"[^\W_]")
_FIRST = 1_000
"""Characters in which two words are looked for at first."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Least and most tokens of prompts and answers; None stands for no bound."""

    min_prompt_tokens: int = 1
    max_prompt_tokens: int | None = None
    min_answer_tokens: int = 2
    max_answer_tokens: int | None = None


def broken_rules(
    samples: pa.Table,
    bounds: Bounds,
    count: Callable[[list[str]], list[int]],
    looking_up: Collection[str] = (),
) -> list[str | None]:
    """Return the first rule that each sample breaks, None for one that is well.

    `count` counts tokens; `looking_up` are the tasks whose answers may stand in their input.

    **Reads** columns of SAMPLE, all samples of a document one after the other.
    """
    rows = samples.select(
        ["parent", "task", "text", "instruction", "input", "output", "messages"]
    ).to_pylist()
    found: list[str | None] = [None] * len(rows)
    seen: set[tuple[str, str | None, str]] = set()
    parent = None
    for i, row in enumerate(rows):
        if row["parent"] != parent:
            parent = row["parent"]
            seen.clear()
        if row["text"] is None and row["messages"] is None:
            found[i] = _broken(row, looking_up)
            key = (row["instruction"], row["input"], row["output"])
            if found[i] is None and key in seen:
                found[i] = "repeated"
            seen.add(key)
    _bound(rows, found, bounds, count)
    return found


def _broken(row: dict[str, Any], looking_up: Collection[str]) -> str | None:
    instruction, about, output = row["instruction"] or "", row["input"] or "", row["output"] or ""
    if not instruction.strip() and not about.strip():
        return "empty_prompt"
    n_words = n_words_up_to_two(output)
    if n_words < 2:
        return "one_word_answer" if n_words else "empty_answer"
    prompt = instruction
    if about and row["task"] not in looking_up:
        prompt = f"{instruction}\n\n{about}"
    return "answer_in_prompt" if _plain(output) in _plain(prompt) else None


def n_words_up_to_two(text: str) -> int:
    """Return the number of words of a text, or 2 where it has more.

    Words are what stands between spaces and holds a letter or digit; of scripts that are written
    without spaces each letter is one.

    >>> [n_words_up_to_two(text) for text in ("--", "half-open", "two words", "水", "水泵")]
    [0, 1, 2, 1, 2]
    """
    for part in (text[:_FIRST], text):
        n_words = 0
        for piece in part.split():
            if _LETTER.search(piece):
                dense = _DENSE.findall(piece)
                n_words += len(dense) if dense else 1
                if n_words >= 2:
                    return 2
        if len(text) <= _FIRST:
            break
    return n_words


def _plain(text: str) -> str:
    """Return a text as it compares: letters of one form and case, one space between words."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return " ".join(text.casefold().split())


def _bound(
    rows: list[dict[str, Any]],
    found: list[str | None],
    bounds: Bounds,
    count: Callable[[list[str]], list[int]],
) -> None:
    for side, least, most in (
        ("prompt", bounds.min_prompt_tokens, bounds.max_prompt_tokens),
        ("answer", bounds.min_answer_tokens, bounds.max_answer_tokens),
    ):
        # what is not empty has a token
        if least <= 1 and most is None:
            continue
        places = [i for i, row in enumerate(rows) if found[i] is None and row["text"] is None]
        texts = [_prompt(rows[i]) if side == "prompt" else _answer(rows[i]) for i in places]
        for i, n in zip(places, count(texts), strict=True):
            if n < least and rows[i]["messages"] is None:
                found[i] = f"{side}_too_short"
            elif most is not None and n > most:
                found[i] = f"{side}_too_long"


def _prompt(row: dict[str, Any]) -> str:
    if row["messages"] is not None:
        return _said(m["content"] for m in row["messages"] if m["role"] != "assistant")
    return _said([row["instruction"], row["input"]])


def _answer(row: dict[str, Any]) -> str:
    if row["messages"] is not None:
        return _said(m["content"] for m in row["messages"] if m["role"] == "assistant")
    return row["output"] or ""


def _said(texts: Iterable[str | None]) -> str:
    return "\n\n".join(text for text in texts if text)
