"""FinetuningTextExporter: the face for one document."""

from __future__ import annotations

import json
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import document, write_jsonl
from tests.unit.cli.commands import ELEMENTS, MARKDOWN, write_document
from tore_export import Element, ExportConfig, FinetuningTextExporter, Kind, TrainingConfig
from tore_export.errors import DocumentError, FormatError, TokenizerError, UsageError

EXPORTER = FinetuningTextExporter()


def test_the_three_formats() -> None:
    assert EXPORTER.export_markdown(ELEMENTS) == MARKDOWN
    assert EXPORTER.export_plaintext(ELEMENTS).startswith("Pumps\n\nClose the é valve.\n\n• first")
    (line,) = EXPORTER.export_jsonl(ELEMENTS).splitlines()
    assert json.loads(line)["metadata"]["section"] == ["Pumps"]


def test_options_are_named_as_in_the_configuration_or_as_the_format_does() -> None:
    html = EXPORTER.export_markdown(ELEMENTS, markdown_flavor="commonmark")
    assert html == EXPORTER.export_markdown(ELEMENTS, flavor="commonmark")
    assert "<table>" in html
    assert "Running head" in EXPORTER.export_plaintext(ELEMENTS, include_furniture=True)
    assert len(EXPORTER.export_jsonl(ELEMENTS, lines="element").splitlines()) == 5


def test_an_unknown_option_names_the_nearest() -> None:
    with pytest.raises(FormatError, match="did you mean images"):
        EXPORTER.export_markdown(ELEMENTS, image="skip")


def test_the_configuration_holds_for_every_call() -> None:
    exporter = FinetuningTextExporter(ExportConfig(images="skip", include_furniture=True))
    for content in (exporter.export_markdown(ELEMENTS), exporter.export_plaintext(ELEMENTS)):
        assert "Running head" in content
        assert "a pump" not in content


def test_a_file_is_as_good_as_its_elements(tmp_path: Path) -> None:
    file = write_document(tmp_path / "a.json")
    assert EXPORTER.export_markdown(str(file)) == MARKDOWN
    assert EXPORTER.export_markdown(file) == MARKDOWN


def test_tokens_are_exact_and_an_unknown_model_is_refused() -> None:
    assert EXPORTER.count_tokens("close the valve") == 3
    assert EXPORTER.count_tokens("<|endoftext|>") > 1  # text is text
    assert EXPORTER.count_tokens("größer", "gpt-4o") != EXPORTER.count_tokens("größer")
    with pytest.raises(TokenizerError):
        EXPORTER.count_tokens("x", "gpt-0")


def test_a_dataset_of_one_document_is_one_record_on_one_side() -> None:
    elements: Any = document(1)["elements"]
    dataset = EXPORTER.export_training_dataset(elements)
    assert len(dataset) == 1
    assert set(dataset.splits) == {"train", "validation", "test"}
    everything = TrainingConfig(splits={"test": 1.0})
    (row,) = EXPORTER.export_training_dataset(elements, everything).splits["test"]
    assert row["text"] + "\n" == EXPORTER.export_markdown(elements)
    assert row["n_tokens"] == EXPORTER.count_tokens(row["text"])


def sections(n_sections: int) -> list[Element]:
    """Return a document that begins without a title and has sub-sections."""
    found = [Element(Kind.PARAGRAPH, "Before any title.", id="-")]
    for number in range(n_sections):
        found += [
            Element(Kind.TITLE, f"Part {number}", level=1, id=f"{number}"),
            Element(Kind.PARAGRAPH, f"Of part {number}.", id=f"{number}"),
            Element(Kind.TITLE, f"Sub-part {number}", level=2, id=f"{number}"),
            Element(Kind.PARAGRAPH, f"Of sub-part {number}.", id=f"{number}"),
        ]
    return found


def test_a_document_is_split_between_its_top_level_sections_never_inside_one() -> None:
    elements = sections(60)
    split = EXPORTER.split_dataset(elements, splits={"train": 0.5, "test": 0.5})
    sides = {side: {element.id for element in found} for side, found in split.items()}
    assert sides["train"]
    assert sides["test"]
    assert not sides["train"] & sides["test"]
    assert sorted(chain.from_iterable(split.values()), key=elements.index) == elements


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 3))
def test_a_section_lands_on_the_same_side_whatever_else_there_is(
    few: int, more: int, seed: int
) -> None:
    shares = {"train": 0.5, "test": 0.5}
    of_few = EXPORTER.split_dataset(sections(few), splits=shares, seed=seed)
    of_all = EXPORTER.split_dataset(sections(few + more), splits=shares, seed=seed)
    for side, found in of_few.items():
        assert {element.id for element in found} <= {element.id for element in of_all[side]}


def test_elements_of_several_documents_stay_together_by_document() -> None:
    elements = [
        Element(Kind.TITLE, f"{number}.{place}", level=1, doc_id=f"d{number}")
        for place in range(3)
        for number in range(40)
    ]
    split = EXPORTER.split_dataset(elements, splits={"a": 0.5, "b": 0.5}, seed=1)
    sides = {side: {element.doc_id for element in found} for side, found in split.items()}
    assert sides["a"]
    assert sides["b"]
    assert not sides["a"] & sides["b"]
    assert {side: len(found) for side, found in split.items()} == {
        side: 3 * len(ids) for side, ids in sides.items()
    }


def test_a_document_without_titles_is_one_section() -> None:
    elements = [Element(Kind.PARAGRAPH, f"{n}") for n in range(20)]
    split = EXPORTER.split_dataset(elements)
    assert sorted(len(found) for found in split.values()) == [0, 0, 20]


def test_the_deepest_title_is_the_top_where_there_is_no_higher() -> None:
    elements = [Element(Kind.TITLE, f"{n}", level=3) for n in range(60)]
    split = EXPORTER.split_dataset(elements, splits={"a": 0.5, "b": 0.5})
    assert all(0 < len(found) < 60 for found in split.values())


def test_files_can_be_split_too(tmp_path: Path) -> None:
    file = write_document(tmp_path / "a.json")
    split = EXPORTER.split_dataset(str(file))
    assert sum(len(found) for found in split.values()) == len(ELEMENTS)
    (tmp_path / "cut.json").write_text("[")
    with pytest.raises(DocumentError):
        EXPORTER.split_dataset(str(tmp_path / "cut.json"))


def test_a_folder_of_documents_is_split_between_documents(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "in" / "a.jsonl", range(40))
    split = EXPORTER.split_dataset(tmp_path / "in", splits={"a": 0.5, "b": 0.5})
    sides = {name: {element.doc_id for element in found} for name, found in split.items()}
    assert sides["a"] | sides["b"] == {f"doc-{n:05d}" for n in range(40)}
    assert not sides["a"] & sides["b"]


def test_shortening_asks_for_one_document(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "in" / "a.jsonl", range(2))
    with pytest.raises(UsageError, match="one document is asked for, found 2 documents"):
        EXPORTER.optimize_for_tokens(tmp_path / "in", 20)


@pytest.mark.parametrize("strategy", ["random", "group", "balanced", "content_based"])
def test_every_strategy_that_asks_for_no_more_than_a_text_splits_elements(strategy: str) -> None:
    elements = sections(60)
    split = EXPORTER.split_dataset(elements, strategy, splits={"a": 0.5, "b": 0.5}, seed=1)
    assert sorted(chain.from_iterable(split.values()), key=elements.index) == elements
    assert 0.3 < len(split["a"]) / len(elements) < 0.7


def test_balanced_sides_have_as_many_tokens() -> None:
    elements = [
        Element(Kind.PARAGRAPH, f"{number:03}" + " word" * (number % 50), doc_id=f"d{number}")
        for number in range(200)
    ]
    split = EXPORTER.split_dataset(elements, "balanced", splits={"a": 0.5, "b": 0.5})
    tokens = [sum(EXPORTER.count_tokens(e.text) for e in found) for found in split.values()]
    assert abs(tokens[0] - tokens[1]) <= 2


def test_copies_and_near_copies_among_elements_stay_together() -> None:
    words = "the valve of the pump is closed before the tank above the boiler is filled with water"
    elements = [
        Element(Kind.PARAGRAPH, f"{words} {'again ' * (number % 2)}", doc_id=f"d{number}")
        for number in range(40)
    ]
    split = EXPORTER.split_dataset(elements, splits={"a": 0.5, "b": 0.5}, near_duplicates=0.7)
    assert sorted(len(found) for found in split.values()) == [0, 40]


@pytest.mark.parametrize(
    ("strategy", "options"),
    [("stratified", {}), ("temporal", {}), ("random", {"against": ["old"]})],
)
def test_what_elements_do_not_have_they_cannot_be_split_by(
    strategy: str, options: dict[str, object]
) -> None:
    with pytest.raises(UsageError, match="elements alone cannot be split so"):
        EXPORTER.split_dataset(sections(3), strategy, **options)
