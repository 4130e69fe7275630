"""Chunk documents with one of the peers, in its own environment, and say how long it took.

`chunkers.py PEER N DOCUMENTS OUTPUT`: DOCUMENTS is a line of JSON a document (`text`, or `elements`
or `path` for docling), OUTPUT a line a document: its chunks as pairs of the whole text and the part
that is no repetition, what a text of its own parts would be cut from, and the pieces of content it
must hold; null for a document on which the peer raised. Each is set up as its documentation says for
a bound of N tokens of cl100k_base without overlap. The tokenizer and the chunker are warm, but have
seen none of the documents.
"""

from __future__ import annotations

import importlib.metadata
import json
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

# longer than any bound, so that what cuts is loaded, too
WARM = "\n\n".join(
    f"## Part {i}\n\nA first text, so that all is loaded, number {i}. It is short.\n\n"
    f"- item {i}\n- another\n\n| a | b |\n|---|---|\n| {i} | é, 漢字 |"
    for i in range(200)
)


def _cl100k() -> Any:
    import tiktoken

    return tiktoken.get_encoding("cl100k_base")


def semchunk(n: int) -> Callable[[str], list[str]]:
    import semchunk

    return semchunk.chunkerify(_cl100k(), n)


def chonkie_recursive(n: int) -> Callable[[str], list[str]]:
    from chonkie import RecursiveChunker

    chunker = RecursiveChunker(tokenizer=_cl100k(), chunk_size=n)
    return lambda text: [chunk.text for chunk in chunker.chunk(text)]


def chonkie_sentence(n: int) -> Callable[[str], list[str]]:
    from chonkie import SentenceChunker

    chunker = SentenceChunker(tokenizer=_cl100k(), chunk_size=n, chunk_overlap=0)
    return lambda text: [chunk.text for chunk in chunker.chunk(text)]


def chonkie_token(n: int) -> Callable[[str], list[str]]:
    from chonkie import TokenChunker

    chunker = TokenChunker(tokenizer=_cl100k(), chunk_size=n, chunk_overlap=0)
    return lambda text: [chunk.text for chunk in chunker.chunk(text)]


def langchain_markdown(n: int) -> Callable[[str], list[str]]:
    from langchain_text_splitters import Language, RecursiveCharacterTextSplitter

    known = _cl100k()
    return RecursiveCharacterTextSplitter.from_language(
        Language.MARKDOWN,
        chunk_size=n,
        chunk_overlap=0,
        length_function=lambda text: len(known.encode_ordinary(text)),
    ).split_text


def semantic_text_splitter(n: int) -> Callable[[str], list[str]]:
    from semantic_text_splitter import MarkdownSplitter

    return MarkdownSplitter.from_tiktoken_model("gpt-4", n).chunks


class Docling:
    """docling's HybridChunker on DoclingDocuments; what is bounded is the text with its headings."""

    def __init__(self, n: int) -> None:
        from docling_core.transforms.chunker.hybrid_chunker import HybridChunker
        from docling_core.transforms.chunker.tokenizer.openai import OpenAITokenizer

        self.chunker = HybridChunker(tokenizer=OpenAITokenizer(tokenizer=_cl100k(), max_tokens=n))

    def __call__(self, document: Any) -> list[tuple[str, str]]:
        """Return the chunks: with their headings, and without."""
        return [
            (self.chunker.contextualize(chunk), chunk.text)
            for chunk in self.chunker.chunk(document)
        ]

    def body(self, document: Any) -> str:
        """Return the items as they are written before they are cut."""
        from docling_core.transforms.chunker.hierarchical_chunker import HierarchicalChunker

        return "\n\n".join(chunk.text for chunk in HierarchicalChunker().chunk(document))


def docling_document(row: dict[str, Any]) -> Any:
    """Return a DoclingDocument: read from a file, or made of elements."""
    from docling_core.types.doc import DoclingDocument, TableCell, TableData
    from docling_core.types.doc.labels import DocItemLabel

    if "path" in row:
        return DoclingDocument.model_validate_json(Path(row["path"]).read_bytes())
    document = DoclingDocument(name="document")
    items = None
    for element in row["elements"]:
        kind, text = element["kind"], element["text"]
        if kind != "LIST_ITEM":
            items = None
        if element["cells"]:
            cells = [
                TableCell(
                    text=cell,
                    start_row_offset_idx=r,
                    end_row_offset_idx=r + 1,
                    start_col_offset_idx=c,
                    end_col_offset_idx=c + 1,
                    column_header=r == 0,
                )
                for r, line in enumerate(element["cells"])
                for c, cell in enumerate(line)
            ]
            columns = max(map(len, element["cells"]))
            data = TableData(table_cells=cells, num_rows=len(element["cells"]), num_cols=columns)
            document.add_table(data=data)
        elif kind == "TITLE":
            document.add_heading(text, level=min(element["level"] or 1, 6))
        elif kind == "LIST_ITEM":
            items = items or document.add_list_group()
            document.add_list_item(text, parent=items)
        elif kind == "CODE":
            document.add_code(text)
        else:
            document.add_text(DocItemLabel.TEXT, text)
    return document


def contents(document: Any) -> list[str]:
    """Return the texts and cells a reader sees."""
    found = []
    for item, _ in document.iterate_items():
        if hasattr(item, "text"):
            found.append(item.text)
        elif hasattr(item, "data") and hasattr(item.data, "table_cells"):
            found += [cell.text for cell in item.data.table_cells]
    return found


TEXT_PEERS: dict[str, tuple[str, Callable[[int], Callable[[str], list[str]]]]] = {
    "semchunk": ("semchunk", semchunk),
    "chonkie RecursiveChunker": ("chonkie", chonkie_recursive),
    "chonkie SentenceChunker": ("chonkie", chonkie_sentence),
    "chonkie TokenChunker": ("chonkie", chonkie_token),
    "langchain RecursiveCharacter (Markdown)": ("langchain-text-splitters", langchain_markdown),
    "semantic-text-splitter (Markdown)": ("semantic-text-splitter", semantic_text_splitter),
}
DOCLING = "docling HybridChunker"


def main(peer: str, bound: str, source: str, output: str) -> None:
    warnings.simplefilter("ignore")
    rows = [json.loads(line) for line in Path(source).read_text(encoding="utf-8").splitlines()]
    results: list[Any] = []
    errors: list[str] = []
    seconds = 0.0
    if peer == DOCLING:
        package, docling = "docling-core", Docling(int(bound))
        warm = {"kind": "TEXT", "text": WARM, "level": None, "cells": None}
        docling(docling_document({"elements": [warm]}))
        for row in rows:
            document = docling_document(row)
            begin = time.process_time()
            try:
                chunks = docling(document)
            except Exception as error:
                errors.append(f"{type(error).__name__}: {error}"[:200])
                chunks = None
            seconds += time.process_time() - begin
            if chunks is None:
                results.append(None)
                continue
            body = docling.body(document)
            results.append({"chunks": chunks, "body": body, "contents": contents(document)})
    else:
        package, make = TEXT_PEERS[peer]
        chunk = make(int(bound))
        list(chunk(WARM))
        for row in rows:
            begin = time.process_time()
            try:
                texts = list(chunk(row["text"]))
            except Exception as error:
                errors.append(f"{type(error).__name__}: {error}"[:200])
                texts = None
            seconds += time.process_time() - begin
            results.append(None if texts is None else {"chunks": [(text, text) for text in texts]})
    with open(output, "w", encoding="utf-8", errors="surrogatepass") as out:
        for result in results:
            out.write(json.dumps(result) + "\n")
    version = importlib.metadata.version(package)
    print(json.dumps({"seconds": seconds, "version": {package: version}, "errors": errors}))


if __name__ == "__main__":
    main(*sys.argv[1:])
