"""Cut texts into chunks of at most N tokens."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tore_export.chunks.chunk import Chunk
from tore_export.chunks.spaces import ADDS_UP
from tore_export.errors import ConfigError, DocumentError

if TYPE_CHECKING:
    from tore_export.chunks.cut import Cut, Request
    from tore_export.chunks.structure import Structure
    from tore_export.tokens.tokenizer import Tokenizer

__all__ = ["LEAST_TOKENS", "Chunker"]

LEAST_TOKENS = 8

LONGEST_TOKEN = 128
"""Bytes of the longest token of these encodings."""

GROUP = 1_000_000
"""Characters of texts that are cut together: what memory depends on."""


@dataclass(frozen=True)
class Chunker:
    """Cuts texts into chunks of at most `max_tokens` tokens by the tokenizer's own count.

    `overlap`
        Most tokens of a chunk's end that the next one begins with, from the beginning of a sentence
        or else of a word.
    `headings`
        Chunks begin with the headings they stand under.
    `table_header`
        The parts of a table that was cut begin with its head, those of a code block with its fence.
    `min_fill`
        How much of the budget is to be filled rather than ended by structure; at 1 each chunk has as
        many tokens as whole characters allow, within words, too.

    What is repeated counts, too, and takes at most half of the budget.

    **Raises** ConfigError for options that leave no room.

    >>> from tore_export.tokens.manager import TokenizerManager
    >>> chunker = Chunker(TokenizerManager().get("gpt-4"), 8)
    >>> [chunk.text for chunk in chunker.chunks("One two three. Four five six. Seven.")]
    ['One two three. Four five six.', ' Seven.']
    """

    tokenizer: Tokenizer
    max_tokens: int
    overlap: int = 0
    headings: bool = False
    table_header: bool = False
    min_fill: float = 0.9

    def __post_init__(self) -> None:
        if self.max_tokens < LEAST_TOKENS:
            raise ConfigError(
                "too few for a chunk",
                where="max_tokens",
                found=self.max_tokens,
                allowed=f"{LEAST_TOKENS} and more",
            )
        if not 0 <= self.overlap <= self.max_tokens // 2:
            raise ConfigError(
                "not an overlap",
                where="chunk_overlap",
                found=self.overlap,
                allowed=f"0 to {self.max_tokens // 2}, half of max_tokens",
            )

    def chunks(
        self,
        text: str,
        blocks: Sequence[tuple[int, int]] | None = None,
        kinds: Sequence[int] | None = None,
        levels: Sequence[int | None] | None = None,
    ) -> list[Chunk]:
        """Return the chunks of a text, in order; an empty text has none.

        `blocks` are the ranges of its elements in order, `kinds` and `levels` what those are. Without
        them paragraphs are found by empty lines, and Markdown's headings, lists, tables and fences.

        **Raises** DocumentError where one code point has more tokens than a chunk may have.
        """
        from tore_export.chunks.structure import Structure

        if blocks is None:
            structure = Structure.of(text)
        else:
            starts, ends = [start for start, _ in blocks], [end for _, end in blocks]
            structure = Structure.of(text, starts, ends, kinds, levels)
        return self._made(structure, next(self.cuts([structure])))

    def batch(self, texts: Sequence[str]) -> list[list[Chunk]]:
        """Return the chunks of each text; faster than text by text."""
        from tore_export.chunks.structure import Structure

        structures = [Structure.of(text) for text in texts]
        found = zip(structures, self.cuts(structures), strict=True)
        return [self._made(structure, cuts) for structure, cuts in found]

    def cuts(
        self, documents: Sequence[Structure], n_tokens: Sequence[int] | None = None
    ) -> Iterator[list[Cut] | DocumentError]:
        """Yield the cuts of each document, or why it has none; `n_tokens` where they are known."""
        if n_tokens is None:
            n_tokens = self._counts([document.text for document in documents])
        large = [i for i, n in enumerate(n_tokens) if n > self.max_tokens]
        groups = self._groups(documents, large)
        done: dict[int, list[Cut] | DocumentError] = {}
        for i, document in enumerate(documents):
            if n_tokens[i] <= self.max_tokens:
                yield _whole(document.text, n_tokens[i])
                continue
            if i not in done:
                group = next(groups)
                done = dict(zip(group, self._cut([documents[j] for j in group]), strict=True))
            yield done.pop(i)

    def _counts(self, texts: Sequence[str]) -> list[int]:
        """Return the tokens of each text, or one too many where it is far too long to fit."""
        too_long = self._too_long
        counts = iter(self.tokenizer.count_batch([text for text in texts if len(text) <= too_long]))
        return [next(counts) if len(text) <= too_long else self.max_tokens + 1 for text in texts]

    @property
    def _too_long(self) -> int:
        """The bytes from which on a text has more tokens than a chunk, whatever it is."""
        if self.tokenizer.encoding not in ADDS_UP:
            return sys.maxsize
        return self.max_tokens * LONGEST_TOKEN

    def _groups(self, documents: Sequence[Structure], large: list[int]) -> Iterator[list[int]]:
        group: list[int] = []
        size = 0
        for i in large:
            length = len(documents[i].text)
            if group and size + length > GROUP:
                yield group
                group, size = [], 0
            group.append(i)
            size += length
        if group:
            yield group

    def _cut(self, documents: Sequence[Structure]) -> list[list[Cut] | DocumentError]:
        """Cut large documents, all at once: their texts to count are counted together."""
        from tore_export.chunks.ahead import costs_of
        from tore_export.chunks.cut import largest_unit
        from tore_export.chunks.fullest import cutter_of
        from tore_export.chunks.long_texts import cuts_of_long
        from tore_export.chunks.long_units import LongUnits
        from tore_export.chunks.repeats import Repeats
        from tore_export.chunks.units import NO_UNITS, units_of
        from tore_export.chunks.windows import WINDOW

        repeating = bool(self.overlap or self.headings or self.table_header)
        largest = largest_unit(self.max_tokens, self.min_fill, repeating=repeating)
        short = [document for document in documents if len(document.text) <= WINDOW]
        short_units = units_of(short, self.tokenizer, largest, self._too_long) if short else []
        units_of_short = iter(short_units)
        costs = iter(costs_of(short_units, self.max_tokens, self.min_fill))
        running: dict[int, Request] = {}
        for i, document in enumerate(documents):
            adds_up = self.tokenizer.encoding in ADDS_UP and _is_unicode(document.text)
            is_short = len(document.text) <= WINDOW
            units = next(units_of_short) if is_short else NO_UNITS
            repeats = None
            if repeating:
                repeats = Repeats(
                    document,
                    units,
                    self.max_tokens,
                    self.overlap,
                    self.headings,
                    self.table_header,
                )
            if is_short:
                cutter = cutter_of(
                    document.text, units, self.max_tokens, self.min_fill, adds_up, repeats
                )
                cutter.costs = next(costs)
                running[i] = cutter.cuts()
            else:
                found = LongUnits(
                    document,
                    self.tokenizer,
                    largest,
                    WINDOW,
                    adds_up=adds_up,
                    too_long=self._too_long,
                )
                running[i] = cuts_of_long(found, self.max_tokens, self.min_fill, repeats)
        return self._run(running)

    def _run(self, running: dict[int, Request]) -> list[list[Cut] | DocumentError]:
        done: dict[int, list[Cut] | DocumentError] = {}
        answers: dict[int, list[int] | None] = dict.fromkeys(running)
        while running:
            asked: dict[int, list[str]] = {}
            for i, cutter in list(running.items()):
                answer = answers[i]
                try:
                    asked[i] = next(cutter) if answer is None else cutter.send(answer)
                except StopIteration as finished:
                    done[i] = finished.value
                    del running[i]
                except DocumentError as error:
                    done[i] = error
                    del running[i]
            counts = iter(
                self.tokenizer.count_batch([t for texts in asked.values() for t in texts])
            )
            answers = {i: [next(counts) for _ in texts] for i, texts in asked.items()}
        return [done[i] for i in sorted(done)]

    def _made(self, structure: Structure, cuts: list[Cut] | DocumentError) -> list[Chunk]:
        if isinstance(cuts, DocumentError):
            raise cuts
        made = []
        for cut in cuts:
            own = structure.text[cut.start : cut.end]
            first, last = structure.elements_of(cut.start, cut.end)
            begin = len(cut.prefix)
            made.append(
                Chunk(
                    cut.prefix + own + cut.suffix,
                    cut.start,
                    cut.end,
                    begin,
                    begin + len(own),
                    cut.n_tokens,
                    first,
                    last,
                )
            )
        return made


def _whole(text: str, n_tokens: int) -> list[Cut]:
    from tore_export.chunks.cut import Cut

    return [Cut("", 0, len(text), "", n_tokens)] if text else []


def _is_unicode(text: str) -> bool:
    """Tell whether the text can be encoded: one with lone surrogates cannot."""
    if text.isascii():
        return True
    try:
        for begin in range(0, len(text), GROUP):
            text[begin : begin + GROUP].encode()
    except UnicodeEncodeError:
        return False
    return True
