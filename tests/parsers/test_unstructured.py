"""unstructured's own objects are read as its JSON is: partitioned, loaded, chunked, made by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from held import by_every_face, columns_of, corpus
from unstructured.chunking.title import chunk_by_title
from unstructured.documents.elements import (
    CodeSnippet,
    Element,
    ElementMetadata,
    FigureCaption,
    Footer,
    Formula,
    Header,
    Image,
    ListItem,
    NarrativeText,
    PageBreak,
    Table,
    Text,
    Title,
)
from unstructured.partition.auto import partition
from unstructured.staging.base import (
    convert_to_dict,
    elements_from_json,
    elements_to_json,
    elements_to_md,
    elements_to_ndjson,
)

from tore_export import ExportAPI, FinetuningTextExporter
from tore_export.errors import UsageError

FILES = corpus("unstructured", "*.json")
PAGES = [
    page for kind in ("html", "md") for page in corpus("unstructured/example-docs", f"*.{kind}")
]


@pytest.fixture
def manual() -> list[Element]:
    """One element of each kind, with what its metadata may say."""
    title = Title("Pump 7", metadata=ElementMetadata(category_depth=0, languages=["deu", "eng"]))
    html = "<table><tr><th>Sound</th><th>Cause</th></tr><tr><td>hiss</td><td>air</td></tr></table>"
    return [
        Header("Manual", metadata=ElementMetadata(page_number=1)),
        title,
        Title("Oiling", metadata=ElementMetadata(category_depth=1, parent_id=title.id)),
        NarrativeText(
            "The pump in the cellar is oiled in spring.",
            metadata=ElementMetadata(page_number=1, link_urls=["https://a.example"]),
        ),
        ListItem("Close the valve.", metadata=ElementMetadata(category_depth=0)),
        ListItem("Not the red one.", metadata=ElementMetadata(category_depth=1)),
        PageBreak(""),
        Table("Sound Cause hiss air", metadata=ElementMetadata(text_as_html=html, page_number=2)),
        FigureCaption("Table 1: Sounds"),
        Title("Sums", metadata=ElementMetadata(category_depth=1)),
        Formula("p = F / A"),
        CodeSnippet("run()"),
        Image(
            "The pump", metadata=ElementMetadata(image_mime_type="image/png", image_base64="aGk=")
        ),
        Text("Loose."),
        Footer("Page 2", metadata=ElementMetadata(page_number=2)),
    ]


@pytest.mark.parametrize("path", FILES)
def test_elements_are_read_as_their_file(path: Path) -> None:
    held = elements_from_json(str(path))
    read = columns_of(path)
    assert columns_of(held) == read
    assert columns_of(convert_to_dict(held)) == read
    assert columns_of(tuple(held)) == read


@pytest.mark.parametrize("path", FILES)
def test_chunks_are_read_as_their_file(path: Path, work: Path) -> None:
    chunks = chunk_by_title(elements_from_json(str(path)), max_characters=300)
    elements_to_json(chunks, filename="chunks.json")
    assert columns_of(chunks) == columns_of(work / "chunks.json")


def test_every_face_takes_elements_as_their_file(manual: list[Element], work: Path) -> None:
    elements_to_json(manual, filename="manual.json")
    read = by_every_face(work / "manual.json")
    held = by_every_face(manual)
    for face, found in read.items():
        assert held[face] == found, face
    assert "| hiss | air |" in read["markdown"]
    assert "\n- Close the valve.\n  - Not the red one.\n" in read["markdown"]
    assert "Page 2" not in read["markdown"]


def test_lines_of_elements_are_the_same_document(manual: list[Element], work: Path) -> None:
    elements_to_ndjson(manual, filename="manual.ndjson")
    assert columns_of(manual) == columns_of(work / "manual.ndjson")


SOURCES = {
    "manual.html": "<h1>Pump 7</h1><p>The pump lifts water out of the well.</p><ul><li>oil</li></ul>"
    "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>",
    "manual.md": "# Pump 7\n\nThe pump lifts water out of the well.\n\n- oil\n\n| a | b |\n|---|---|\n"
    "| 1 | 2 |\n\n```\nrun()\n```\n",
    "manual.txt": "PUMP 7\n\nThe pump lifts water out of the well.\n\n- oil\n",
}


@pytest.mark.parametrize("name", SOURCES)
def test_what_was_just_partitioned_is_read_as_its_file(name: str, work: Path) -> None:
    (work / name).write_text(SOURCES[name])
    elements = partition(str(work / name))
    elements_to_json(elements, filename="manual.json")
    assert columns_of(elements) == columns_of(work / "manual.json")
    content = ExportAPI().export_document(elements).content
    assert "The pump lifts water out of the well.\n\n- oil\n" in content


@pytest.mark.parametrize("path", [*corpus("unstructured/documents", "*.html"), *PAGES])
def test_pages_of_others_are_read_as_their_file(path: Path, work: Path) -> None:
    elements = partition(str(path))
    elements_to_json(elements, filename="page.json")
    assert columns_of(elements) == columns_of(work / "page.json")


def test_several_documents_are_lists_of_elements(manual: list[Element]) -> None:
    batch = ExportAPI().export_batch([manual, [Title("Pump 8")]], ["markdown"])
    first, second = batch.results["markdown"]
    assert first.content.startswith("# Pump 7\n")
    assert second.content == "# Pump 8\n"


def test_an_element_alone_is_told_to_be_put_in_a_list() -> None:
    with pytest.raises(UsageError, match=r"found Title, .*\(put it in a list\)"):
        ExportAPI().export_document(Title("Pump 7"))


def test_a_class_instead_of_an_element_is_refused() -> None:
    with pytest.raises(UsageError, match="element 1: not an element"):
        ExportAPI().export_document([Title("Pump 7"), Title])


@pytest.mark.parametrize("path", FILES)
def test_the_flavour_unstructured_is_what_its_own_function_writes(path: Path) -> None:
    elements = elements_from_json(str(path))
    written = FinetuningTextExporter().export_markdown(
        elements, flavor="unstructured", images="embed"
    )
    wanted = elements_to_md(elements, formula_markdown_style="plain")
    assert written.rstrip("\n") == wanted.rstrip("\n")
