"""Documents as JSON lines, a line a chunk."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar

from tore_export.chunks.chunker import Chunker
from tore_export.documents.columns import ElementColumns
from tore_export.errors import DocumentError
from tore_export.formatters.formatter import CountTokens, DocumentHead
from tore_export.formatters.jsonl import JsonLines, encoded_line

if TYPE_CHECKING:
    from tore_export.chunks.cut import Cut
    from tore_export.chunks.structure import Structure

__all__ = ["ChunkLines"]


@dataclass(frozen=True)
class ChunkLines:
    r"""A formatter: the lines that `JsonLines` writes, but each is a chunk of its document.

    The document is rendered as one text and cut by `chunker`. The metadata of a line is that of the
    elements its own part of the text comes from; `section` is where it begins, `n_tokens` exact, and
    `chunk` says which part it is: `number` of `of`, characters `start` to `end` of the document. A
    document that fits is one line, whose `chunk` is null.

    >>> import json
    >>> from tore_export.documents.element import Element
    >>> from tore_export.documents.schema import Kind
    >>> from tore_export.tokens.manager import TokenizerManager
    >>> document = [Element(Kind.PARAGRAPH, "One two three. Four five six. Seven.")]
    >>> chunker = Chunker(TokenizerManager().get("gpt-4"), 8)
    >>> columns = ElementColumns.from_elements([document])
    >>> (file,) = ChunkLines(chunker).documents(columns, [DocumentHead("d")])
    >>> json.loads(file.splitlines()[1])["metadata"]["chunk"]
    {'number': 2, 'of': 2, 'start': 29, 'end': 36}
    """

    chunker: Chunker
    lines: JsonLines = field(default_factory=JsonLines)

    name: ClassVar[str] = JsonLines.name
    suffix: ClassVar[str] = JsonLines.suffix

    def documents(
        self,
        columns: ElementColumns,
        heads: Sequence[DocumentHead],
        count: CountTokens | None = None,
    ) -> list[str]:
        """Return the content of each document's file; see Formatter. The chunker counts.

        **Raises** DocumentError where one code point has more tokens than a chunk may have.
        """
        sections = self.lines.sections(columns)
        structures = list(_structures(columns, self.lines.renderer().render(columns)))
        files = []
        for document, cuts in enumerate(self.chunker.cuts(structures)):
            if isinstance(cuts, DocumentError):
                raise cuts
            first = columns.offsets[document]
            written = self._lines(
                columns, heads[document], structures[document], cuts, first, sections
            )
            files.append(b"".join(written).decode())
        return files

    def _lines(
        self,
        columns: ElementColumns,
        head: DocumentHead,
        structure: Structure,
        cuts: list[Cut],
        first: int,
        sections: tuple[list[int], list[list[str]]],
    ) -> Iterator[bytes]:
        shown = [] if structure.elements is None else structure.elements.tolist()
        starts, paths = sections
        for number, cut in enumerate(cuts, 1):
            begin, last = structure.elements_of(cut.start, cut.end)
            here: list[int] = []
            if begin is not None and last is not None:
                a, b = bisect_right(shown, begin - 1), bisect_right(shown, last)
                here = [first + place for place in shown[a:b]]
            place = None
            if len(cuts) > 1:
                place = {"number": number, "of": len(cuts), "start": cut.start, "end": cut.end}
            yield encoded_line(
                cut.prefix + structure.text[cut.start : cut.end] + cut.suffix,
                head,
                columns,
                here,
                section=paths[bisect_right(starts, here[0]) - 1] if here else [],
                n_tokens=cut.n_tokens,
                chunk=place,
            )


def _structures(columns: ElementColumns, pieces: Sequence[str]) -> Iterator[Structure]:
    """Yield the text of each document, with what its elements are and where they lie."""
    from tore_export.chunks.structure import Structure

    for first, last in pairwise(columns.offsets):
        starts, ends, at = [], [], 0
        for piece in pieces[first:last]:
            starts.append(at + len(piece) - len(piece.lstrip("\n")))
            at += len(piece)
            ends.append(at)
        yield Structure.of(
            "".join(pieces[first:last]),
            starts,
            ends,
            columns.kinds[first:last],
            columns.levels[first:last],
        )
