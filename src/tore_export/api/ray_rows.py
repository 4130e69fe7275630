"""Our stages in a Ray Dataset of the user's own: rows of documents in, rows of records out."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from tore_export.api.documents import documents_in
from tore_export.config import ExportConfig, TrainingConfig
from tore_export.engine.guard import guarded
from tore_export.engine.threads import one_thread_each
from tore_export.errors import UsageError
from tore_export.plan.build import dataset_stages
from tore_export.plan.recording import row_schema
from tore_export.plan.splitting import split_rules
from tore_export.stages.stage import combined, is_live, put

__all__ = ["RayDocuments", "from_ray"]

_IDS = ("doc_id", "id", "document_id")
_CONTENT = ("elements", "text", "content", "messages", "conversations")


def from_ray(dataset: Any, config: TrainingConfig | None = None) -> RayDocuments:
    """Take the documents of a Ray Dataset; what becomes of them is carried out when Ray carries it out.

    A row is a document as a row of a Parquet input is: `elements`, a list of structs in any dialect or
    the JSON of one, or `text`, or a dialogue; with `doc_id` (else a hash of the content), `source`,
    `title` and other fields. Ray is not imported here: the dataset brings it along.

    **Raises** UsageError for splits that are decided over all documents, which no stage by itself can;
    ConfigError, FormatError and TokenizerError for what can be known now.
    """
    config = config or TrainingConfig()
    if split_rules(config).is_global:
        raise UsageError(
            "these splits are decided over all documents",
            found=f"split_strategy {config.split_strategy}",
            allowed="random or group, without exact_ratios, near_duplicates and against",
            hint="use ExportWorkflow, or `tore-export training`",
        )
    stages: Any = dataset.map_batches(
        _ReadRows(config), batch_format="pyarrow", batch_size=config.batch_size
    )
    for stage in dataset_stages(config):
        stages = stages.map_batches(guarded(stage), batch_format="pyarrow", batch_size=None)
    return RayDocuments(stages, config)


@dataclass(frozen=True)
class RayDocuments:
    """Documents on their way through the stages. Each method gives a lazy Dataset, made anew by Ray."""

    _stages: Any = field(repr=False)
    config: TrainingConfig = field(repr=False)

    def to_ray(self) -> Any:
        """Return the Dataset of training records.

        **Rows** one a record: `split`, then the columns that a shard of this configuration has.
        """
        return self._mapped(_Records(row_schema(self.config)))

    def documents(self) -> Any:
        """Return the Dataset of documents that were kept.

        **Rows** one a document: doc_id, source, title, language, text, n_tokens, quality_score, split.
        """
        return self._mapped(_kept_documents)

    def rejects(self) -> Any:
        """Return the Dataset of documents that went away.

        **Rows** one a document: doc_id, source, failed, stage, rule, value, threshold, detail.
        """
        return self._mapped(_rejects)

    def _mapped(self, function: Any) -> Any:
        return self._stages.map_batches(function, batch_format="pyarrow", batch_size=None)


@dataclass(frozen=True)
class _ReadRows:
    """Read rows as those of a Parquet file are read, by the same reader."""

    config: ExportConfig

    def __call__(self, rows: pa.Table) -> pa.Table:
        import pyarrow.parquet as pq

        one_thread_each()
        rows = rows.select(
            [f.name for f in rows.schema if not isinstance(f.type, pa.BaseExtensionType)]
        )
        sources = rows["source"].to_pylist() if "source" in rows.column_names else []
        rows = _with_ids(rows.drop_columns(["source"]) if sources else rows)
        config = self.config.model_copy(update={"include": (), "exclude": (), "limit": None})
        with tempfile.TemporaryDirectory(prefix="tore-export-") as folder:
            path = os.path.join(folder, "rows.parquet")
            pq.write_table(rows, path, compression="none", use_dictionary=False)
            table = pa.concat_tables(documents_in([path], config)).combine_chunks()
        said = [str(source or "") for source in sources] or [""] * table.num_rows
        if len(said) == table.num_rows:
            table = put(table, "source", pa.array(said, pa.string()))
        return put(table, "place", pa.nulls(table.num_rows, pa.int64()))


def _with_ids(rows: pa.Table) -> pa.Table:
    """Return rows that say their ids: where one says none it is a hash of what it holds."""
    known = [name for name in _IDS if name in rows.column_names]
    if known and rows[known[0]].null_count == 0:
        return rows
    held = [name for name in _CONTENT if name in rows.column_names]
    contents = rows.select(held).to_pylist() if held else [{}] * rows.num_rows
    said = rows.select(known).to_pylist() if known else [{}] * rows.num_rows
    ids = [
        next((str(one) for one in row.values() if one is not None), None) or _hashed(content)
        for row, content in zip(said, contents, strict=True)
    ]
    return rows.drop_columns(known).append_column("doc_id", pa.array(ids, pa.string()))


def _hashed(content: Any) -> str:
    return sha256(msgspec.json.encode(content, enc_hook=str)).hexdigest()[:24]


@dataclass(frozen=True)
class _Records:
    """Flatten the records of documents; the columns are those of a shard, the same in every block."""

    schema: pa.Schema

    def __call__(self, table: pa.Table) -> pa.Table:
        kept = table.filter(is_live(table))
        lists = combined(kept["records"])
        splits = combined(kept["split"]).take(pc.list_parent_indices(lists))
        rows = pa.Table.from_struct_array(pc.list_flatten(lists)).select(self.schema.names)
        return rows.cast(self.schema).add_column(0, "split", splits)


def _kept_documents(table: pa.Table) -> pa.Table:
    names = ["doc_id", "source", "title", "language", "text", "n_tokens", "quality_score", "split"]
    return table.filter(is_live(table)).select(names)


def _rejects(table: pa.Table) -> pa.Table:
    gone = table.filter(pc.invert(is_live(table)))
    told = pa.Table.from_struct_array(combined(gone["reject"]))
    found = gone.select(["doc_id", "source"])
    for name in told.column_names:
        found = found.append_column(name, told[name])
    return found
