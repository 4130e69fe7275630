"""Explain what became of a document, or where a record came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

import msgspec

from tore_export.audit.document_facts import FoundFacts, find_facts, has_facts, names_like
from tore_export.audit.source_elements import elements_of
from tore_export.audit.way import Explanation, RecordPlace, Way
from tore_export.audit.written_rows import (
    Row,
    Shard,
    lines_with,
    manifest_of,
    rows_at,
    rows_of_document,
    shards_of,
)
from tore_export.errors import PreflightError, StorageError, UsageError
from tore_export.storage.files import list_files, read_bytes
from tore_export.storage.layout import Layout

__all__ = ["explain"]

MOST_DOCUMENTS = 20
MOST_RECORDS = 20
_ABOUT = ("doc_id", "source", "n_tokens", "quality_score", "metadata")
_TOLD_APART = (
    "doc_id", "source", "place", "split", "failed", "stage", "rule", "value", "threshold",
    "text_hash", "group_of", "stratum", "date", "minhash", "together_with", "n_records",
)  # fmt: skip


def explain(
    name: str,
    output: str,
    *,
    inputs: Sequence[str] = (),
    most_documents: int = MOST_DOCUMENTS,
    most_records: int = MOST_RECORDS,
) -> Explanation:
    """Return the way of what `name` names in an output.

    It is a document's id, the source of documents, or either with `#N` for the N-th record. Where the
    output has its facts, only the shards that hold the records are read; else all are looked through for
    the document's id. With the `inputs` of the run, the elements of each record are read again.

    **Raises** PreflightError where there is no output, UsageError where nothing has this name.
    """
    layout = Layout(output)
    plan, done = _state(layout, "plan.json"), _state(layout, "done.json")
    splits = list((done or {}).get("records", {})) or ["train", "validation", "test"]
    shards = shards_of(layout, splits)
    if plan is None and not shards:
        raise PreflightError(
            "no dataset and no batch was written here", where=output, hint="name an --output"
        )
    for column, wanted, number in _readings(name):
        ways, n_documents = _ways(layout, plan or {}, shards, column, wanted, most_documents)
        if not ways:
            continue
        told = [
            _with_records(way, first, layout, shards, number, most_records) for way, first in ways
        ]
        if number is not None and not any(way.records for way in told):
            there = ", ".join(f"{way.n_records or 0:,}" for way in told)
            raise UsageError("no such record", where=output, found=name, allowed=f"1 to {there}")
        if inputs:
            told = [_with_elements(way, inputs) for way in told]
        return Explanation(name, output, n_documents, tuple(told))
    close = get_close_matches(name, names_like(layout, name), n=3, cutoff=0.3)
    raise UsageError(
        "no document has this id, and none this source",
        where=output,
        found=name,
        hint=f"did you mean {' or '.join(close)}?" if close else "an id, DOC_ID#N or a source",
    )


def _readings(name: str) -> list[tuple[str, str, int | None]]:
    """Return what a name may mean, the first that is there counts: an id may have a # itself."""
    whole, sign, number = name.rpartition("#")
    readings: list[tuple[str, int | None]] = [(name, None)]
    if sign and number.isascii() and number.isdecimal():
        readings.append((whole, int(number)))
    return [(column, said, n) for column in ("doc_id", "source") for said, n in readings]


def _state(layout: Layout, name: str) -> Any:
    try:
        return msgspec.json.decode(read_bytes(layout.state_file(name)))
    except (OSError, StorageError, msgspec.DecodeError):
        return None


def _ways(
    layout: Layout,
    plan: Mapping[str, Any],
    shards: Sequence[Shard],
    column: str,
    name: str,
    most: int,
) -> tuple[list[tuple[Way, int | None]], int]:
    """Return ways without records, each with the place of its first record, and how many there are."""
    if has_facts(layout):
        found, n_found = find_facts(layout, name, column, most)
        description = plan.get("plan", {})
        return [(_way(one, layout, description), one.first) for one in found], n_found
    if column == "source":
        return [], 0
    first = next(rows_of_document(shards, name), None)
    if first is not None:
        return [(Way(name, first[1][2].get("source"), split={"name": first[0]}), None)], 1
    rejected = _rejected(layout, name, None)
    if rejected is None:
        return [], 0
    state = "failed" if rejected.get("failed") else "dropped"
    way = Way(name, rejected.get("source"), None, state, {}, rejected, n_records=0)
    return [(way, None)], 1


def _way(found: FoundFacts, layout: Layout, description: Mapping[str, Any]) -> Way:
    facts = found.facts
    reject = None
    if facts.get("rule") is not None:
        names = ("failed", "stage", "rule", "value", "threshold")
        reject = {name: facts.get(name) for name in names}
        row = _rejected(layout, facts["doc_id"], facts["source"])
        reject |= {name: (row or {}).get(name) for name in ("detail", "text")}
    state = "kept" if reject is None else "failed" if reject["failed"] else "dropped"
    told = {key: value for key, value in facts.items() if key not in _TOLD_APART}
    return Way(
        facts["doc_id"],
        facts["source"],
        facts.get("place"),
        state,
        told,
        reject,
        _split(facts, description) if facts.get("split") is not None else None,
        facts.get("n_records"),
    )


def _split(facts: Mapping[str, Any], description: Mapping[str, Any]) -> dict[str, Any]:
    """Return the side of a document, and what decided it."""
    rules = description.get("splits") or description.get("stages", {}).get("Split", {})
    found: dict[str, Any] = {"name": facts["split"], "strategy": rules.get("strategy")}
    said = {name: rules.get(name) for name in ("seed", "group_by", "near_duplicates", "against")}
    if rules.get("strategy") == "stratified":
        said["stratify_by"] = rules.get("stratify_by")
    if rules.get("exact_ratios"):
        said["exact_ratios"] = True
    if "group_of" not in facts:
        del said["group_by"]
    known = ("group_of", "stratum", "date", "together_with")
    said |= {name: facts.get(name) for name in known}
    if facts.get("text_hash") is not None:
        said["text_hash"] = facts["text_hash"].hex()
    return found | {name: value for name, value in said.items() if value not in (None, [], ())}


def _rejected(layout: Layout, doc_id: str, source: str | None) -> dict[str, Any] | None:
    for info in list_files(layout.rejects):
        for _, row in lines_with(info.path, doc_id):
            if source is None or row.get("source") == source:
                return row
    return None


def _with_records(
    way: Way,
    first: int | None,
    layout: Layout,
    shards: Sequence[Shard],
    number: int | None,
    most: int,
) -> Way:
    """Return a way with its first records, or with the one that was asked for."""
    if way.state != "kept":
        return way
    if way.split is None:
        return replace(way, files=tuple(manifest_of(layout, way.doc_id)))
    split = way.split["name"]
    before = 0 if number is None else number - 1
    count = most if number is None else 1
    rows: list[tuple[str, Row]] = []
    if first is not None and way.n_records is not None:
        count = max(0, min(count, way.n_records - before))
        rows = [(split, row) for row in rows_at(shards, split, first + before, count)]
    if (first is None or not _are_of(rows, way, count)) and before >= 0:
        found = list(rows_of_document(shards, way.doc_id))
        rows = found[before : before + count] if found else rows
        way = replace(way, n_records=way.n_records or len(found))
    places = (_place(before + at, split, row, layout) for at, (split, row) in enumerate(rows, 1))
    return replace(way, records=tuple(places))


def _with_elements(way: Way, inputs: Sequence[str]) -> Way:
    """Return a way whose records have their elements, read again from the input."""
    ids = {one for record in way.records for one in record.metadata.get("element_ids", ())}
    if not ids or way.source is None:
        return way
    found = elements_of(inputs, way.source, way.doc_id, way.place, ids)
    if found is None:
        return way
    records = [
        replace(record, elements=tuple(one for one in found if one["id"] in own))
        for record in way.records
        for own in [set(record.metadata.get("element_ids", ()))]
    ]
    return replace(way, records=tuple(records))


def _are_of(rows: Sequence[tuple[str, Row]], way: Way, count: int) -> bool:
    """Tell whether rows are those that were wanted, as far as they say of which document they are."""
    ids = {row.get("doc_id", way.doc_id) for _, (_, _, row) in rows}
    return len(rows) == count and ids <= {way.doc_id}


def _place(number: int, split: str, row: Row, layout: Layout) -> RecordPlace:
    path, at, values = row
    shard = path.removeprefix(layout.output.rstrip("/") + "/")
    if layout.is_file:
        shard = path.rpartition("/")[2]
    metadata = {name: values[name] for name in _ABOUT if name in values and name != "n_tokens"}
    inner = metadata.pop("metadata", None) or {}
    return RecordPlace(
        number,
        split,
        shard,
        at,
        values.get("n_tokens"),
        {name: value for name, value in values.items() if name not in _ABOUT},
        metadata | {name: value for name, value in inner.items() if value is not None},
    )
