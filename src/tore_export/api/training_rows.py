"""Training rows that were made before: what each costs a trainer, read row by row, in this process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from tore_export.errors import DocumentError, TokenizerError
from tore_export.sinks.analysis import facts_schema
from tore_export.sources.document import said_id
from tore_export.sources.identity import document_id
from tore_export.sources.json_text import decode
from tore_export.sources.lines import lines_of
from tore_export.sources.opened import Opened, too_large
from tore_export.sources.unit import InputFile, Limits
from tore_export.tokens.shapes import SHAPE_COLUMNS, tokens_of_rows
from tore_export.tokens.tokenizer import Tokenizer

__all__ = ["facts_of_rows", "shape_of"]

_ROWS_AT_A_TIME = 1_000
_SUFFIXES = (".jsonl", ".ndjson", ".parquet")
_TOLD_BY = {
    "messages": {"messages"},
    "sharegpt": {"conversations"},
    "alpaca": {"instruction", "output"},
    "prompt_completion": {"prompt", "completion"},
}
_MESSAGE = {"messages": ("role", "content", "name"), "sharegpt": ("from", "value")}


def shape_of(file: InputFile) -> str | None:
    """Return the shape of training rows that a file holds; None where it holds documents, or anything.

    Rows with `elements` or `text` are documents, whatever else they have.
    """
    name = file.path.lower().removesuffix(".gz").removesuffix(".zst")
    is_stdin = name.rpartition("/")[2] == "stdin"
    if not name.endswith(_SUFFIXES) and not is_stdin:
        return None
    try:
        with Opened(file) as opened:
            opened.read_first_line(Limits())
            head = opened.head
            if head.data.startswith(b"PAR1"):
                names = set(_parquet(opened).schema_arrow.names)
            else:
                # one row alone, as `head -n 1` hands it over, has no name that says it is one
                is_row = is_stdin and len(head.rows) == 1
                names = set(head.rows[0]) if head.rows and (head.is_lines or is_row) else set()
    except (DocumentError, OSError, pa.ArrowException):
        return None  # whoever reads it says what is wrong with it
    if names & {"elements", "text"}:
        return None
    return next((shape for shape, told in _TOLD_BY.items() if told <= names), None)


def facts_of_rows(
    file: InputFile, shape: str, tokenizers: Sequence[Tokenizer], limits: Limits
) -> Iterator[pa.Table]:
    """Yield the facts of a file's rows; a row that is not of the shape is a failed one."""
    with Opened(file) as opened:
        if opened.head.data.startswith(b"PAR1"):
            yield from _facts_of_parquet(opened, file, shape, tokenizers)
            return
        rows: list[dict[str, Any]] = []
        facts: list[dict[str, Any]] = []
        for place, line, length in lines_of(opened.blocks(), limits.max_document_bytes):
            if line is not None and not line.strip():
                continue
            said = None
            try:
                if line is None:
                    raise too_large(length, limits)
                values, _ = decode(line, limits)
                said = said_id(values)
                rows.append(_row(values, shape))
                failure: dict[str, Any] = {}
            except DocumentError as error:
                error.where = error.where or f"{file.source} at {place}"
                failure = {"failed": True, "rule": error.rule, "detail": str(error)}
            doc_id = document_id(said, file.source, place)
            facts.append({"doc_id": doc_id, "source": file.source, "place": place, **failure})
            if len(facts) == _ROWS_AT_A_TIME:
                yield _facts(facts, _table(rows, shape), shape, tokenizers)
                rows, facts = [], []
        if facts:
            yield _facts(facts, _table(rows, shape), shape, tokenizers)


def _facts_of_parquet(
    opened: Opened, file: InputFile, shape: str, tokenizers: Sequence[Tokenizer]
) -> Iterator[pa.Table]:
    parquet = _parquet(opened)
    there = parquet.schema_arrow.names
    wanted = [name for name in ("doc_id", "id", *SHAPE_COLUMNS[shape]) if name in there]
    place = 0
    for batch in parquet.iter_batches(_ROWS_AT_A_TIME, columns=wanted, use_threads=False):
        table = pa.Table.from_batches([batch])
        said = next((table[name].to_pylist() for name in ("doc_id", "id") if name in wanted), None)
        facts: list[dict[str, Any]] = [
            {
                "doc_id": document_id(said[at] if said else None, file.source, place + at),
                "source": file.source,
                "place": place + at,
            }
            for at in range(table.num_rows)
        ]
        place += table.num_rows
        try:
            yield _facts(facts, table, shape, tokenizers)
        except TokenizerError as error:
            why = {"failed": True, "rule": "no_content", "detail": str(error)}
            yield _facts([one | why for one in facts], table.slice(0, 0), shape, ())


def _parquet(opened: Opened) -> Any:
    import pyarrow.parquet as pq

    opened.raw.seek(0)
    return pq.ParquetFile(opened.raw)


def _row(values: Any, shape: str) -> dict[str, Any]:
    """Return what is counted of a row. **Raises** DocumentError where it is of another shape."""
    found = {}
    for name in SHAPE_COLUMNS[shape]:
        value = values.get(name) if isinstance(values, dict) else None
        fields = _MESSAGE.get(shape)
        if fields is None:
            is_well = isinstance(value, str) or (name == "input" and value is None)
        else:
            is_well = isinstance(value, list) and all(_is_message(m, fields) for m in value)
        if not is_well:
            raise DocumentError(
                f"a row that is no {shape}",
                rule="no_content",
                found=f"{name} that is missing or not as it has to be",
                allowed=", ".join(SHAPE_COLUMNS[shape]),
            )
        found[name] = (
            [{field: message.get(field) for field in fields} for message in value or ()]
            if fields
            else value
        )
    return found


def _is_message(message: Any, fields: Sequence[str]) -> bool:
    """Tell whether a message has a role and, if any, a text."""
    return (
        isinstance(message, dict)
        and isinstance(message.get(fields[0]), str)
        and all(message.get(name) is None or isinstance(message[name], str) for name in fields)
    )


def _table(rows: list[dict[str, Any]], shape: str) -> pa.Table:
    fields = _MESSAGE.get(shape)
    kind = pa.list_(pa.struct([(name, pa.string()) for name in fields])) if fields else pa.string()
    return pa.Table.from_pylist(rows, pa.schema([(name, kind) for name in SHAPE_COLUMNS[shape]]))


def _facts(
    facts: list[dict[str, Any]], rows: pa.Table, shape: str, tokenizers: Sequence[Tokenizer]
) -> pa.Table:
    """Return facts with the tokens of `rows`, which are those that did not fail."""
    encodings = [tokenizer.encoding for tokenizer in tokenizers]
    counted = {
        tokenizer.encoding: tokens_of_rows(rows, shape, tokenizer).to_pylist()
        for tokenizer in tokenizers
    }
    messages = rows[SHAPE_COLUMNS[shape][0]].to_pylist() if shape in _MESSAGE else None
    at = 0
    for one in facts:
        if "failed" not in one:
            one["counts"] = {name: counts[at] for name, counts in counted.items()}
            one["n_elements"] = len(messages[at] or ()) if messages is not None else 0
            at += 1
    return pa.Table.from_pylist(facts, facts_schema(encodings))
