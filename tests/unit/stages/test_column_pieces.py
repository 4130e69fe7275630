"""Whatever the elements are, columns give the bytes that the formatter gives element by element."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tore_export.documents.columns import ElementColumns
from tore_export.documents.element import Cell, Element
from tore_export.documents.schema import DOCUMENT, Kind
from tore_export.formatters.markdown import Markdown
from tore_export.formatters.plaintext import PlainText
from tore_export.stages.column_pieces import FEW, column_pieces

FORMATTERS = [
    Markdown(),
    Markdown(flavor="commonmark", include_furniture=True, images="link"),
    Markdown(heading_offset=-2),
    Markdown(tables="html"),
    Markdown(flavor="commonmark", tables="pipe", merged_cells="repeat"),
    PlainText(),
    PlainText(list_indent=4, include_furniture=True),
]

# normalized texts, of what marks are made of and what stands around them
texts = st.one_of(
    st.sampled_from(
        ["", "a", "a b", "a\nb", "\n", " a", "a ", "1. a", "- a", "a\n\nb", "# a", "\r"]
    ),
    st.lists(
        st.sampled_from(
            [
                *'ab1 \n\t\\`*_~$<>&[]()#+-=|.:!@/"\u00e4\u3042\r',
                "``",
                "```",
                "\n\n",
                "](",
                "&lt;",
            ]
        ),
        max_size=9,
    ).map("".join),
)
kinds = st.one_of(
    st.sampled_from([Kind.PARAGRAPH, Kind.LIST_ITEM, Kind.TITLE, Kind.CODE]), st.sampled_from(Kind)
)
identities = st.sampled_from([None, None, None, "a", "b", "c"])
metas = st.sampled_from(
    [
        {},
        {},
        {},
        {"ordered": True, "number": 3},
        {"label": "1"},
        {"spans": [{"start": 0, "end": 1, "kind": "strong"}]},
        {"spans": [{"start": 0, "end": 1, "kind": "footnote", "label": "1"}]},
    ]
)

tables = st.sampled_from(
    [
        None,
        (),
        ((Cell("a|b"), Cell("*c*")),),
        ((Cell("a"),), (Cell("b"), Cell("c\nd"))),
        ((Cell("a", col_span=2),),),
        ((Cell(" "),),),
    ]
)


@st.composite
def elements(draw, nested=True):
    kind = draw(kinds)
    return Element(
        kind,
        draw(texts),
        id=draw(identities) if nested else None,
        level=draw(st.sampled_from([None, 0, 1, 2, 7])),
        parent=draw(identities),
        cells=draw(tables) if kind is Kind.TABLE else None,
        meta=draw(metas),
    )


documents = st.lists(
    st.one_of(
        st.lists(elements(), max_size=8),
        st.lists(elements(nested=False), max_size=8),
        # lists as most are: of one level, their texts with few marks
        st.lists(
            st.builds(
                Element,
                st.sampled_from([Kind.LIST_ITEM, Kind.LIST_ITEM, Kind.PARAGRAPH, Kind.CHECKBOX]),
                st.sampled_from(["a", "b c", "d\ne", "f\n\ng", "`h`", "1. i", ""]),
                level=st.sampled_from([0, 0, 0, 1]),
            ),
            max_size=12,
        ),
    ),
    max_size=4,
)


# enough elements that stand alone
MANY = [Element(Kind.PARAGRAPH, "a")] * FEW
MANY_IN_ARROW = ElementColumns.from_elements([MANY]).to_arrow()


def by_column(formatter, given_documents):
    """The pieces of the documents, which have fewer elements than those that are put before them."""
    column = ElementColumns.from_elements(given_documents).to_arrow()
    column = pa.concat_arrays([MANY_IN_ARROW, column])
    pieces = column_pieces(formatter, formatter.column_form, column)
    return pieces[len(MANY) :].to_pylist()


def by_element(formatter, given_documents):
    return formatter.render(ElementColumns.from_elements(given_documents))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(FORMATTERS), documents)
def test_columns_give_what_the_formatter_gives(formatter, given_documents):
    assert by_column(formatter, given_documents) == by_element(formatter, given_documents)


@pytest.mark.parametrize("formatter", FORMATTERS)
def test_no_documents_and_empty_ones_have_no_pieces(formatter):
    assert by_column(formatter, []) == by_column(formatter, [[], []]) == []


def test_null_lists_and_texts_have_empty_pieces():
    without = [{"kind": int(kind), "text": None} for kind in (Kind.PARAGRAPH, Kind.CODE)]
    many = [{"kind": int(Kind.PARAGRAPH), "text": "a"}] * FEW
    column = pa.array([None, without, many], DOCUMENT.field("elements").type)
    pieces = column_pieces(Markdown(), Markdown().column_form, column)
    assert pieces[:3].to_pylist() == ["", "", "a"]


def test_few_elements_and_those_the_formatter_must_see_are_left_to_it():
    formatted = [Element(Kind.PARAGRAPH, "a", meta={"language": "en"})] * FEW
    nested = [Element(Kind.QUOTE, "", id="q"), *[Element(Kind.PARAGRAPH, "a", parent="q")] * FEW]
    for document in (MANY[: FEW - 1], formatted, nested):
        column = ElementColumns.from_elements([document]).to_arrow()
        assert column_pieces(Markdown(), Markdown().column_form, column) is None


def test_only_what_must_be_looked_at_is_seen_by_the_formatter():
    seen = []

    class Watched(Markdown):
        def pieces(self, columns, plain=None):
            seen.extend(columns.texts)
            return super().pieces(columns, plain)

    document = [
        Element(Kind.TITLE, "Title", level=2),
        Element(Kind.PARAGRAPH, "over\ntwo lines", parent="title"),
        Element(Kind.LIST_ITEM, "first"),
        Element(Kind.LIST_ITEM, "`second`\nline\n\nparagraph"),
        Element(Kind.CODE, "  x = '*'"),
        Element(Kind.PARAGRAPH, "_marked_"),
        Element(Kind.CODE, "\nx = 1\n\n"),
        Element(Kind.CODE, "```"),
        Element(Kind.PARAGRAPH, " "),
        Element(Kind.LIST_ITEM, "of a list\n\n\n _marked_"),
        Element(Kind.LIST_ITEM, "that is\nnot whole"),
        Element(Kind.LIST_ITEM, "1. own number"),
        Element(Kind.PARAGRAPH, "formatted", meta={"spans": []}),
        Element(Kind.TABLE, "a table", cells=((Cell("_a_"), Cell("b")),)),
        Element(Kind.TABLE, "with a merged cell", cells=((Cell("a", col_span=2), Cell("b")),)),
    ]
    assert by_column(Watched(), [document]) == by_element(Markdown(), [document])
    of_lists = ["of a list\n\n\n _marked_", "1. own number"]
    assert seen == ["```", " ", *of_lists, "formatted", "with a merged cell"]


@pytest.mark.parametrize(
    "formatter",
    [
        Markdown(flavor="academic"),
        Markdown(flavor="unstructured"),
        Markdown(page_marks="rule"),
        Markdown(preserve_structure=False),
        PlainText(line_width=40),
        PlainText(page_marks="comment"),
        PlainText(preserve_structure=False),
    ],
)
def test_what_depends_on_more_than_an_element_has_no_form_for_columns(formatter):
    assert formatter.column_form is None
