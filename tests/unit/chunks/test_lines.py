"""JSON lines of chunks: the document's text, cut, and where each part comes from."""

from __future__ import annotations

import json

import pytest

from tests.unit.budget.material import COUNT, prose
from tests.unit.tokens.material import CLAUDE_2
from tore_export.chunks.chunker import Chunker
from tore_export.chunks.cut import TOO_LARGE
from tore_export.chunks.lines import ChunkLines
from tore_export.documents.columns import ElementColumns
from tore_export.documents.element import Element
from tore_export.documents.schema import Kind
from tore_export.errors import DocumentError
from tore_export.formatters.formatter import DocumentHead, Formatter, TextFormatter
from tore_export.formatters.jsonl import JsonLines
from tore_export.formatters.markdown import Markdown
from tore_export.tokens.manager import TokenizerManager

MANUAL = [
    Element(Kind.PAGE_NUMBER, "1", id="n", page=1),
    Element(Kind.TITLE, "Pumps", id="t", level=1, page=1),
    Element(Kind.PARAGRAPH, prose(4, "pump"), id="p", page=1),
    Element(Kind.TITLE, "Valves", id="v", level=2, page=2),
    Element(Kind.PARAGRAPH, prose(4, "valve"), id="q", page=3),
]
SHORT = [Element(Kind.PARAGRAPH, "One line.", id="s", page=7)]


def chunker(max_tokens: int = 32, **options) -> Chunker:
    return Chunker(TokenizerManager().get("gpt-3.5-turbo"), max_tokens, **options)


def lines(*documents, lines=None, **options):
    heads = [DocumentHead(f"d{n}", f"Title {n}") for n in range(len(documents))]
    columns = ElementColumns.from_elements(documents)
    formatter = ChunkLines(chunker(**options), lines or JsonLines())
    files = formatter.documents(columns, heads)
    return [[json.loads(line) for line in file.splitlines()] for file in files]


def test_lines_join_to_the_document_and_none_is_over_the_bound():
    columns = ElementColumns.from_elements([MANUAL])
    whole = "".join(Markdown().render(columns))
    (found,) = lines(MANUAL)
    assert len(found) > 3
    assert "".join(line["text"] for line in found) == whole
    for number, line in enumerate(found, 1):
        place = line["metadata"]["chunk"]
        assert (place["number"], place["of"]) == (number, len(found))
        assert whole[place["start"] : place["end"]] == line["text"]
        assert line["metadata"]["n_tokens"] == COUNT(line["text"]) <= 32


def test_a_line_says_where_it_comes_from():
    (found,) = lines(MANUAL)
    first, last = found[0]["metadata"], found[-1]["metadata"]
    assert (first["doc_id"], first["title"], first["section"]) == ("d0", "Title 0", ["Pumps"])
    assert (first["element_ids"], first["pages"]) == (["t", "p"], [1])
    assert first["kinds"] == ["title", "paragraph"]
    assert last["section"] == ["Pumps", "Valves"]
    assert (last["element_ids"], last["pages"], last["kinds"]) == (["q"], [3], ["paragraph"])


def test_a_document_that_fits_is_one_line_and_an_empty_one_none():
    found = lines(SHORT, [], MANUAL, [Element(Kind.HEADER, "h")])
    assert [len(document) for document in found][:2] == [1, 0]
    assert found[3] == []
    metadata = found[0][0]["metadata"]
    assert found[0][0]["text"] == "One line."
    assert (metadata["chunk"], metadata["n_tokens"], metadata["pages"]) == (None, 3, [7])
    assert found[2] == [
        line | {"metadata": line["metadata"] | {"doc_id": "d2", "title": "Title 2"}}
        for line in lines(MANUAL)[0]
    ]


def test_text_without_structure_is_cut_too():
    text = "\n\n".join(f"# Part {n}\n\n{prose(3, 'wheel')}" for n in range(4))
    (found,) = lines([Element(Kind.RAW, text)])
    assert "".join(line["text"] for line in found) == text
    assert {tuple(line["metadata"]["kinds"]) for line in found} == {("raw",)}


def test_the_options_are_those_of_the_content_and_of_the_chunker():
    (found,) = lines(MANUAL, lines=JsonLines(content="plaintext"), headings=True)
    assert found[0]["text"].startswith("Pumps\n\n")
    assert found[-1]["text"].startswith("Pumps\n\nValves\n\n")
    assert found[-1]["metadata"]["n_tokens"] == COUNT(found[-1]["text"]) <= 32
    assert isinstance(ChunkLines(chunker()), Formatter)
    assert not isinstance(ChunkLines(chunker()), TextFormatter)


def test_a_code_point_of_too_many_tokens_is_an_error():
    peace = [Element(Kind.PARAGRAPH, "Peace \ufdfa be upon all who read these few words.")]
    claude = Chunker(TokenizerManager().get(CLAUDE_2), 8)
    with pytest.raises(DocumentError, match="one code point has more tokens") as caught:
        ChunkLines(claude).documents(ElementColumns.from_elements([peace]), [DocumentHead()])
    assert caught.value.rule == TOO_LARGE
