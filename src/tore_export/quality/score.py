"""Signals of many documents at once, and a score in [0, 1] made of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tore_export.documents.dialogues import are_dialogues
from tore_export.quality.encoding import encoding_faults
from tore_export.quality.gopher import gopher_quality
from tore_export.quality.layout import line_layout
from tore_export.quality.letters import letter_order
from tore_export.quality.order import word_order
from tore_export.quality.prose import Shares, prose_of
from tore_export.quality.repetition import duplicate_lines, repeated_ngrams
from tore_export.quality.stop_words import stop_words
from tore_export.quality.words import words_of

__all__ = ["OF_RUNNING_TEXT", "RULES", "SIGNALS", "Rule", "Scores", "measure", "score"]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a signal's value is worth: 1 up to `ok`, 0 from `bad` on, on a line in between.

    `bad` below `ok` means that low values are bad. A value that is not known is worth 1.

    >>> rule = Rule("dup_line_frac", ok=0.25, bad=0.75)
    >>> rule.worth(np.array([0.1, 0.5, 0.9, np.nan])).tolist()
    [1.0, 0.5, 0.0, 1.0]
    """

    signal: str
    ok: float
    bad: float

    @property
    def name(self) -> str:
        """The rule as rejects name it."""
        return self.signal

    def worth(self, values: Shares) -> Shares:
        """Return the factor in [0, 1] for each value."""
        return worth(values, np.array(self.ok), np.array(self.bad))


def worth(values: Shares, ok: Shares, bad: Shares) -> Shares:
    """Return the factor in [0, 1] for each value, given from where to where it falls."""
    factor = (values - bad) / (ok - bad)
    np.clip(factor, 0.0, 1.0, out=factor)
    factor[np.isnan(factor)] = 1.0
    return factor


SAMPLE, LETTERS_SAMPLE = 448, 192
"""Order says enough in so many words of a document; repetition and layout look at all of them."""

RULES = (
    Rule("mean_word_length", ok=10.0, bad=14.0),
    Rule("mean_word_length", ok=3.0, bad=1.5),
    Rule("long_word_share", ok=0.05, bad=0.5),
    Rule("symbol_to_word_ratio", ok=0.1, bad=1.0),
    Rule("bullet_line_share", ok=0.9, bad=1.3),
    Rule("ellipsis_line_share", ok=0.3, bad=1.0),
    Rule("alpha_word_share", ok=0.8, bad=0.0),
    Rule("menu_share", ok=0.7, bad=1.2),
    Rule("dup_line_frac", ok=0.30, bad=1.2),
    Rule("dup_line_char_frac", ok=0.20, bad=1.2),
    Rule("top_2_gram", ok=0.20, bad=1.7),
    Rule("top_3_gram", ok=0.18, bad=1.6),
    Rule("top_4_gram", ok=0.16, bad=1.5),
    Rule("duplicated_5_grams", ok=0.15, bad=2.2),
    Rule("duplicated_6_grams", ok=0.14, bad=2.2),
    Rule("duplicated_7_grams", ok=0.13, bad=2.2),
    Rule("duplicated_8_grams", ok=0.12, bad=2.2),
    Rule("duplicated_9_grams", ok=0.11, bad=2.2),
    Rule("duplicated_10_grams", ok=0.10, bad=2.2),
    Rule("mojibake_share", ok=0.001, bad=0.006),
    Rule("replacement_share", ok=0.002, bad=0.02),
    Rule("control_share", ok=0.002, bad=0.02),
    Rule("letter_order", ok=0.0, bad=-2.2),
    Rule("word_order", ok=0.15, bad=-0.55),
    Rule("character_order", ok=0.35, bad=-0.42),
)

OF_RUNNING_TEXT = (
    "mean_word_length",
    "symbol_to_word_ratio",
    "alpha_word_share",
    "letter_order",
    "word_order",
    "character_order",
)
"""Signals by which running text is told from what is none."""

SIGNALS = (
    "n_words",
    "mean_word_length",
    "long_word_share",
    "symbol_to_word_ratio",
    "bullet_line_share",
    "ellipsis_line_share",
    "alpha_word_share",
    "stop_words",
    "stop_word_share",
    "short_line_share",
    "line_punct_share",
    "menu_share",
    "dup_line_frac",
    "dup_line_char_frac",
    "top_2_gram",
    "top_3_gram",
    "top_4_gram",
    "duplicated_5_grams",
    "duplicated_6_grams",
    "duplicated_7_grams",
    "duplicated_8_grams",
    "duplicated_9_grams",
    "duplicated_10_grams",
    "mojibake_share",
    "replacement_share",
    "control_share",
    "letter_order",
    "word_order",
    "character_order",
)
"""Names of all signals, in the order of the column `signals`."""


@dataclass(frozen=True, slots=True)
class Scores:
    """A score for each document and the rule that took most off it, -1 where none did."""

    scores: Shares
    worst: np.ndarray


def measure(elements: pa.ListArray, chosen: pa.BooleanArray) -> dict[str, Shares]:
    """Return all signals, not a number where one says nothing about a document.

    A document that is not `chosen` has no prose. Of dialogues those signals that tell running text by
    its words say nothing: an answer may be a sum, or a line of a program.
    """
    found = {name: np.full(len(elements), np.nan) for name in SIGNALS}
    for first, prose in prose_of(elements, chosen):
        words = words_of(prose)
        # before there are samples, as this takes the most memory
        repeated = repeated_ngrams(words)
        sample = words.sample(SAMPLE)
        stops, letters = stop_words(sample), letter_order(sample.sample(LETTERS_SAMPLE))
        signals = {
            **gopher_quality(words, sample, stops),
            **line_layout(words),
            **duplicate_lines(words),
            **repeated,
            **encoding_faults(words),
            **letters,
            **word_order(sample, stops, letters["letter_order"]),
        }
        for name, values in signals.items():
            found[name][first : first + len(values)] = values
    dialogues = are_dialogues(elements)
    if dialogues.any():
        for name in OF_RUNNING_TEXT:
            found[name][dialogues] = np.nan
    return found


def score(signals: dict[str, Shares]) -> Scores:
    """Return the worth of each document: that of the signal which is worth least."""
    worths = worth(
        np.stack([signals[rule.signal] for rule in RULES]),
        np.array([[rule.ok] for rule in RULES]),
        np.array([[rule.bad] for rule in RULES]),
    )
    worst = worths.argmin(axis=0)
    scores = worths.min(axis=0)
    return Scores(scores, np.where(scores < 1.0, worst, -1))
