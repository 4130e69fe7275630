"""Check a dataset of ours: rows against their shape, shards against the run's account."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

import msgspec

from tore_export.audit.finding import Finding, Findings
from tore_export.audit.row_files import RowsSeen, check_rows
from tore_export.audit.rows import is_parquet, rows_of
from tore_export.audit.told_shape import told_shape
from tore_export.errors import StorageError
from tore_export.sinks.shards import JoinReceipt
from tore_export.sources.unit import InputFile, Limits
from tore_export.storage.files import join, list_files, open_read, read_bytes, stat
from tore_export.storage.layout import Layout

__all__ = ["check_dataset"]

_NUMBERED = re.compile(r"([\w.]+)-(\d{5})-of-(\d{5})\.(?:parquet|jsonl|jsonl\.zst)")
_BLOCK_BYTES = 4_000_000


def check_dataset(
    path: str,
    shards: Sequence[str],
    limits: Limits,
    findings: Findings,
    *,
    named: str | None = None,
    min_quality_score: float | None = None,
) -> None:
    """Check a dataset at `path`, whose rows lie in `shards`.

    The shards are numbered without gaps; where the run's state is there, each is what its receipt says,
    none is missing or added, the books balance, and the card names what there is. No document is in two
    splits.
    """
    layout = Layout(path)
    done = _json(layout.state_file("done.json"), findings)
    receipts = _receipts(layout, findings)
    if layout.is_file:
        shards = _beside(layout, receipts) or shards
    _check_names(shards, receipts, layout, findings)
    _check_bytes(layout, receipts, findings)
    seen: dict[str, tuple[str, RowsSeen]] = {}
    for shard in shards:
        found = stat(shard)
        file = InputFile(shard, shard, found.size if found else 0)
        told = told_shape(file, limits, named)
        if told is None:
            findings.files += 1
            findings.add(_unknown_shape(shard))
            continue
        rows = check_rows(
            file, told, limits, findings, min_quality_score=min_quality_score, is_ours=True
        )
        seen[shard] = _split_of(shard, layout), rows
        receipt = receipts.get(shard.rpartition("/")[2])
        if receipt is not None and receipt.rows != rows.rows:
            _add(findings, shard, "row_count", f"{rows.rows:,} rows", f"{receipt.rows:,}")
    if done is not None:
        _check_books(path, done, receipts, seen, findings)
    elif receipts:
        _add(findings, path, "unfinished", "a run that did not end", "done.json among the state")
    if done is not None and not layout.is_file:
        _check_card(layout, shards, done, findings)
    _check_splits(seen, limits, findings)


def _beside(layout: Layout, receipts: Mapping[str, JoinReceipt]) -> list[str]:
    """Return the files of an output that is one file a split."""
    splits = [receipt.split for receipt in receipts.values() if receipt.split != "rejects"]
    paths = [layout.shard(split, 0, 1, layout.suffix or "") for split in splits]
    return sorted(path for path in paths if stat(path) is not None)


def _unknown_shape(path: str) -> Finding:
    """Return what is said of rows whose columns tell no shape."""
    allowed = "columns of a shape, or its name with --shape"
    return Finding(path, "unknown_shape", None, "columns that tell no shape", allowed)


def _add(findings: Findings, file: str, named: str, found: str, allowed: str) -> None:
    findings.add(Finding(file, named, None, found, allowed))


def _json(path: str, findings: Findings) -> Any:
    try:
        return msgspec.json.decode(read_bytes(path))
    except (FileNotFoundError, StorageError):
        return None
    except (OSError, msgspec.DecodeError) as error:
        _add(findings, path, "damaged_state", str(error), "the account of the run")
        return None


def _receipts(layout: Layout, findings: Findings) -> dict[str, JoinReceipt]:
    """Return the receipts of shards, by the names of their files."""
    found = {}
    for info in list_files(layout.receipts):
        if not info.path.rpartition("/")[2].startswith("join-"):
            continue
        try:
            receipt = msgspec.convert(_json(info.path, findings), JoinReceipt)
        except msgspec.ValidationError:
            continue  # told as damaged, or written by another release
        found[receipt.path.rpartition("/")[2]] = receipt
    return found


def _check_names(
    shards: Sequence[str], receipts: Mapping[str, JoinReceipt], layout: Layout, findings: Findings
) -> None:
    there = {shard.rpartition("/")[2]: shard for shard in shards}
    data = {name for name, receipt in receipts.items() if receipt.split != "rejects"}
    if receipts and not layout.is_file:
        for name in sorted(there.keys() - data):
            _add(
                findings, there[name], "unknown_shard", "a shard of no receipt", "those of the run"
            )
    numbers: dict[str, list[tuple[int, int]]] = {}
    for name in there:
        numbered = _NUMBERED.fullmatch(name)
        if numbered is not None:
            numbers.setdefault(numbered[1], []).append((int(numbered[2]), int(numbered[3])))
    for split, found in sorted(numbers.items()):
        if sorted(found) != [(number, len(found)) for number in range(len(found))]:
            said = ", ".join(f"{number:05d} of {of:05d}" for number, of in sorted(found)[:5])
            _add(findings, layout.data, "shard_numbering", f"{split}: {said}", "00000 to the last")


def _check_bytes(layout: Layout, receipts: Mapping[str, JoinReceipt], findings: Findings) -> None:
    for name, receipt in sorted(receipts.items()):
        path = _path_of(layout, name, receipt)
        found = stat(path)
        if found is None:
            _add(findings, path, "missing_shard", "no file", f"{receipt.rows:,} rows")
        elif found.size != receipt.size or _sha256(path) != receipt.sha256:
            allowed = f"{receipt.size:,} bytes, sha256 {receipt.sha256[:12]}…"
            _add(findings, path, "changed_shard", f"{found.size:,} bytes", allowed)


def _path_of(layout: Layout, name: str, receipt: JoinReceipt) -> str:
    """Return where a shard lies now: a dataset may have been moved since its receipts were written."""
    if receipt.split == "rejects":
        return join(layout.rejects, name)
    if layout.is_file:
        return layout.shard(receipt.split, 0, 1, layout.suffix or "")
    return join(layout.data, name)


def _sha256(path: str) -> str:
    digest = sha256()
    with open_read(path) as stream:
        while block := stream.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def _split_of(shard: str, layout: Layout) -> str:
    name = shard.rpartition("/")[2]
    numbered = _NUMBERED.fullmatch(name)
    if numbered is not None:
        return numbered[1]
    own = layout.output.rpartition("/")[2].removesuffix(layout.suffix or "")
    return name.removesuffix(layout.suffix or "").removeprefix(own).lstrip(".") or "train"


def _check_books(
    path: str,
    done: Mapping[str, Any],
    receipts: Mapping[str, JoinReceipt],
    seen: Mapping[str, tuple[str, RowsSeen]],
    findings: Findings,
) -> None:
    documents = done.get("documents", {})
    gone = documents.get("dropped", 0) + documents.get("failed", 0)
    if documents.get("in") != documents.get("kept", 0) + gone:
        _add(findings, path, "books", str(documents), "in = kept + dropped + failed")
    rejects = sum(receipt.rows for receipt in receipts.values() if receipt.split == "rejects")
    if receipts and rejects != gone:
        _add(findings, path, "books", f"{rejects:,} rejects", f"{gone:,} dropped and failed")
    rows: Counter[str] = Counter()
    tokens: Counter[str] = Counter()
    has_tokens = all(one.has_tokens for _, one in seen.values())
    for split, one in seen.values():
        rows[split] += one.rows
        tokens[split] += one.n_tokens
    for name, found, wanted in (
        ("rows", rows, done.get("records", {})),
        ("tokens", tokens, done.get("tokens", {}) if has_tokens else tokens),
    ):
        for split in sorted(found.keys() | wanted.keys()):
            if found[split] != wanted.get(split, 0):
                said = f"{split}: {found[split]:,} {name}"
                _add(findings, path, "books", said, f"{wanted.get(split, 0):,}")


def _check_card(
    layout: Layout, shards: Sequence[str], done: Mapping[str, Any], findings: Findings
) -> None:
    import yaml

    card = join(layout.root, "README.md")
    try:
        head = yaml.safe_load(read_bytes(card).decode().split("---")[1]) or {}
        files = {
            str(path).rpartition("/")[2]
            for config in head.get("configs", [])
            for one in config["data_files"]
            for path in one["path"]
        }
        counts = {
            one["name"]: one["num_examples"]
            for one in head.get("dataset_info", {}).get("splits", [])
        }
    except (OSError, StorageError) as error:
        _add(findings, card, "card", str(error), "a card that can be read")
        return
    except (yaml.YAMLError, UnicodeDecodeError, IndexError, KeyError, TypeError, AttributeError):
        _add(findings, card, "card", "no YAML as `datasets` reads it", "configs and dataset_info")
        return
    there = {shard.rpartition("/")[2] for shard in shards}
    if files != there:
        said = ", ".join(sorted(files ^ there)[:5])
        _add(findings, card, "card", f"other files than there are: {said}", "those in data/")
    wanted = {split: rows for split, rows in done.get("records", {}).items() if rows}
    if counts != wanted:
        _add(findings, card, "card", f"num_examples {counts}", str(wanted))


def _check_splits(
    seen: Mapping[str, tuple[str, RowsSeen]], limits: Limits, findings: Findings
) -> None:
    """Find documents in two splits: by the hashes of their ids, then, where there are any, by ids."""
    import numpy as np

    by_split: dict[str, list[Any]] = {}
    for split, rows in seen.values():
        by_split.setdefault(split, []).append(np.frombuffer(rows.ids, np.int64))
    hashes = [np.unique(np.concatenate(found)) for found in by_split.values()]
    if not hashes:
        return
    distinct, counts = np.unique(np.concatenate(hashes), return_counts=True)
    twice = set(distinct[counts > 1].tolist())
    if not twice:
        return
    splits: dict[str, str] = {}
    told: set[str] = set()
    for shard, (split, _) in seen.items():
        file = InputFile(shard, shard, 0)
        columns = ["doc_id"] if is_parquet(file) else None
        for number, row in rows_of(file, limits, Findings(kept=0), columns):
            doc_id = None if row is None else row.get("doc_id")
            if not isinstance(doc_id, str) or hash(doc_id) not in twice:
                continue
            first = splits.setdefault(doc_id, split)
            if first != split and doc_id not in told:
                told.add(doc_id)
                findings.add(
                    Finding(shard, "in_two_splits", "doc_id", doc_id, f"{first} only", number)
                )
