"""The sink of a batch: names of files, what they hold, and the manifest."""

from __future__ import annotations

import json
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import document, write_jsonl
from tore_export.api.batch import batch_run
from tore_export.config import ExportConfig
from tore_export.documents.columns import DocumentRows
from tore_export.errors import BooksError
from tore_export.plan import units as units_module
from tore_export.sinks.documents import LONGEST_NAME, DocumentSink, ambiguous_names, file_name
from tore_export.sinks.shards import plan_joins
from tore_export.sources.detect import readers
from tore_export.stages.stage import put
from tore_export.storage.layout import Layout


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("a.tore", "a"),
        ("deep/er/a.json", "deep/er/a"),
        ("a.JSON", "a"),
        ("a.json.gz", "a"),
        ("a.ndjson.zst", "a"),
        ("a.b.json", "a.b"),
        ("a.pdf.json", "a.pdf"),
        ("a.dat", "a.dat"),
        ("a", "a"),
        ("a.gz", "a"),
        (".json", ".json"),
        ("a.html", "a"),
        ("a.parquet", "a"),
    ],
)
def test_a_file_that_is_one_document_gives_its_name_without_what_it_is(
    source: str, name: str
) -> None:
    assert file_name(source, None, "whatever") == name
    assert file_name(source, None, "whatever", keep_full=True) == source


def test_documents_of_one_file_are_named_by_their_ids() -> None:
    assert file_name("a/rows.jsonl", 0, "x-1") == "a/rows/x-1"
    assert file_name("a/rows.jsonl", 0, "x-1", keep_full=True) == "a/rows.jsonl/x-1"


@pytest.mark.parametrize(
    ("doc_id", "name"),
    [
        ("a/b", "a_b-5"),
        ("../../etc/passwd", "__.._etc_passwd-5"),
        ("..", "_-5"),
        ("", "document-5"),
        ("   ", "document-5"),
        ("x.", "x-5"),
        ("a\x00b", "a_b-5"),
        ("C:\\x", "C__x-5"),
        ("x" * 500, "x" * LONGEST_NAME + "-5"),
        ("Überblick 2", "Überblick 2"),
    ],
)
def test_an_id_that_is_no_fit_name_is_made_one_and_told_apart_by_its_place(
    doc_id: str, name: str
) -> None:
    assert file_name("f.jsonl", 5, doc_id) == f"f/{name}"


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200), st.integers(0, 10**12))
def test_no_id_leads_out_of_its_folder(doc_id: str, place: int) -> None:
    folder, _, name = file_name("f.jsonl", place, doc_id).partition("/")
    assert folder == "f"
    assert name not in ("", ".", "..")
    assert not set(name) & set('/\\\x00\n:*?"<>|')
    assert not name.startswith(".")


def test_names_that_differ_in_their_suffix_or_case_only_are_ambiguous() -> None:
    sources = ["a.tore", "a.json", "b/a.json", "C.json", "c.jsonl", "d.json"]
    assert ambiguous_names(sources) == {"a.tore", "a.json", "C.json", "c.jsonl"}


def rows(*documents: tuple[str, str, int | None, str]) -> pa.Table:
    """Return kept documents of (doc_id, source, place, content), and the mark."""
    made = DocumentRows(0)
    for doc_id, source, place, _ in documents:
        made.add(doc_id, source, place=place)
    made.mark_end(len(documents))
    contents = [*(content for *_, content in documents), None]
    return put(made.to_table(), "file_markdown", pa.array(contents, pa.string()))


def sink(tmp_path: Path, **options: Any) -> DocumentSink:
    layout = Layout(str(tmp_path / "out"))
    return DocumentSink(layout, "f", (("markdown", ".md"),), **options)


def files(tmp_path: Path) -> dict[str, bytes]:
    root = tmp_path / "out" / "markdown"
    found = (path for path in root.rglob("*") if path.is_file())
    return {str(path.relative_to(root)): path.read_bytes() for path in found}


def test_a_file_is_written_whole_for_each_document(tmp_path: Path) -> None:
    receipt = sink(tmp_path).write_unit(
        [rows(("x", "a.tore", None, "# A\n"), ("1", "deep/rows.jsonl", 0, "one\n"))]
    )
    assert files(tmp_path) == {"a.md": b"# A\n", "deep/rows/1.md": b"one\n"}
    assert receipt.records == {"markdown": 2}
    assert receipt.documents.kept == 2
    assert sink(tmp_path).folders == ("markdown",)


def test_the_same_id_twice_in_one_file_makes_two_files(tmp_path: Path) -> None:
    table = rows(
        ("x", "r.jsonl", 0, "first"), ("x", "r.jsonl", 90, "second"), ("x", "r.jsonl", 180, "third")
    )
    sink(tmp_path).write_unit([table.slice(0, 1), table.slice(1)])
    assert files(tmp_path) == {"r/x.md": b"first", "r/x-90.md": b"second", "r/x-180.md": b"third"}


def test_a_name_made_of_id_and_place_may_be_an_id_too(tmp_path: Path) -> None:
    table = rows(("x-90", "r.jsonl", 0, "a"), ("x", "r.jsonl", 50, "b"), ("x", "r.jsonl", 90, "c"))
    sink(tmp_path).write_unit([table])
    assert files(tmp_path) == {"r/x-90.md": b"a", "r/x.md": b"b", "r/x-90-90.md": b"c"}


def test_the_same_id_in_two_files_makes_no_difference(tmp_path: Path) -> None:
    sink(tmp_path).write_unit([rows(("x", "a.jsonl", 0, "a"), ("x", "b.jsonl", 0, "b"))])
    assert files(tmp_path) == {"a/x.md": b"a", "b/x.md": b"b"}


def test_characters_that_an_encoding_lacks_are_written_as_references(tmp_path: Path) -> None:
    sink(tmp_path, encoding="latin-1").write_unit([rows(("x", "a.json", None, "é 漢\n"))])
    assert files(tmp_path) == {"a.md": "é &#28450;\n".encode("latin-1")}


def test_the_manifest_names_every_file_with_its_size_and_hash(tmp_path: Path) -> None:
    made = sink(tmp_path)
    receipt = made.write_unit([rows(("x", "a.tore", None, "# A\n"), ("y", "b.tore", None, ""))])
    (task,) = plan_joins([receipt], ["manifest"], None)
    joined = made.join(task)
    assert (joined.rows, joined.path) == (2, f"{tmp_path}/out/manifest.jsonl")
    lines = (tmp_path / "out" / "manifest.jsonl").read_text().splitlines()
    assert json.loads(lines[0]) == {
        "doc_id": "x",
        "source": "a.tore",
        "format": "markdown",
        "path": "markdown/a.md",
        "size": 4,
        "sha256": sha256(b"# A\n").hexdigest(),
    }


def test_rejected_documents_have_no_file_but_a_line_in_the_rejects(tmp_path: Path) -> None:
    made = DocumentRows(0)
    made.fail("x", "a.json", rule="invalid_json", detail="cut")
    made.mark_end(1)
    table = put(made.to_table(), "file_markdown", pa.nulls(2, pa.string()))
    batch_sink = sink(tmp_path)
    receipt = batch_sink.write_unit([table])
    assert files(tmp_path) == {}
    assert (receipt.documents.failed, receipt.records) == (1, {})
    (task,) = plan_joins([receipt], ["manifest"], None)
    path = Path(batch_sink.join(task).path)
    assert path == tmp_path / "out" / "rejects" / "rejects-00000-of-00001.jsonl"
    assert json.loads(path.read_text())["rule"] == "invalid_json"


@pytest.mark.parametrize("batch_size", [1, 1000])
def test_a_run_writes_as_many_files_as_it_kept_documents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch_size: int
) -> None:
    monkeypatch.setattr(units_module, "LEAST_BYTES", 20_000)
    path = write_jsonl(tmp_path / "in" / "a.jsonl", range(60))
    again = [json.dumps(document(n) | {"doc_id": "same"}) for n in (3, 4, 5)]
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:5], *again, *lines[5:]]) + "\n")
    config = ExportConfig(engine="inline", batch_size=batch_size)
    run = batch_run([str(path.parent)], str(tmp_path / "out"), ["markdown"], config)
    summary = run.execute()
    assert summary.units > 2
    assert summary.documents["kept"] == len(files(tmp_path)) == 63
    titles = Counter(content.split(b"\n")[0] for content in files(tmp_path).values())
    assert titles[b"# Report 3"] == titles[b"# Report 5"] == 2


def test_the_same_id_in_two_units_of_a_file_fails_the_run_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(units_module, "LEAST_BYTES", 20_000)
    path = write_jsonl(tmp_path / "in" / "a.jsonl", range(60))
    lines = path.read_text().splitlines()
    again = json.dumps(document(3) | {"doc_id": "doc-00059"})
    path.write_text("\n".join([again, *lines]) + "\n")
    run = batch_run([str(path)], str(tmp_path / "out"), ["markdown"], ExportConfig(engine="inline"))
    with pytest.raises(BooksError, match=r"a\.jsonl: two documents have the same id.*doc-00059"):
        run.execute()


@pytest.mark.parametrize(
    "suffix", sorted({suffix for reader in readers() for suffix in reader.suffixes})
)
def test_the_suffix_of_whatever_is_read_gives_way_to_that_of_the_format(suffix: str) -> None:
    assert file_name(f"a/b{suffix}", None, "x") == "a/b"
    assert file_name(f"a/b{suffix.upper()}.gz", None, "x") == "a/b"


def test_the_manifest_does_not_depend_on_where_tables_are_cut(tmp_path: Path) -> None:
    source = write_jsonl(tmp_path / "in" / "rows.jsonl", range(5))
    manifests = set()
    for batch_size in (1, 2, 1000):
        output = tmp_path / f"out-{batch_size}"
        config = ExportConfig(engine="inline", batch_size=batch_size)
        batch_run([str(source)], str(output), ["markdown", "plaintext"], config).execute()
        manifests.add((output / "manifest.jsonl").read_bytes())
    (manifest,) = manifests
    formats = [json.loads(line)["format"] for line in manifest.splitlines()]
    assert formats == ["markdown", "plaintext"] * 5
