from __future__ import annotations

import base64
import json
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.corpora import CORPORA, needs_corpora
from tests.unit.sources.reading import input_file, read, rows, rules, texts
from tore_export.documents.schema import Kind
from tore_export.errors import DocumentError
from tore_export.sources.chunks import unfolded
from tore_export.sources.unit import Limits, Unit

LIMITS = Limits()


def packed(elements: Any) -> str:
    return base64.b64encode(zlib.compress(json.dumps(elements).encode())).decode()


def element(name: str, text: str | None = None, kind: str = "NarrativeText") -> dict[str, Any]:
    return {"type": kind, "element_id": name, "text": text or name, "metadata": {}}


def chunk(*originals: dict[str, Any], text: str = "chunk", pack: bool = True) -> dict[str, Any]:
    found = packed(originals) if pack else list(originals)
    return {
        "type": "CompositeElement",
        "element_id": f"c-{text}",
        "text": text,
        "metadata": {"orig_elements": found},
    }


A, B, C = element("a"), element("b"), element("c")


@pytest.mark.parametrize("pack", [True, False])
def test_elements_take_the_place_of_their_chunks(pack: bool) -> None:
    found = unfolded([C, chunk(A, pack=pack), chunk(B, pack=pack)], LIMITS)
    assert found == [C, A, B]


def test_an_element_cut_into_several_chunks_is_there_once() -> None:
    long = element("l", "one two three four")
    found = unfolded([chunk(A, long), chunk(long), chunk(long), chunk(long, B), chunk(C)], LIMITS)
    assert found == [A, long, B, C]


def test_what_two_chunks_share_is_there_once() -> None:
    assert unfolded([chunk(A, B), chunk(B, C)], LIMITS) == [A, B, C]


def test_the_same_words_later_on_are_there_again_under_an_id_of_their_own() -> None:
    found = unfolded([chunk(A), chunk(B), chunk(A)], LIMITS)
    assert found == [A, B, {name: value for name, value in A.items() if name != "element_id"}]
    other = element("a", "other words")
    assert [one.get("element_id") for one in unfolded([chunk(A), chunk(other)], LIMITS)] == [
        "a",
        None,
    ]


def test_elements_without_ids_are_told_apart_by_their_words() -> None:
    nameless = [{"type": "Text", "text": text} for text in ("a", "b", "c")]
    a, b, c = nameless
    assert unfolded([chunk(a, b), chunk(b, c)], LIMITS) == nameless


def test_a_chunk_whose_elements_cannot_be_read_stays_with_a_warning(tmp_path: Path) -> None:
    broken = {**chunk(A, text="kept"), "metadata": {"orig_elements": "not base64!"}}
    data = json.dumps([chunk(A), broken, chunk(B)]).encode()
    (row,) = read(tmp_path, "a.json", data)
    assert (texts(row), row["warnings"]) == (["a", "kept", "b"], 1)


def test_a_piece_of_a_table_is_the_whole_table_again(tmp_path: Path) -> None:
    html = "<table><tr><td>1</td></tr><tr><td>2</td></tr></table>"
    table = {**element("t", kind="Table"), "metadata": {"text_as_html": html}}
    pieces = [{**chunk(table, text=text), "type": "TableChunk"} for text in ("1", "2")]
    (row,) = read(tmp_path, "a.json", json.dumps(pieces).encode())
    (found,) = row["elements"]
    assert (found.kind, found.id, len(found.cells)) == (Kind.TABLE, "t", 2)


def test_chunks_of_json_lines_and_rows_are_unfolded_too(tmp_path: Path) -> None:
    lines = "\n".join(json.dumps(one) for one in (chunk(A, text="x"), chunk(B, text="y")))
    row_ = json.dumps({"doc_id": "d", "elements": [chunk(A)]})
    assert texts(read(tmp_path, "a.ndjson", lines.encode())[0]) == ["a", "b"]
    assert texts(read(tmp_path, "b.jsonl", row_.encode())[0]) == ["a"]


def test_where_unstructureds_own_markdown_is_asked_for_chunks_stay(tmp_path: Path) -> None:
    data = json.dumps([chunk(A, B, text="both")]).encode()
    (row,) = read(tmp_path, "a.json", data, Limits(keep_html=True))
    assert texts(row) == ["both"]
    assert row["elements"][0].meta == {"parts": ["a", "b"]}


def test_what_is_packed_small_and_large_is_refused(tmp_path: Path) -> None:
    bombs = [chunk(element(f"e{n}", "x" * 900_000), text=str(n)) for n in range(5)]
    data = json.dumps(bombs).encode()
    assert len(data) < 20_000
    (row,) = read(tmp_path, "a.json", data, Limits(max_document_bytes=2_000_000))
    assert rules([row]) == ["too_large"]
    many = chunk(*(element(f"e{n}") for n in range(50)))
    (row,) = read(tmp_path, "a.json", json.dumps([many]).encode(), Limits(max_elements=20))
    assert rules([row]) == ["too_many_elements"]


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "element_id", "id", "text", "metadata", "orig_elements"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.lists(ODD, max_size=4), st.booleans())
def test_whatever_a_chunk_says_nothing_raises_but_a_document_error(
    originals: list[Any], pack: bool
) -> None:
    said = packed(originals) if pack else originals
    chunks = [{"type": "CompositeElement", "text": "t", "metadata": {"orig_elements": said}}] * 2
    try:
        found = unfolded([*chunks, *originals], LIMITS)
    except DocumentError as error:
        pytest.fail(str(error))
    assert len(found) <= 2 + 2 * len(originals)


@needs_corpora
def test_a_published_document_in_chunks_has_its_elements_back() -> None:
    folder = CORPORA / "unstructured" / "expected-structured-output"
    names = ("local-single-file-basic-chunking", "local-single-file-chunk-no-orig-elements")
    files = [path for name in names for path in sorted((folder / name).glob("*.json"))]
    unit = Unit(0, "files", tuple(input_file(path) for path in files))
    whole, flat = rows(unit)
    assert whole["elements"][0].kind == Kind.HEADER
    assert len(whole["elements"]) == 16
    assert {e.kind for e in flat["elements"]} == {Kind.PARAGRAPH}
    # each chunk, they overlap a little, is a stretch of what the elements say
    chunks = rows(unit, Limits(keep_html=True))[0]
    words = "".join("".join(texts(whole)).split())
    assert len(chunks["elements"]) == 32
    assert all("".join(text.split()) in words for text in texts(chunks))
