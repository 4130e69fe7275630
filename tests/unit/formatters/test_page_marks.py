from tore_export.documents.columns import ElementColumns
from tore_export.documents.element import Element
from tore_export.documents.schema import Kind
from tore_export.formatters.markdown import Markdown


def render(*elements, page_marks):
    columns = ElementColumns.from_elements([elements])
    return "".join(Markdown(page_marks=page_marks).render(columns))


def text(words, page=None, parent=None):
    return Element(Kind.PARAGRAPH, words, page=page, parent=parent)


def test_a_comment_names_each_page_and_a_rule_parts_them():
    page = [text("a", 1), text("b", 1), Element(Kind.FOOTER, "f", page=2), text("c", 3)]
    assert render(*page, page_marks="comment") == (
        "<!-- page 1 -->\n\na\n\nb\n\n<!-- page 3 -->\n\nc"
    )
    assert render(*page, page_marks="rule") == "a\n\nb\n\n---\n\nc"
    assert render(*page, page_marks="none") == "a\n\nb\n\nc"


def test_a_page_that_begins_within_a_list_is_marked_after_it():
    listed = [
        text("a", 1),
        Element(Kind.LIST_ITEM, "b", id="b", page=2),
        text("c", 3, parent="b"),
        Element(Kind.LIST_ITEM, "d", page=4),
        text("e", 4),
    ]
    assert render(*listed, page_marks="rule") == ("a\n\n---\n\n- b\n\n  c\n\n- d\n\n---\n\ne")


def test_without_pages_the_breaks_between_them_count():
    broken = [text("a"), Element(Kind.PAGE_BREAK), text("b"), text("c")]
    assert render(*broken, page_marks="comment") == (
        "<!-- page 1 -->\n\na\n\n<!-- page 2 -->\n\nb\n\nc"
    )


def test_an_element_without_a_page_is_on_that_of_the_one_before():
    assert render(text("a", 2), text("b"), text("c", 2), page_marks="rule") == "a\n\nb\n\nc"
