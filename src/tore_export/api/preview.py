"""Preview: the first documents through the whole pipeline, in this process, nothing written.

What a document would become is shown beside what it was, with what would be dropped and why.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tore_export.config import ExportConfig, TrainingConfig
from tore_export.documents.columns import ElementColumns
from tore_export.documents.schema import END_OF_UNIT, Kind
from tore_export.engine.guard import guarded
from tore_export.plan.build import batch_stages, dataset_stages
from tore_export.plan.inputs import find_inputs
from tore_export.plan.rendering import limits_of
from tore_export.plan.units import make_units
from tore_export.sources.limit import read
from tore_export.stages.render_files import FILE_COLUMN
from tore_export.stages.stage import Stage, combined
from tore_export.tokens.manager import TokenizerManager
from tore_export.tokens.pieces import token_pieces
from tore_export.tokens.tokenizer import Tokenizer

__all__ = [
    "DocumentPreview",
    "PreviewPart",
    "SourceElement",
    "preview_dataset",
    "preview_files",
]

ELEMENTS_SHOWN = 100
RECORDS_SHOWN = 3
CHARACTERS_SHOWN = 4_000
_ABOUT = {"doc_id", "source", "n_tokens", "quality_score", "metadata"}


@dataclass(frozen=True)
class SourceElement:
    """One element as it was read."""

    kind: str
    text: str
    level: int | None
    page: int | None


@dataclass(frozen=True)
class PreviewPart:
    """A text that comes of a document: a record, a turn of one, a file.

    `text` may be the beginning of the whole, of `n_characters`. `pieces` are its tokens, None where the
    tokenizer does not tell where they end.
    """

    name: str
    text: str
    n_characters: int
    pieces: tuple[str, ...] | None


@dataclass(frozen=True)
class DocumentPreview:
    """What would become of one document. `reject` says why it would be dropped, or failed.

    `elements` are the first of `n_elements`, `results` the first of `n_results` records or files; a
    record of several turns has several parts. `split` is None where a second pass decides it.
    """

    doc_id: str
    source: str
    title: str | None
    n_elements: int
    elements: tuple[SourceElement, ...]
    n_tokens: int | None
    quality_score: float | None
    split: str | None
    reject: dict[str, Any] | None
    left_out: dict[str, int]
    n_results: int
    results: tuple[tuple[PreviewPart, ...], ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the preview as plain data."""
        return asdict(self)


def preview_dataset(
    paths: Sequence[str], config: TrainingConfig | None = None, n_documents: int = 3
) -> list[DocumentPreview]:
    """Return what the first documents at `paths` would become in a dataset; nothing is written.

    **Raises** PreflightError, ConfigError or TokenizerError, as the run itself would.
    """
    config = config or TrainingConfig()
    before, after = _first(paths, dataset_stages(config), config, n_documents)
    tokenizer = TokenizerManager().get(config.default_tokenizer)
    return [
        _of_row(read, row, _records(row, tokenizer), len(row.get("records") or ()))
        for read, row in zip(_sources(before), _rows(after), strict=True)
    ]


def preview_files(
    paths: Sequence[str],
    formats: Sequence[str],
    config: ExportConfig | None = None,
    n_documents: int = 3,
    *,
    filter_quality: bool = False,
) -> list[DocumentPreview]:
    """Return what files the first documents at `paths` would become; nothing is written.

    **Raises** as `preview_dataset` does, and FormatError for an unknown format.
    """
    config = config or ExportConfig()
    stages = batch_stages(formats, config, filter_quality=filter_quality)
    before, after = _first(paths, stages, config, n_documents)
    tokenizer = TokenizerManager().get(config.default_tokenizer)
    return [
        _of_row(read, row, files := _files(row, formats, tokenizer), len(files))
        for read, row in zip(_sources(before), _rows(after), strict=True)
    ]


def _first(
    paths: Sequence[str], stages: Sequence[Stage], config: ExportConfig, n_documents: int
) -> tuple[pa.Table, pa.Table]:
    """Return the first documents as they are read, and after all stages."""
    units = make_units(find_inputs(paths, config.include, config.exclude))
    found: list[pa.Table] = []
    left = n_documents
    for unit in units:
        for table in read(unit, limits_of(config), min(n_documents, config.batch_size)):
            rule = pc.struct_field(combined(table["reject"]), "rule")
            rows = table.filter(pc.fill_null(pc.not_equal(rule, END_OF_UNIT), True)).slice(0, left)
            found.append(rows)
            left -= rows.num_rows
            if left <= 0:
                break
        if left <= 0:
            break
    before = pa.concat_tables(found).combine_chunks()
    after = before
    for stage in stages:
        after = guarded(stage)(after)
    return before, after


def _sources(table: pa.Table) -> Iterator[tuple[int, tuple[SourceElement, ...]]]:
    """Yield how many elements each document has, and the first of them."""
    elements = combined(table["elements"])
    counts = pc.fill_null(pc.list_value_length(elements), 0).to_pylist()
    for at, count in enumerate(counts):
        own = elements.slice(at, 1).flatten().slice(0, ELEMENTS_SHOWN)
        column = pa.ListArray.from_arrays(pa.array([0, len(own)], pa.int32()), own)
        (found,) = ElementColumns.from_arrow(column).to_elements()
        yield (
            count,
            tuple(
                SourceElement(
                    Kind(one.kind).name.lower(),
                    _text_of(one.text, one.cells)[:CHARACTERS_SHOWN],
                    one.level,
                    one.page,
                )
                for one in found
            ),
        )


def _text_of(text: str, cells: Any) -> str:
    if not cells:
        return text
    return "\n".join(" | ".join(cell.text for cell in row) for row in cells)


def _rows(table: pa.Table) -> list[dict[str, Any]]:
    wanted = [name for name in table.column_names if name not in ("elements", "blocks", "chunks")]
    rows: list[dict[str, Any]] = table.select(wanted).to_pylist()
    return rows


def _of_row(
    read: tuple[int, tuple[SourceElement, ...]],
    row: dict[str, Any],
    results: list[tuple[PreviewPart, ...]],
    n_results: int,
) -> DocumentPreview:
    n_elements, elements = read
    return DocumentPreview(
        doc_id=row["doc_id"],
        source=row["source"],
        title=row["title"],
        n_elements=n_elements,
        elements=elements,
        n_tokens=row.get("n_tokens"),
        quality_score=row.get("quality_score"),
        split=row.get("split"),
        reject=row["reject"],
        left_out={one["rule"]: one["n"] for one in row.get("left_out") or ()},
        n_results=n_results,
        results=tuple(results),
    )


def _records(row: dict[str, Any], tokenizer: Tokenizer) -> list[tuple[PreviewPart, ...]]:
    """Return the first records; of a document that is dropped the text it would have had."""
    records = row.get("records")
    if not records:
        text = row.get("text")
        return [] if text is None else [(_part("text", text, tokenizer),)]
    return [
        tuple(
            _part(name, text, tokenizer)
            for column, value in record.items()
            if column not in _ABOUT and value is not None
            for name, text in _texts(column, value)
        )
        for record in records[:RECORDS_SHOWN]
    ]


def _files(
    row: dict[str, Any], formats: Sequence[str], tokenizer: Tokenizer
) -> list[tuple[PreviewPart, ...]]:
    files = ((name, row.get(FILE_COLUMN + name)) for name in dict.fromkeys(formats))
    return [(_part(name, text, tokenizer),) for name, text in files if text is not None]


def _texts(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """Yield what is trained on, turn by turn."""
    if not isinstance(value, list):
        yield name, str(value)
        return
    for turn in value:
        said = turn if isinstance(turn, dict) else {"": turn}
        who = said.get("role") or said.get("from") or name
        yield str(who), str(said.get("content", said.get("value")) or "")


def _part(name: str, text: str, tokenizer: Tokenizer) -> PreviewPart:
    shown = text[:CHARACTERS_SHOWN]
    pieces = token_pieces(shown, tokenizer)
    return PreviewPart(name, shown, len(text), None if pieces is None else tuple(pieces))
