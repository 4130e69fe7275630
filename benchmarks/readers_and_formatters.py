"""What each reader and each format does a second, and each reader beside the bare library it builds on.

The same documents are written in every dialect (Markdown and plain text by this project's formatters,
HTML of that Markdown by markdown-it, docling's JSON and CSV by this file) and read again, each in a
fresh process. A reader is paired with its library on the same files: markdown-it-py parsing,
selectolax parsing and visiting each node once for its text, msgspec decoding to plain objects, the csv
module, pyarrow reading to Python values. That is the least that has to be done, not the same work: of
an HTML page the library gives nodes, the reader headings, nested lists, cells and spans in columns.
Wanted is at most 1.25 times the library. Sizes are of the input for readers and of the output for
formatters.

**Right as well:** the words that are read are the words that were written, for every dialect; each
format's output holds the words of the elements.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from corpus import arguments, name_of, sample
from measuring import median, run, write_result

N_DOCUMENTS = 1_000
MAX_TIMES_LIBRARY = 1.25
FORMATS = (
    ("markdown", {}),
    ("markdown", {"flavor": "commonmark"}),
    ("markdown", {"flavor": "academic"}),
    ("markdown", {"flavor": "unstructured"}),
    ("plaintext", {}),
    ("plaintext", {"line_width": 80}),
    ("jsonl", {}),
    ("template", {"template": "default"}),
)
BOX = {"l": 72.0, "t": 700.0, "r": 520.0, "b": 680.0, "coord_origin": "BOTTOMLEFT"}
WORD = re.compile(r"[^\W_]{2,}")


# what is read ---------------------------------------------------------------------------------------


def dialects(corpus: Path, folder: Path) -> dict[str, Path]:
    """Write the documents of the corpus in every dialect; return a folder for each."""
    from tore_export.api.text_engine import TextEngine

    engine = TextEngine()
    rows = [
        msgspec.json.decode(line) for path in corpus.glob("*.jsonl") for line in path.open("rb")
    ]
    found = {
        name: folder / name
        for name in (
            "jsonl",
            "unstructured",
            "parquet",
            "markdown",
            "html",
            "text",
            "docling",
            "csv",
        )
    }
    for path in found.values():
        path.mkdir()
    (found["jsonl"] / "all.jsonl").write_bytes(
        b"".join(msgspec.json.encode(r) + b"\n" for r in rows)
    )
    _write_parquet(rows, found["parquet"] / "all.parquet")
    from markdown_it import MarkdownIt

    to_html = MarkdownIt("commonmark").enable("table")
    for number, row in enumerate(rows):
        name = f"{number:05}"
        elements = row["elements"]
        (found["unstructured"] / f"{name}.json").write_bytes(msgspec.json.encode(elements))
        (found["docling"] / f"{name}.json").write_bytes(msgspec.json.encode(docling_of(elements)))
        markdown = engine.render(elements, "markdown")
        _write(found["markdown"] / f"{name}.md", markdown)
        _write(found["text"] / f"{name}.txt", engine.render(elements, "plaintext"))
        page = f"<!doctype html><title>{name}</title><main>{to_html.render(markdown)}</main>"
        _write(found["html"] / f"{name}.html", page)
    _write_csv(rows, found["csv"] / "all.csv")
    return found


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _write_parquet(rows: list[dict[str, Any]], path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    texts = [msgspec.json.encode(row["elements"]).decode() for row in rows]
    pq.write_table(pa.table({"elements": texts}), path)


def _write_csv(rows: list[dict[str, Any]], path: Path) -> None:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["number", "kind", "text"])
    for row in rows:
        for number, element in enumerate(row["elements"]):
            kind = element.get("type") or element.get("element_type")
            writer.writerow([number, kind, element.get("text") or ""])
    _write(path, out.getvalue())


def docling_of(elements: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the elements as a DoclingDocument: headings, texts and one list for each run of items."""
    texts: list[dict[str, Any]] = []
    groups: list[dict[str, Any]] = []
    body: list[dict[str, str]] = []
    for element in elements:
        kind = str(element.get("type") or element.get("element_type")).lower()
        label = {"title": "section_header", "listitem": "list_item"}.get(kind, "text")
        self_ref = f"#/texts/{len(texts)}"
        item = {
            "self_ref": self_ref,
            "parent": {"$ref": "#/body"},
            "children": [],
            "content_layer": "body",
            "label": label,
            "prov": [
                {"page_no": 1, "bbox": {"l": 1.0, "t": 2.0, "r": 3.0, "b": 1.0}, "charspan": [0, 1]}
            ],
            "orig": element.get("text") or "",
            "text": element.get("text") or "",
        }
        if label == "section_header":
            item["level"] = 1
        if label == "list_item":
            if not texts or texts[-1]["label"] != "list_item":
                body.append({"$ref": f"#/groups/{len(groups)}"})
                groups.append(
                    {
                        "self_ref": f"#/groups/{len(groups)}",
                        "parent": {"$ref": "#/body"},
                        "children": [],
                        "content_layer": "body",
                        "name": "list",
                        "label": "list",
                    }
                )
            groups[-1]["children"].append({"$ref": self_ref})
            item |= {"enumerated": False, "marker": "-", "parent": {"$ref": groups[-1]["self_ref"]}}
        else:
            body.append({"$ref": self_ref})
        texts.append(item)
    root = {"children": [], "content_layer": "body", "name": "_root_", "label": "unspecified"}
    return {
        "schema_name": "DoclingDocument",
        "version": "1.10.0",
        "name": "document",
        "furniture": {**root, "self_ref": "#/furniture", "content_layer": "furniture"},
        "body": {**root, "self_ref": "#/body", "children": body},
        "groups": groups,
        "texts": texts,
        "pictures": [],
        "tables": [],
        "key_value_items": [],
        "form_items": [],
        "pages": {},
    }


# the libraries --------------------------------------------------------------------------------------


def parse_markdown(data: bytes) -> None:
    from markdown_it import MarkdownIt

    global _MARKDOWN  # noqa: PLW0603  # a parser is made once, as readers do
    if _MARKDOWN is None:
        _MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    _MARKDOWN.parse(data.decode())


_MARKDOWN: Any = None


def parse_html(data: bytes) -> None:
    from selectolax.lexbor import LexborHTMLParser

    for node in LexborHTMLParser(data).root.traverse(include_text=True):
        if node.tag == "-text":
            _ = node.text_content


def decode_json(data: bytes) -> None:
    msgspec.json.decode(data)


def decode_lines(data: bytes) -> None:
    for line in data.splitlines():
        msgspec.json.decode(line)


def read_csv(data: bytes) -> None:
    list(csv.reader(io.StringIO(data.decode(), newline="")))


def read_parquet(data: bytes) -> None:
    import pyarrow.parquet as pq

    for text in pq.read_table(io.BytesIO(data))["elements"].to_pylist():
        msgspec.json.decode(text)


def split_lines(data: bytes) -> None:
    for line in data.decode().split("\n"):
        line.strip()


LIBRARIES: dict[str, tuple[str, Callable[[bytes], None]]] = {
    "jsonl": ("msgspec to Python objects", decode_lines),
    "unstructured": ("msgspec to Python objects", decode_json),
    "docling": ("msgspec to Python objects", decode_json),
    "parquet": ("pyarrow and msgspec to Python objects", read_parquet),
    "markdown": ("markdown-it-py, parsed", parse_markdown),
    "html": ("selectolax, parsed and each node visited", parse_html),
    "csv": ("the csv module", read_csv),
    "text": ("lines split and stripped", split_lines),
}


# measured in processes of their own -----------------------------------------------------------------


def measure_library(dialect: str, folder: str) -> None:
    _, parse = LIBRARIES[dialect]
    files = sorted(Path(folder).iterdir())
    first = files[0].read_bytes()
    parse(first[:2_000] if dialect in ("text", "markdown") else first)
    begin = time.process_time()
    for path in files:
        parse(path.read_bytes())
    print(json.dumps({"seconds": time.process_time() - begin}))


def read_tables(folder: str) -> Iterator[Any]:
    from tore_export.plan.inputs import find_inputs
    from tore_export.plan.units import make_units
    from tore_export.sources.source import read_unit
    from tore_export.sources.unit import Limits

    for unit in make_units(find_inputs([folder])):
        yield from read_unit(unit, Limits())


def measure_reader(folder: str) -> None:
    from tore_export.documents.columns import ElementColumns

    files = sorted(Path(folder).iterdir())
    next(read_tables(str(files[0])))  # loads what is loaded once a process
    begin = time.process_time()
    tables = list(read_tables(folder))
    seconds = time.process_time() - begin
    n_failed = sum(
        reject is not None and reject["failed"]
        for t in tables
        for reject in t["reject"].to_pylist()
    )
    words = 0
    for table in tables:
        columns = ElementColumns.from_arrow(table["elements"])
        for text, rows in zip(columns.texts, columns.cells, strict=True):
            found = [text] if rows is None else [cell[0] for row in rows for cell in row]
            words += sum(len(WORD.findall(part)) for part in found)
    print(json.dumps({"seconds": seconds, "failed": n_failed, "words": words}))


def measure_format(name: str, options: str, folder: str) -> None:
    import pyarrow as pa

    from tore_export.stages.normalize import Normalize
    from tore_export.stages.render_files import FILE_COLUMN, RenderFiles

    table = Normalize()(pa.concat_tables(read_tables(folder)).combine_chunks())
    chosen = tuple(sorted(json.loads(options).items()))
    stage = RenderFiles(((name, chosen),), "cl100k_base")
    stage(table.slice(0, 1))
    begin = time.process_time()
    contents = stage(table)[FILE_COLUMN + name].to_pylist()
    seconds = time.process_time() - begin
    size = sum(len(content.encode()) for content in contents if content)
    words = sum(len(WORD.findall(content)) for content in contents if content)
    print(json.dumps({"seconds": seconds, "megabytes": size / 1e6, "words": words}))


# ----------------------------------------------------------------------------------------------------


def main() -> None:
    if sys.argv[1:2] == ["--measure"]:
        {"library": measure_library, "reader": measure_reader, "format": measure_format}[
            sys.argv[2]
        ](*sys.argv[3:])
        return
    options = arguments(__doc__)
    figures: dict[str, Any] = {"corpus": name_of(options.corpus), "documents": N_DOCUMENTS}
    with TemporaryDirectory() as scratch:
        folders = dialects(sample(options.corpus, N_DOCUMENTS), Path(scratch))
        figures["readers"] = {
            dialect: reader(dialect, folder, options.repeats) for dialect, folder in folders.items()
        }
        figures["formats"] = {
            " ".join([name, *map(str, chosen.values())]): written(
                name, chosen, folders["jsonl"], options.repeats
            )
            for name, chosen in FORMATS
        }
    check_words(figures)
    figures["wanted_times_library"] = MAX_TIMES_LIBRARY
    figures["repeats"] = options.repeats
    write_result("readers_and_formatters", __doc__.splitlines()[0], figures)


def check_words(figures: dict[str, Any]) -> None:
    """Every dialect is read to the same words, and every format holds them."""
    wanted = figures["readers"]["jsonl"]["words"]
    for name, row in figures["readers"].items():
        words = row.pop("words")
        least = 0.99 * wanted
        most = 1.01 * wanted if name != "csv" else 2 * wanted  # which has columns of its own
        assert least <= words <= most, f"{name}: {words:,} words, and {wanted:,} were written"
    for name, row in figures["formats"].items():
        words = row.pop("words")
        assert words >= 0.99 * wanted, f"{name}: {words:,} words of {wanted:,}"


def reader(dialect: str, folder: Path, repeats: int) -> dict[str, Any]:
    megabytes = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    library, _ = LIBRARIES[dialect]
    pairs = []
    for _ in range(repeats):
        ours = run(sys.executable, __file__, "--measure", "reader", folder).json()
        theirs = run(sys.executable, __file__, "--measure", "library", dialect, folder).json()
        assert ours["failed"] == 0, f"{dialect}: {ours['failed']} documents failed"
        pairs.append((ours["seconds"], theirs["seconds"]))
    return {
        "mb": round(megabytes, 2),
        "mb_per_processor_second": median([megabytes / a for a, _ in pairs]),
        "library": library,
        "library_mb_per_processor_second": median([megabytes / b for _, b in pairs]),
        "times_library": median([a / b for a, b in pairs]),
        "words": ours["words"],
    }


def written(name: str, chosen: dict[str, Any], folder: Path, repeats: int) -> dict[str, Any]:
    found = [
        run(
            sys.executable, __file__, "--measure", "format", name, json.dumps(chosen), folder
        ).json()
        for _ in range(repeats)
    ]
    return {
        "mb": round(found[0]["megabytes"], 2),
        "mb_per_processor_second": median([one["megabytes"] / one["seconds"] for one in found]),
        "words": found[0]["words"],
    }


if __name__ == "__main__":
    main()
