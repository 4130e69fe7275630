"""Datasets made before, whose documents keep their side: what is asked of them, and what they say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from tore_export.errors import PreflightError, StorageError
from tore_export.splits.rules import SplitRules
from tore_export.storage.files import absolute, list_files, open_read, read_bytes
from tore_export.storage.layout import Layout

__all__ = ["EarlierDataset", "earlier_datasets", "sides_of"]

TEXT_STAGES = ("Normalize", "Shorten", "Format")
"""What a text is the work of: where these differ, the same document has another text."""

Stages = dict[str, Any]


@dataclass(frozen=True, slots=True)
class EarlierDataset:
    """A finished dataset at `path`, a folder or a file output; `fingerprint` is that of its plan."""

    path: str
    fingerprint: str


def earlier_datasets(
    paths: Sequence[str], stages: Stages, rules: SplitRules, output: str | None = None
) -> tuple[EarlierDataset, ...]:
    """Return the datasets at `paths`, whose facts can be compared with those of this run.

    `stages` describes this run's stages, by name; `output` is where it writes.

    **Raises** PreflightError where there is none, it is not finished, or its facts say something else.
    """
    found = tuple(_checked(path, stages, rules) for path in paths)
    same = [d.path for d in found if output and absolute(d.path) == absolute(output)]
    if same:
        raise PreflightError(
            "this is what the run is to write, not a dataset made before it",
            where=same[0],
            hint="give another output",
        )
    return found


def _checked(path: str, stages: Stages, rules: SplitRules) -> EarlierDataset:
    layout = Layout(path)
    done = _read(layout.state_file("done.json"))
    plan = _read(layout.state_file("plan.json"))
    if plan is None or done is None:
        raise PreflightError(
            "no finished dataset of this command",
            where=path,
            allowed="an output of `tore-export training`, with its .tore-export",
            hint="check against",
        )
    theirs: Stages = plan.get("plan", {}).get("stages", {})
    for name in (*TEXT_STAGES, *(("Fingerprint",) if rules.near_duplicates else ())):
        if theirs.get(name) != stages.get(name):
            raise PreflightError(
                f"the texts of this dataset were made otherwise, so they tell nothing: {name}",
                where=path,
                found=_shown(theirs.get(name)),
                allowed=_shown(stages.get(name)),
                hint="make it again with near_duplicates"
                if name == "Fingerprint"
                else "use the options that it was made with",
            )
    group_by = _group_of(plan["plan"])
    if rules.group_by is not None and group_by != rules.group_by:
        raise PreflightError(
            "this dataset was grouped otherwise",
            where=path,
            found=group_by or "no groups",
            allowed=f"group_by {rules.group_by}",
        )
    if not list_files(layout.facts) and done.get("documents", {}).get("in"):
        raise PreflightError("the facts of this dataset are gone", where=layout.facts)
    return EarlierDataset(path, str(plan.get("fingerprint")))


def _group_of(description: dict[str, Any]) -> str | None:
    split = description["stages"].get("Split", {})
    if split.get("strategy") == "group":
        return str(split["group_by"])
    found = description["stages"].get("SplitKeys", {}).get("group_by")
    return None if found is None else str(found)


def _shown(stage: Any) -> str:
    return "none" if stage is None else str(msgspec.json.encode(stage), "utf-8")[:200]


def _read(path: str) -> dict[str, Any] | None:
    try:
        found = msgspec.json.decode(read_bytes(path))
    except (OSError, msgspec.DecodeError):
        return None
    return found if isinstance(found, dict) else None


def sides_of(datasets: Sequence[EarlierDataset], schema: pa.Schema) -> pa.Table:
    """Return the documents that datasets hold, in their order: `side`, and those columns of `schema`.

    **Rows** one a document that has records. Columns that a dataset does not have are null.
    **Raises** StorageError where a dataset is not any more what it was when the run was planned.
    """
    for dataset in datasets:
        plan = _read(Layout(dataset.path).state_file("plan.json"))
        if plan is None or plan.get("fingerprint") != dataset.fingerprint:
            raise StorageError("this dataset changed since the run began", where=dataset.path)
    wanted = pa.schema([field for field in schema if field.name != "is_live"])
    wanted = wanted.append(pa.field("side", pa.string()))
    tables = [_in_schema(table, wanted) for d in datasets for table in _facts(d.path)]
    return pa.concat_tables([wanted.empty_table(), *tables])


def _facts(path: str) -> Iterator[pa.Table]:
    import pyarrow.parquet as pq

    for info in list_files(Layout(path).facts):
        with open_read(info.path) as stream:
            facts = pq.ParquetFile(stream).read(use_threads=False)
        kept = facts.filter(pc.and_(facts["split"].is_valid(), facts["rule"].is_null()))
        yield kept.rename_columns({"split": "side"})


def _in_schema(table: pa.Table, schema: pa.Schema) -> pa.Table:
    n = table.num_rows
    columns = [
        table[field.name].cast(field.type)
        if field.name in table.column_names
        else pa.chunked_array([pa.nulls(n, field.type)])
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)
