"""Render documents as files, in several formats from one reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from tore_export.documents.columns import ElementColumns
from tore_export.errors import DocumentError, FormatError, TemplateError
from tore_export.formatters.formatter import CountTokens, DocumentHead, Formatter
from tore_export.formatters.registry import FormatterRegistry
from tore_export.stages.stage import combined, is_live, put, reject, spread
from tore_export.tokens.manager import TokenizerManager
from tore_export.tokens.portable import TokenizerRef

if TYPE_CHECKING:
    from tore_export.chunks.options import ChunkOptions

__all__ = ["FILE_COLUMN", "RenderFiles", "formatter_of", "heads_of"]

FILE_COLUMN = "file_"
"""What the name of a column of file contents begins with; the format's name follows."""

JSON_LINES = "jsonl"
"""The format whose lines may be chunks."""

HEAD = ("doc_id", "title", "source", "language", "created_at", "meta")
"""Columns that become a DocumentHead, in its order."""


@dataclass(frozen=True)
class RenderFiles:
    """Write the content of each document's file, one column a format.

    `formats` are names with their options as pairs. Formats that write numbers of tokens count for
    `tokenizer`. With `chunks` each JSON line is a chunk.

    **Rows** 1:1; a rejected row gets null. **Reads** elements, what HEAD names, reject.
    **Writes** `file_FORMAT` (string).
    A document that a template fails on is rejected by the rule `template_error`,
    one that cannot be cut by the rule `code_point_over_max_tokens`.

    **Raises** FormatError for an unknown format or option, TokenizerError for an unknown model.
    """

    formats: tuple[tuple[str, tuple[tuple[str, Any], ...]], ...]
    tokenizer: TokenizerRef = "gpt-3.5-turbo"
    chunks: ChunkOptions | None = None

    reads: ClassVar[tuple[str, ...]] = ("elements", *HEAD, "reject")
    version: ClassVar[int] = 3

    def __post_init__(self) -> None:
        for name, options in self.formats:
            self._formatter(name, options)

    @property
    def writes(self) -> tuple[str, ...]:
        """The columns of this stage: one a format, and who was rejected."""
        return (*(FILE_COLUMN + name for name, _ in self.formats), "reject")

    def __call__(self, table: pa.Table) -> pa.Table:
        """Return the table with the files."""
        live = is_live(table)
        chosen = table.filter(live)
        columns = ElementColumns.from_arrow(combined(chosen["elements"]))
        heads = heads_of(chosen)
        count = TokenizerManager().get(self.tokenizer).count_batch
        rejects: dict[int, dict[str, Any]] = {}
        for name, options in self.formats:
            formatter = self._formatter(name, options)
            files: list[str] | list[str | None]
            try:
                files = formatter.documents(columns, heads, count)
            except (TemplateError, DocumentError):
                files = list(_one_by_one(formatter, chosen, heads, count, rejects))
            table = put(table, FILE_COLUMN + name, spread(pa.array(files, pa.string()), live))
        if rejects:
            places = pc.indices_nonzero(live).to_pylist()
            entries: list[dict[str, Any] | None] = [None] * table.num_rows
            for at, entry in rejects.items():
                entries[places[at]] = entry
            table = reject(table, entries)
        return table

    def _formatter(self, name: str, options: tuple[tuple[str, Any], ...]) -> Formatter:
        return _formatter(name, options, self.tokenizer, self.chunks)


def heads_of(table: pa.Table) -> list[DocumentHead]:
    """Return what is known of each document beside its elements."""
    said = zip(*(table[name].to_pylist() for name in HEAD), strict=True)
    return [DocumentHead(*row) for row in said]


def _one_by_one(
    formatter: Formatter,
    chosen: pa.Table,
    heads: Sequence[DocumentHead],
    count: CountTokens,
    rejects: dict[int, dict[str, Any]],
) -> Iterator[str | None]:
    """Yield each document's file, None for one that cannot be written, which is then rejected.

    So a template that takes its time to fail does it twice, not at every halving of the guard.
    """
    elements = combined(chosen["elements"])
    for at, head in enumerate(heads):
        columns = ElementColumns.from_arrow(elements.slice(at, 1))
        try:
            yield formatter.documents(columns, [head], count)[0]
        except TemplateError as error:
            rejects[at] = {
                "failed": True,
                "stage": "render_files",
                "rule": error.rule,
                "detail": f"{type(error).__name__}: {error}"[:500],
            }
            yield None
        except DocumentError as error:
            rejects[at] = {
                "stage": "render_files",
                "rule": error.rule,
                "detail": str(error)[:500],
            }
            yield None


@lru_cache(maxsize=16)
def _formatter(
    name: str,
    options: tuple[tuple[str, Any], ...],
    tokenizer: TokenizerRef,
    chunks: ChunkOptions | None,
) -> Formatter:
    return formatter_of(name, dict(options), tokenizer, chunks)


def formatter_of(
    name: str,
    options: Mapping[str, Any],
    tokenizer: TokenizerRef,
    chunks: ChunkOptions | None = None,
) -> Formatter:
    """Return the formatter `name`; with `chunks` one whose JSON lines are such.

    **Raises** FormatError for an unknown format or option, for lines of chunks without a bound and
    for others with it.
    """
    if name != JSON_LINES:
        return FormatterRegistry().get(name, **options)
    from tore_export.formatters.jsonl import JsonLines, needs_max_tokens

    by_default = {} if chunks is None else {"lines": "chunk"}
    formatter = FormatterRegistry().get(name, **by_default | dict(options))
    assert isinstance(formatter, JsonLines)
    if chunks is None:
        if formatter.lines == "chunk":
            raise needs_max_tokens()
        return formatter
    if formatter.lines != "chunk":
        raise FormatError(
            "with max_tokens a line is a chunk",
            where="lines",
            found=formatter.lines,
            allowed="chunk",
            hint="leave out one of the two, or shorten documents by token_optimization",
        )
    from tore_export.chunks.chunker import Chunker
    from tore_export.chunks.lines import ChunkLines

    chunker = Chunker(TokenizerManager().get(tokenizer), **asdict(chunks))
    return ChunkLines(chunker, formatter)
