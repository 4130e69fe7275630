"""Datasets that were written before: which files hold their rows, and what their facts say of them."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import pyarrow as pa

from tore_export.sinks.analysis import facts_schema
from tore_export.storage.files import exists, is_remote, list_files, open_read, read_bytes
from tore_export.storage.layout import Layout
from tore_export.tokens.manager import TokenizerManager

__all__ = ["WrittenDataset", "dataset_at", "facts_of_dataset"]

_SHARD = re.compile(r"[\w.]+-\d{5}-of-\d{5}\.(parquet|jsonl|jsonl\.zst)")


@dataclass(frozen=True)
class WrittenDataset:
    """A dataset at `path`; `shards` are the files of its rows."""

    path: str
    shards: tuple[str, ...]

    @property
    def layout(self) -> Layout:
        """Where its facts lie, if it has any."""
        return Layout(self.path)


def dataset_at(path: str) -> WrittenDataset | None:
    """Return the dataset at a path: a folder with shards in `data/`, or a file with its state beside it.

    None for anything else; card, rejects and report of a dataset are no documents.
    """
    layout = Layout(path)
    if layout.is_file:
        return WrittenDataset(path, (path,)) if exists(layout.state_file("plan.json")) else None
    if not is_remote(path) and not os.path.isdir(path):
        return None
    shards = [info.path for info in list_files(layout.data)]
    shards = [shard for shard in shards if _SHARD.fullmatch(shard.rpartition("/")[2])]
    return WrittenDataset(path, tuple(shards)) if shards else None


def facts_of_dataset(dataset: WrittenDataset, encodings: Sequence[str]) -> pa.Table | None:
    """Return what facts say of a dataset's rows; None where they do not say it.

    They do where the run was finished, its shards are all there, its rows are whole texts (not chunks,
    not dialogues), what was counted is what is asked for, and the sum is the one of the run's account.
    """
    import polars as pl

    layout = dataset.layout
    plan, done = (_read(layout.state_file(name)) for name in ("plan.json", "done.json"))
    if plan is None or done is None:
        return None
    stages = plan.get("plan", {}).get("stages", {})
    records, tokenizer = stages.get("ToRecords", {}), stages.get("CountTokens", {}).get("tokenizer")
    is_whole = (records.get("tasks"), records.get("shape")) == (["text"], "text")
    if not is_whole or "Chunk" in stages or not isinstance(tokenizer, str):
        return None
    if list(encodings) != [TokenizerManager().get(tokenizer).encoding]:
        return None
    shards = [shard.split("/") for shard in done.get("shards", ())]
    written = {names[-1] for names in shards if names[-2:-1] == ["data"]}
    if not layout.is_file and written != {shard.rpartition("/")[2] for shard in dataset.shards}:
        return None
    try:
        facts = _rows(layout, encodings[0])
    except (OSError, pl.exceptions.PolarsError):  # then the rows are read, which say it all
        return None
    wanted = done.get("tokens", {})
    if layout.is_file:
        wanted = {"train": wanted.get("train", 0)}
        facts = facts.filter(pa.compute.equal(facts["split"], "train"))
    counted = pa.compute.struct_field(facts["counts"], encodings[0])
    if (pa.compute.sum(counted).as_py() or 0) != sum(wanted.values()):
        return None
    return facts.drop_columns("split")


def _rows(layout: Layout, encoding: str) -> pa.Table:
    """Return the facts of documents that became a row."""
    import polars as pl

    schema = facts_schema([encoding])
    names = ["doc_id", "source", "place", "warnings", "n_elements"]
    tables = [schema.append(pa.field("split", pa.string())).empty_table()]
    for info in list_files(layout.facts):
        with open_read(info.path) as stream:
            found = pl.read_parquet(
                stream.read(), columns=[*names, "n_tokens", "n_records", "split"]
            )
        kept = found.filter(pl.col("n_records") > 0)
        columns = {name: kept[name].to_arrow() for name in (*names, "split")}
        columns["counts"] = kept.select(
            pl.struct(pl.col("n_tokens").alias(encoding)).alias("counts")
        )["counts"].to_arrow()
        tables.append(
            pa.table(
                {
                    field.name: columns[field.name].cast(field.type)
                    if field.name in columns
                    else pa.nulls(kept.height, field.type)
                    for field in tables[0].schema
                }
            )
        )
    return pa.concat_tables(tables)


def _read(path: str) -> dict[str, Any] | None:
    try:
        found = msgspec.json.decode(read_bytes(path))
    except (OSError, msgspec.DecodeError):
        return None
    return found if isinstance(found, dict) else None
