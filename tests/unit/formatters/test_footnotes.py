from tore_export.documents.columns import ElementColumns
from tore_export.documents.element import Cell, Element
from tore_export.documents.schema import Kind
from tore_export.formatters.footnotes import notes_of


def reference(label):
    return {"start": 0, "end": 1, "kind": "footnote", "label": label}


def note(label):
    return Element(Kind.FOOTNOTE, "n", meta={"label": label} if label else {})


def notes(*elements):
    return notes_of(ElementColumns.from_elements([elements]), range(len(elements)))


def test_footnotes_nothing_refers_to_have_no_label():
    assert notes(note("1"), note(None)) == {}
    assert notes(note(None), Element(Kind.PARAGRAPH, "1", meta={"spans": [reference("1")]})) == {}
    assert notes(note("1"), Element(Kind.PARAGRAPH, "1", meta={"spans": [reference("2")]})) == {}


def test_a_cell_of_a_table_may_refer_to_one():
    rich = [{"row": 0, "place": 0, "spans": [reference("1")]}, {"row": 0, "place": 1}]
    table = Element(Kind.TABLE, cells=((Cell("1"), Cell("x")),), meta={"rich": rich})
    assert notes(table, note("1")) == {"1": "1"}


def test_labels_that_markdown_would_take_for_the_same_are_told_apart():
    spans = [reference("a b"), reference("A-B"), reference("a_b")]
    text = Element(Kind.PARAGRAPH, "x", meta={"spans": spans})
    assert notes(text, note("a b"), note("A-B"), note("a_b"), note("a b")) == {
        "a b": "a-b",
        "A-B": "A-B--2",
        "a_b": "a-b--3",
    }
