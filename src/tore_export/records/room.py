"""How many tokens a record has room for, and cutting what has more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tore_export.chunks.chunk import Chunk
from tore_export.chunks.options import ChunkOptions
from tore_export.errors import DocumentError

if TYPE_CHECKING:
    from tore_export.chunks.structure import Structure
    from tore_export.tokens.tokenizer import Tokenizer

__all__ = ["Room"]

_LEAST = 8
"""Tokens; a chunk has no fewer."""

_STEP = 16
"""Rooms are rounded down to multiples of it, so that texts of nearly as much room are cut together."""


@dataclass(frozen=True, slots=True)
class Room:
    """What bounds a record: `options.max_tokens` in all, of which its shape takes `overhead`.

    None stands for no bound.
    """

    tokenizer: Tokenizer
    options: ChunkOptions | None = None
    overhead: int = 0
    max_answer_tokens: int | None = None

    def beside(self, prompts: Sequence[str]) -> list[int | None]:
        """Return the tokens that are left of a record beside each prompt; None where none is bound."""
        if self.options is None:
            return [None] * len(prompts)
        left = self.options.max_tokens - self.overhead
        return [max(0, left - n) for n in self.tokenizer.count_batch(list(prompts))]

    def for_answers(self, prompts: Sequence[str]) -> list[int | None]:
        """Return the tokens that an answer to each prompt may have; None where none is bound."""
        most = self.max_answer_tokens
        if most is None:
            return self.beside(prompts)
        return [most if left is None else min(left, most) for left in self.beside(prompts)]

    def cut(
        self, structures: Sequence[Structure], rooms: Sequence[int | None]
    ) -> list[list[Chunk] | None]:
        """Return each text in parts that its room holds; None where it holds none.

        A text that is no larger than its room is one part.
        """
        n_tokens = self.tokenizer.count_batch([structure.text for structure in structures])
        groups: defaultdict[int, list[int]] = defaultdict(list)
        parts: list[list[Chunk] | None] = [None] * len(structures)
        for i, (structure, n, room) in enumerate(zip(structures, n_tokens, rooms, strict=True)):
            if room is None or n <= room:
                size = len(structure.text)
                parts[i] = [Chunk(structure.text, 0, size, 0, size, n)]
            elif room >= _LEAST:
                groups[max(_LEAST, room // _STEP * _STEP)].append(i)
        for room, members in sorted(groups.items()):
            found = self._cut(
                [structures[i] for i in members], [n_tokens[i] for i in members], room
            )
            for i, chunks in zip(members, found, strict=True):
                parts[i] = chunks
        return parts

    def _cut(
        self, structures: Sequence[Structure], n_tokens: Sequence[int], room: int
    ) -> list[list[Chunk] | None]:
        from tore_export.chunks.chunker import Chunker

        said = self.options or ChunkOptions(room)
        chunker = Chunker(
            self.tokenizer,
            room,
            min(said.overlap, room // 2),
            said.headings,
            said.table_header,
            said.min_fill,
        )
        found: list[list[Chunk] | None] = []
        for structure, cuts in zip(structures, chunker.cuts(structures, n_tokens), strict=True):
            if isinstance(cuts, DocumentError):  # one code point of it has more tokens
                found.append(None)
                continue
            chunks = []
            for prefix, start, end, suffix, n in cuts:
                text = prefix + structure.text[start:end] + suffix
                begin = len(prefix)
                touched = structure.elements_of(start, end)
                chunks.append(Chunk(text, start, end, begin, begin + end - start, n, *touched))
            found.append(chunks)
        return found
