"""Elements as parsers hold them in memory."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from tore_export import ExportAPI, FinetuningTextExporter
from tore_export.api.documents import as_elements, as_table
from tore_export.api.workflow_input import given
from tore_export.documents.element import Element
from tore_export.documents.schema import Kind
from tore_export.errors import DocumentError, UsageError


class Parsed:
    """An element as unstructured's are: fields, and `to_dict`."""

    def __init__(self, text: str, languages: list[str] | None = None) -> None:
        self.text = text
        self._languages = languages

    def to_dict(self) -> dict[str, Any]:
        metadata = {"languages": self._languages} if self._languages else {}
        return {"type": "NarrativeText", "text": self.text, "metadata": metadata}


class Sort(Enum):
    TITLE = "Title"
    TABLE = "Table"


@dataclass(frozen=True)
class Metadata:
    """As TORE Matrix's, of the versions without `to_dict`."""

    confidence: float = 1.0
    page_number: int | None = None
    languages: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Layout:
    """An element as TORE Matrix's are; its `to_dict` needs that of the metadata."""

    element_type: Sort
    text: str = ""
    element_id: str = "a"
    metadata: Any = None

    def to_dict(self) -> dict[str, Any]:
        fields = {"element_id": self.element_id, "element_type": self.element_type.value}
        metadata = self.metadata.to_dict() if self.metadata else None
        return fields | {"text": self.text, "metadata": metadata}


@dataclass(frozen=True)
class Table(Layout):
    cells: list[list[str]] = field(default_factory=list)


ITEM = {"self_ref": "#/texts/0", "label": "title", "text": "Pumps"}


class Item:
    """An item as docling's are."""

    self_ref, label, text = "#/texts/0", "title", "Pumps"

    def model_dump(self, **_: Any) -> dict[str, Any]:
        return ITEM


class Converted:
    """As docling's result of a conversion."""

    def __init__(self) -> None:
        self.document = {"schema_name": "DoclingDocument", "body": {"children": []}}


def written(elements: list[Any], path: Path) -> str:
    path.write_text(json.dumps([element.to_dict() for element in elements]))
    return str(path)


def test_objects_are_read_as_their_file_is_but_for_its_name(tmp_path: Path) -> None:
    elements = [Parsed("The pump is loud.", ["deu"]), Parsed("It is oiled.", ["eng"])]
    held = as_table(elements)
    read = as_table(written(elements, tmp_path / "a.json"))
    for name in set(held.column_names) - {"doc_id", "source", "place"}:
        assert held[name].equals(read[name]), name
    assert held["language"].to_pylist() == ["deu"]


def test_elements_that_are_dataclasses_are_read_by_their_fields() -> None:
    metadata = Metadata(0.5, 3, ["deu"])
    (found,), n_warnings = as_elements([Layout(Sort.TITLE, "Pumps", metadata=metadata)])
    assert found == Element(Kind.TITLE, "Pumps", "a", 1, page=3, confidence=0.5)
    assert n_warnings == 0
    table = Table(Sort.TABLE, cells=[["a", "b"]], metadata=metadata)
    ((found,), _) = as_elements([table])
    assert found.cells is not None
    assert [cell.text for cell in found.cells[0]] == ["a", "b"]


def test_what_their_to_dict_says_counts_where_it_can_be_asked() -> None:
    @dataclass(frozen=True)
    class Said(Metadata):
        def to_dict(self) -> dict[str, Any]:
            return {"page_number": 7}

    for metadata, page in ((Said(), 7), (None, None)):
        ((found,), _) = as_elements([Layout(Sort.TITLE, "Pumps", metadata=metadata)])
        assert found.page == page


def test_a_dataclass_with_fields_of_its_own_is_asked() -> None:
    @dataclass
    class Own:
        content: str

        def to_dict(self) -> dict[str, str]:
            return {"type": "Title", "text": self.content}

    ((found,), _) = as_elements([Own("Pumps")])
    assert found.text == "Pumps"


@pytest.mark.parametrize("item", [ITEM, Item()])
def test_items_of_docling_are_elements(item: Any) -> None:
    table = as_table([item])
    assert table.select(["doc_id", "title", "warnings"]).to_pylist() == [
        {"doc_id": "document-0", "title": "Pumps", "warnings": 0}
    ]
    assert as_elements([item]) == ([Element(Kind.TITLE, "Pumps", "#/texts/0", 1)], 0)
    assert FinetuningTextExporter().export_markdown([item]) == "# Pumps\n"
    batch = ExportAPI().export_batch([[item], [item]], ["markdown"])
    assert [one.content for one in batch.results["markdown"]] == ["# Pumps\n"] * 2


@pytest.mark.parametrize(
    "elements", [[Item(), Parsed("a")], [Parsed("a"), Item()], [Item(), ITEM, 7]]
)
def test_items_of_docling_are_not_mixed_with_other_elements(elements: list[Any]) -> None:
    with pytest.raises(UsageError, match="items of one docling document") as caught:
        as_elements(elements)
    assert "iterate_items()" in str(caught.value) or "found int" in str(caught.value)


def test_pairs_of_item_and_level_are_told_how_to_be_a_list() -> None:
    with pytest.raises(UsageError, match=r"\[item for item, _ in document\.iterate_items\(\)\]"):
        as_table([(Item(), 1)])


def test_what_only_holds_a_document_is_told_to_be_asked_for_it() -> None:
    for call in (as_table, given):
        with pytest.raises(UsageError, match=r"found Converted, .*\(give its \.document\)"):
            call(Converted())


def test_one_element_alone_is_told_to_be_put_in_a_list() -> None:
    with pytest.raises(UsageError, match=r"found Parsed, .*\(put it in a list\)"):
        as_table(Parsed("a"))
    with pytest.raises(UsageError, match=r"found Item, .*\(a list of items is"):
        as_table(Item())


def test_a_list_without_any_element_is_refused_as_its_file_is(tmp_path: Path) -> None:
    class Frame:
        def to_dict(self) -> dict[str, Any]:
            return {"column": {"0": 7}}

    for elements, shown in (([{"a": 1}], r"\{'a': 1\}"), ([Frame(), Frame()], "Frame")):
        for call in (as_elements, as_table):
            with pytest.raises(UsageError, match=rf"element 0: not an element, found {shown}"):
                call(elements)
    odd = [{"a": 1}, {"type": "Title", "text": "Pumps"}]
    assert as_table(odd)["warnings"].to_pylist() == [1]
    (tmp_path / "a.json").write_text(json.dumps(odd))
    assert as_table(str(tmp_path / "a.json"))["warnings"].to_pylist() == [1]


def test_a_value_that_holds_itself_is_refused() -> None:
    held: list[Any] = []
    held.append(held)
    for element in ({"type": "Title", "text": "a", "meta": held}, ITEM | {"meta": held}):
        with pytest.raises(DocumentError, match="a value is nested too deep"):
            as_table([element])


def test_fields_stay_as_they_are() -> None:
    given = Layout(Sort.TITLE, "Pumps", metadata=Metadata())
    before = dataclasses.asdict(given)
    as_elements([given])
    assert dataclasses.asdict(given) == before
