"""How many tokens a record has room for, and cutting what has more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from tore_export.chunks.options import ChunkOptions
from tore_export.errors import DocumentError

if TYPE_CHECKING:
    from tore_export.chunks.structure import Structure
    from tore_export.tokens.tokenizer import Tokenizer

__all__ = ["Part", "Room"]

_LEAST = 8
"""Tokens; a chunk has no fewer."""

_STEP = 16
"""Rooms are rounded down to multiples of it, so that texts of nearly as much room are cut together."""


class Part(NamedTuple):
    """A part of a text.

    Its own characters are those from `start` to `end`, which in `text` begin at `own_start`, behind what
    is repeated. `first` and `last` are the elements it touches, where they are known.
    """

    text: str
    start: int
    end: int
    own_start: int
    first: int | None = None
    last: int | None = None


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
        self,
        texts: Sequence[str],
        rooms: Sequence[int | None],
        structure_of: Callable[[int], Structure],
    ) -> list[list[Part] | None]:
        """Return each text in parts that its room holds; None where it holds none.

        A text that is no larger than its room is one part. `structure_of` tells by its place what a
        text is made of; only those that are cut are asked for.
        """
        parts: list[list[Part] | None] = [[Part(text, 0, len(text), 0)] for text in texts]
        bound = [i for i, room in enumerate(rooms) if room is not None]
        n_tokens = self.tokenizer.count_batch([texts[i] for i in bound])
        groups: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        for i, n in zip(bound, n_tokens, strict=True):
            room = rooms[i] or 0
            if n > room:
                parts[i] = None
                if room >= _LEAST:
                    groups[max(_LEAST, room // _STEP * _STEP)].append((i, n))
        for room, members in sorted(groups.items()):
            structures = [structure_of(i) for i, _ in members]
            found = self._cut(structures, [n for _, n in members], room)
            for (i, _), cut in zip(members, found, strict=True):
                parts[i] = cut
        return parts

    def _cut(
        self, structures: Sequence[Structure], n_tokens: Sequence[int], room: int
    ) -> list[list[Part] | None]:
        from tore_export.chunks.chunker import Chunker

        said = self.options or ChunkOptions(room)
        # an answer stands for itself: half a table has its head, half a program its fences
        chunker = Chunker(
            self.tokenizer,
            room,
            min(said.overlap, room // 2),
            said.headings,
            table_header=True,
            min_fill=said.min_fill,
        )
        found: list[list[Part] | None] = []
        for structure, cuts in zip(structures, chunker.cuts(structures, n_tokens), strict=True):
            if isinstance(cuts, DocumentError):  # one code point of it has more tokens
                found.append(None)
                continue
            parts = []
            for prefix, start, end, suffix, _ in cuts:
                text = prefix + structure.text[start:end] + suffix
                touched = structure.elements_of(start, end)
                parts.append(Part(text, start, end, len(prefix), *touched))
            found.append(parts)
        return found
