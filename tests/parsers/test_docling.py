"""Docling's own objects are read as its JSON is: documents, what converted them, items alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from docling.document_converter import DocumentConverter
from docling_core.types.doc import DocItemLabel, DoclingDocument, GroupLabel, TableCell, TableData
from held import by_every_face, columns_of, corpus

from tore_export import ExportAPI
from tore_export.errors import UsageError

FILES = corpus("docling", "*.json")
PAGES = [
    page
    for kind in ("html", "md")
    for page in corpus("unstructured/example-docs", f"*.{kind}")
    if not page.id or "non-utf8" not in page.id  # which docling does not read
]


@pytest.fixture
def manual() -> DoclingDocument:
    """A document with one of each thing that docling finds."""
    found = DoclingDocument(name="manual")
    found.add_title("Pump 7")
    found.add_heading("Oiling", level=1)
    found.add_text(DocItemLabel.PARAGRAPH, "The pump in the cellar is oiled in spring.")
    line = found.add_group(label=GroupLabel.INLINE)
    found.add_text(DocItemLabel.TEXT, "Use", parent=line)
    found.add_code("oil --thin", parent=line)
    found.add_text(DocItemLabel.TEXT, "and nothing else.", parent=line)
    steps = found.add_group(label=GroupLabel.LIST)
    first = found.add_list_item("Close the valve.", enumerated=True, marker="1.", parent=steps)
    inner = found.add_group(label=GroupLabel.LIST, parent=first)
    found.add_list_item("Not the red one.", parent=inner)
    found.add_list_item("Turn the wheel.", enumerated=True, marker="2.", parent=steps)
    cells = [
        TableCell(
            text=text,
            start_row_offset_idx=row,
            end_row_offset_idx=row + 1,
            start_col_offset_idx=column,
            end_col_offset_idx=column + 1,
            column_header=row == 0,
        )
        for row, texts in enumerate([("Sound", "Cause"), ("hiss", "air"), ("knock", "rod")])
        for column, text in enumerate(texts)
    ]
    caption = found.add_text(DocItemLabel.CAPTION, "Table 1: Sounds")
    found.add_table(TableData(table_cells=cells, num_rows=3, num_cols=2), caption=caption)
    found.add_heading("Sums", level=2)
    found.add_formula("p = F / A")
    found.add_code("run()\n")
    picture = found.add_text(DocItemLabel.CAPTION, "The pump")
    found.add_picture(caption=picture)
    return found


@pytest.mark.parametrize("path", FILES)
def test_a_document_is_read_as_its_file(path: Path) -> None:
    held = DoclingDocument.load_from_json(path)
    read = columns_of(path)
    assert columns_of(held) == read
    assert columns_of(held.export_to_dict()) == read
    assert columns_of([held, held])["elements"] == read["elements"] * 2


@pytest.mark.parametrize("path", FILES)
def test_items_with_their_groups_are_read_as_the_file(path: Path) -> None:
    held = DoclingDocument.load_from_json(path)
    pairs = held.iterate_items(with_groups=True, traverse_pictures=True)
    items = [item for item, _ in pairs]
    if not items:
        pytest.skip("an empty document")
    wanted = ExportAPI().export_document(str(path))
    found = ExportAPI().export_document(items)
    assert (found.content, columns_of(items)["warnings"]) == (wanted.content, [0])


@pytest.mark.parametrize("path", FILES)
def test_items_without_groups_lose_no_text(path: Path) -> None:
    held = DoclingDocument.load_from_json(path)
    items = [item for item, _ in held.iterate_items(traverse_pictures=True)]
    if not items:
        pytest.skip("an empty document")
    layers = {item.self_ref for item in items}
    (wanted,), (found,) = columns_of(path)["elements"], columns_of(items)["elements"]
    words = {word for element in found for word in element["text"].split()}
    for element in wanted:
        if element["id"] in layers:
            assert set(element["text"].split()) <= words
    assert columns_of(items)["warnings"] == [0]


def test_every_face_takes_a_document_as_its_file(manual: DoclingDocument, work: Path) -> None:
    path = work / "manual.json"
    manual.save_as_json(path)
    read = by_every_face(path)
    held = by_every_face(manual)
    for face, found in read.items():
        assert held[face] == found, face
    assert "| hiss | air |" in read["markdown"]
    assert "   - Not the red one." in read["markdown"]


def test_items_alone_are_elements(manual: DoclingDocument) -> None:
    markdown = {
        item.label: ExportAPI().export_document([item]).content
        for item, _ in manual.iterate_items()
    }
    assert markdown["title"] == "# Pump 7\n"
    assert "| hiss | air |" in markdown["table"]
    assert "p = F / A" in markdown["formula"]
    with_caption = [*manual.tables, *(item for item in manual.texts if item.label == "caption")]
    assert "Table 1: Sounds" in ExportAPI().export_document(with_caption).content


SOURCES = {
    "manual.html": "<h1>Pump 7</h1><p>The pump <b>lifts</b> water.</p><ul><li>oil<ol><li>thin</li>"
    "</ol></li></ul><table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>",
    "manual.md": "# Pump 7\n\nThe pump **lifts** water.\n\n- oil\n  1. thin\n\n| a | b |\n|---|---|\n"
    "| 1 | 2 |\n\n```\nrun()\n```\n",
    "manual.csv": "a,b\n1,2\n",
}


@pytest.mark.parametrize("name", SOURCES)
def test_what_was_just_converted_is_read_as_its_file(name: str, work: Path) -> None:
    (work / name).write_text(SOURCES[name])
    converted = DocumentConverter().convert(work / name)
    converted.document.save_as_json(work / "manual.json")
    assert columns_of(converted.document) == columns_of(work / "manual.json")
    assert "| 1 | 2 |" in ExportAPI().export_document(converted.document).content
    with pytest.raises(UsageError, match=r"found ConversionResult, .*\(give its \.document\)"):
        ExportAPI().export_document(converted)


@pytest.mark.parametrize("path", [*corpus("docling/docling/csv/sources", "*.csv"), *PAGES])
def test_pages_of_others_are_read_as_their_file(path: Path, work: Path) -> None:
    found = DocumentConverter().convert(path).document
    found.save_as_json(work / "page.json")
    assert columns_of(found) == columns_of(work / "page.json")


def test_what_its_iterator_gives_is_told_how_to_be_a_list(manual: DoclingDocument) -> None:
    pairs: Any = list(manual.iterate_items())
    with pytest.raises(UsageError, match=r"\[item for item, _ in document\.iterate_items\(\)\]"):
        ExportAPI().export_document(pairs)
