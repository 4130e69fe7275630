"""The sink of a batch: a file for each document and format, and a manifest of them all."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from typing import IO

import msgspec
import pyarrow as pa

from tore_export.errors import BooksError
from tore_export.sinks.accounts import Account
from tore_export.sinks.facts import facts_of, write_facts
from tore_export.sinks.jsonl import join_copies
from tore_export.sinks.parts import PartWriters, open_parts
from tore_export.sinks.shards import Join, JoinReceipt
from tore_export.sinks.writing import HashingWriter
from tore_export.storage.files import join, open_write, sync
from tore_export.storage.layout import Layout
from tore_export.storage.receipts import Receipt

__all__ = ["MANIFEST", "DocumentSink", "ambiguous_names", "file_name"]

MANIFEST = pa.schema(
    [
        pa.field("doc_id", pa.string()),
        pa.field("source", pa.string()),
        pa.field("format", pa.string()),
        pa.field("path", pa.string()),
        pa.field("size", pa.int64()),
        pa.field("sha256", pa.string()),
    ]
)

_SUFFIX = re.compile(
    r"(\.(tore|json|jsonl|ndjson|parquet|md|markdown|mdown|mkd|mdx|x?html?|csv|tsv|tab|txt|text|rst"
    r"|asc|log|arrow))?(\.(gz|zst))?$",
    re.IGNORECASE,
)
_UNFIT = re.compile(r'[\x00-\x1f/\\:*?"<>|]|^\.+')
LONGEST_NAME = 120


@dataclass(frozen=True)
class DocumentSink:
    """Write `OUTPUT/FORMAT/same/tree/name.suffix`, one a document and format, and `manifest.jsonl`.

    `formats` are (name, suffix). A file that holds many documents becomes a folder,
    `name/DOC_ID.suffix`. `keep_full` are sources that keep their own suffix too, since another lies
    beside them whose name is the same without: `a.tore` and `a.json` become `a.tore.md`, `a.json.md`.
    """

    layout: Layout
    fingerprint: str
    formats: tuple[tuple[str, str], ...]
    keep_full: frozenset[str] = frozenset()
    encoding: str = "utf-8"

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders of the output that this sink fills, other than rejects and state."""
        return tuple(name for name, _ in self.formats)

    def write_unit(self, tables: Iterable[pa.Table]) -> Receipt:
        """Write the files of one unit; its receipt comes last."""
        started = time.perf_counter()
        account = Account()
        records: Counter[str] = Counter()
        facts: list[pa.Table] = []
        taken: set[str] = set()
        with ExitStack() as files:
            writers = PartWriters(self.layout, files)
            for documents, is_kept, rejected in account.walk(tables):
                facts.append(facts_of(documents))
                if rejected.num_rows:
                    writers.write(account.unit, "rejects", "jsonl", rejected)
                kept = documents.drop_columns("elements").filter(is_kept)
                written = pa.Table.from_pylist(list(self._write_files(kept, taken)), MANIFEST)
                if written.num_rows:
                    writers.write(account.unit, "manifest", "jsonl", written)
                records.update(written["format"].to_pylist())
            parts = writers.close()
        sync(self.layout.output)
        write_facts(self.layout, account.unit, facts)
        return account.close(
            self.layout,
            self.fingerprint,
            records=records,
            tokens=Counter(),
            parts=parts,
            seconds=time.perf_counter() - started,
        )

    def _write_files(self, kept: pa.Table, taken: set[str]) -> Iterator[dict[str, object]]:
        names = []
        for source, place, doc_id in zip(
            kept["source"].to_pylist(),
            kept["place"].to_pylist(),
            kept["doc_id"].to_pylist(),
            strict=True,
        ):
            name = file_name(source, place, doc_id, keep_full=source in self.keep_full)
            while name in taken:
                name += f"-{place}"  # a name made so may be another document's id
            names.append(name)
            taken.add(name)
        heads = list(
            zip(names, kept["doc_id"].to_pylist(), kept["source"].to_pylist(), strict=True)
        )
        contents = [kept[f"file_{name}"].to_pylist() for name, _ in self.formats]
        # document by document, so that the manifest does not depend on where tables are cut
        for at, (stem, doc_id, source) in enumerate(heads):
            for (name, suffix), column in zip(self.formats, contents, strict=True):
                encoding = "utf-8" if suffix == ".jsonl" else self.encoding
                data = column[at].encode(encoding, "xmlcharrefreplace")
                path = f"{name}/{stem}{suffix}"
                with open_write(join(self.layout.output, path), synced=False) as stream:
                    stream.write(data)
                yield {
                    "doc_id": doc_id,
                    "source": source,
                    "format": name,
                    "path": path,
                    "size": len(data),
                    "sha256": sha256(data).hexdigest(),
                }

    def join(self, task: Join) -> JoinReceipt:
        """Join the manifest, or the rejects.

        **Raises** BooksError where two documents were written to one file: a unit does not know what
        others of the same input file have named theirs.
        """
        if task.split == "manifest":
            with open_parts(self.layout, task.parts) as streams:
                _refuse_shared_files(streams)
        path = (
            join(self.layout.output, "manifest.jsonl")
            if task.split == "manifest"
            else self.layout.shard(task.split, task.number, task.of, ".jsonl")
        )
        with open_parts(self.layout, task.parts) as streams, open_write(path) as stream:
            out = HashingWriter(stream)
            join_copies(streams, out)
        rows = sum(part.rows for part in task.parts)
        return JoinReceipt(task.split, task.number, path, rows, out.size, out.sha256)


class _Written(msgspec.Struct):
    doc_id: str
    source: str
    path: str


def _refuse_shared_files(manifests: Iterable[IO[bytes]]) -> None:
    decoder = msgspec.json.Decoder(_Written)
    seen: set[str] = set()
    for manifest in manifests:
        for line in manifest:
            written = decoder.decode(line)
            if written.path in seen:
                raise BooksError(
                    "two documents have the same id, and so the same file",
                    where=written.source,
                    found=f"{written.doc_id!r} twice, both to {written.path}",
                    hint="give each document of this file an id of its own, or none",
                )
            seen.add(written.path)


def file_name(source: str, place: int | None, doc_id: str, *, keep_full: bool = False) -> str:
    """Return the path of a document's file, without the suffix of its format.

    Where a file holds many documents, their ids name the files; an id that is no fit name is made one
    and told apart by its place.

    >>> file_name("a/b.tore", None, "x"), file_name("a/b.tore", None, "x", keep_full=True)
    ('a/b', 'a/b.tore')
    >>> file_name("rows.jsonl.gz", 0, "x-1"), file_name("rows.jsonl", 7, "../x")
    ('rows/x-1', 'rows/__x-7')
    """
    stem = source if keep_full else _SUFFIX.sub("", source) or source
    if place is None:
        return stem
    fit = _UNFIT.sub("_", doc_id)[:LONGEST_NAME].strip(" .")
    return f"{stem}/{fit}" if fit == doc_id and fit else f"{stem}/{fit or 'document'}-{place}"


def ambiguous_names(sources: Sequence[str]) -> frozenset[str]:
    """Return the sources whose names without suffix another one has too.

    >>> sorted(ambiguous_names(["a.tore", "a.json", "b.json"]))
    ['a.json', 'a.tore']
    """
    counts = Counter(file_name(source, None, "").casefold() for source in sources)
    return frozenset(s for s in sources if counts[file_name(s, None, "").casefold()] > 1)
