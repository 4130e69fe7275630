import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it.common.utils import unescapeAll

from tore_export.documents.columns import ElementColumns
from tore_export.documents.element import Cell, Element
from tore_export.documents.schema import Kind
from tore_export.errors import FormatError
from tore_export.formatters.blocks import own_mark
from tore_export.formatters.formatter import DocumentHead, TextFormatter
from tore_export.formatters.markdown import Markdown

from .reading import PLAIN_PARSER, paragraphs, read, texts, tidy


def render(*elements, **options):
    return "".join(Markdown(**options).render(ElementColumns.from_elements([elements])))


def item(text, level=0, **said):
    parent, identity = said.pop("parent", None), said.pop("id", None)
    return Element(Kind.LIST_ITEM, text, level=level, parent=parent, id=identity, meta=said)


def table(*rows, header=False, **meta):
    cells = tuple(
        tuple(Cell(c, header=header and not at) for c in row) for at, row in enumerate(rows)
    )
    return Element(Kind.TABLE, cells=cells, meta=meta)


# Structure comes back


PROSE = [Kind.PARAGRAPH, Kind.CAPTION, Kind.FOOTNOTE, Kind.KEY_VALUE]
levels = st.one_of(st.none(), st.integers(0, 4))
elements = st.one_of(
    st.builds(Element, st.sampled_from(PROSE), texts),
    st.builds(lambda t, level: Element(Kind.TITLE, t, level=level), texts, st.integers(1, 8)),
    st.builds(
        lambda t, level, meta: item(t, level, **meta),
        texts,
        levels,
        st.sampled_from(
            [{}, {}, {"ordered": True}, {"ordered": False}, {"ordered": True, "number": 4}]
        ),
    ),
    st.builds(
        lambda t, m: Element(Kind.CODE, t, meta=m), texts, st.sampled_from([{}, {"language": "c"}])
    ),
    st.builds(
        lambda rows: table(*rows), st.lists(st.lists(texts, max_size=3), min_size=1, max_size=3)
    ),
    st.builds(lambda t: Element(Kind.QUOTE, t), texts),
    st.builds(lambda t: Element(Kind.PAGE_NUMBER, t), texts),
)


def expected_blocks(document):
    """What a parser should find, written down without looking at how lists are rendered."""
    found, run = [], []  # run: (level, where) of the items of the lists that are open
    for element in document:
        if element.kind is Kind.LIST_ITEM:
            text, ordered, _ = own_mark(element.text.strip(), element.meta)
            level = element.level or 0
            above = next((where for lower, where in reversed(run) if lower < level), ())
            where = (*above, "1." if ordered else "-")
            if found and found[-1] == ("item", above, ""):
                found.pop()  # holds this one
            run.append((level, where))
            first, *more = paragraphs(text) or [""]
            found.append(("text" if first else "item", where, first))
            found += [("text", (*where[:-1], f"{where[-1]}+"), part) for part in more]
            continue
        blocks = expected_block(element)
        if blocks:
            run = []
        found += blocks
    return found


def expected_block(element):
    if element.kind is Kind.TITLE:
        line = " ".join(re.split(r"\s*\n\s*", tidy(element.text)))
        return [("heading", min(element.level, 6), line)] if line else []
    if element.kind is Kind.CODE:
        code = element.text.strip("\n")
        return [("code", (), element.meta.get("language", ""), f"{code}\n")] if code.strip() else []
    if element.kind is Kind.TABLE:
        rows = [[tidy(cell.text) for cell in row] for row in element.cells]
        if not any(map(any, rows)):
            return []
        width = max(map(len, rows))
        return [("row", (), (*row, *[""] * (width - len(row)))) for row in rows]
    if element.kind is Kind.PAGE_NUMBER:
        return []
    where = (">",) if element.kind is Kind.QUOTE else ()
    return [("text", where, part) for part in paragraphs(element.text)]


@settings(max_examples=250, deadline=None)
@given(st.lists(elements, max_size=6))
def test_a_parser_reads_back_the_structure_that_went_in(document):
    assert read(render(*document)) == expected_blocks(document)


@settings(max_examples=75, deadline=None)
@given(st.lists(st.lists(elements, max_size=4), max_size=4))
def test_a_document_is_rendered_the_same_whatever_is_around_it_and_known_of_it(documents):
    import polars as pl

    columns = ElementColumns.from_elements(documents)
    alone = [
        piece
        for document in documents
        for piece in Markdown().render(ElementColumns.from_elements([document]))
    ]
    assert Markdown().render(columns) == alone
    found = pl.Series(columns.texts, dtype=pl.String).str.contains(Markdown.needs_care)
    assert Markdown().render(columns, (~found).to_list()) == alone


@settings(max_examples=75, deadline=None)
@given(st.lists(elements, max_size=6))
def test_commonmark_without_extensions_reads_back_the_same_but_tables(document):
    def without_tables(blocks):
        return [block for block in blocks if block[0] not in ("row", "html")]

    found = read(render(*document, flavor="commonmark"), PLAIN_PARSER)
    assert without_tables(found) == without_tables(expected_blocks(document))


@settings(max_examples=75, deadline=None)
@given(st.lists(elements, max_size=6))
def test_running_text_has_no_headings_lists_or_tables(document):
    blocks = read(render(*document, preserve_structure=False))
    assert {block[0] for block in blocks} <= {"text", "code"}
    assert all(block[1] == () for block in blocks)


@settings(max_examples=100, deadline=None)
@given(st.lists(elements, max_size=6), st.booleans())
def test_pieces_begin_with_their_separator_and_never_end_in_one(document, furniture):
    pieces = Markdown(include_furniture=furniture).render(ElementColumns.from_elements([document]))
    assert len(pieces) == len(document)
    visible = [piece for piece in pieces if piece]
    assert not any(piece.endswith("\n") for piece in visible)
    assert [piece.startswith("\n") for piece in visible] == [False, *[True] * (len(visible) - 1)][
        : len(visible)
    ]


# Headings


def test_headings_are_at_most_six_deep_and_moved_by_the_offset():
    titles = [Element(Kind.TITLE, "a", level=level) for level in (None, 0, 3, 9)]
    assert render(*titles) == "# a\n\n# a\n\n### a\n\n###### a"
    assert render(*titles, heading_offset=1) == "## a\n\n## a\n\n#### a\n\n###### a"
    assert render(*titles, heading_offset=-5) == "# a\n\n# a\n\n# a\n\n#### a"


# Lists


def test_items_of_one_list_are_tight_and_nested_ones_stand_below_their_parents_text():
    assert (
        render(
            item("a"),
            item("b", 1, ordered=True),
            item("c", 2),
            item("d\ne", 1, ordered=True),
            item("f\n\ng"),
        )
        == "- a\n  1. b\n     - c\n  2. d\n     e\n- f\n\n  g"
    )


def test_an_item_keeps_its_number_and_content_stands_below_its_first_letter():
    assert render(item("a", ordered=True, number=9), item("b\nc", ordered=True), item("d", 1)) == (
        "9. a\n10. b\n    c\n    - d"
    )


def test_numbers_markdown_cannot_write_are_counted_anew():
    assert render(item("a", ordered=True, number=-1), item("b", ordered=True, number=10**9)) == (
        "1. a\n2. b"
    )


def test_a_number_that_does_not_rise_begins_another_list():
    numbers = [item("x", ordered=True, number=number) for number in (1, 2, 1, 1)]
    assert render(*numbers) == "1. x\n2. x\n\n1) x\n\n1. x"
    lists = [
        line for line in PLAIN_PARSER.parse(render(*numbers)) if line.type == "ordered_list_open"
    ]
    assert len(lists) == 3


def test_lists_of_different_sort_or_parent_are_kept_apart():
    assert render(item("a"), item("b", ordered=True)) == "- a\n\n1. b"
    apart = render(item("a", parent="p"), item("b", parent="q"), item("c", parent="q"))
    assert apart == "- a\n\n* b\n* c"


def test_a_nested_list_that_does_not_begin_with_one_is_no_text_of_its_parent():
    text = render(item("a"), item("b", 1, ordered=True, number=5))
    assert read(text) == [("text", ("-",), "a"), ("text", ("-", "1."), "b")]


def test_furniture_between_items_does_not_part_the_list():
    assert render(item("a"), Element(Kind.PAGE_NUMBER, "7"), item("b")) == "- a\n- b"


def test_what_belongs_to_an_item_stands_within_it():
    text = render(
        item("a", id="1"),
        item("b", 1, id="2"),
        Element(Kind.CODE, "x\n\n  y", parent="1"),
        Element(Kind.PARAGRAPH, "p", parent="1"),
        item("c", id="3"),
        Element(Kind.PARAGRAPH, "out", parent="elsewhere"),
        item("d", id="4"),
    )
    assert text == ("- a\n  - b\n\n  ```\n  x\n\n    y\n  ```\n\n  p\n\n- c\n\nout\n\n- d")
    assert ("code", ("-+",), "", "x\n\n  y\n") in read(text)


def test_an_item_without_level_lies_below_the_item_it_belongs_to():
    assert render(item("a", id="1"), item("b", None, parent="1"), item("c", None, parent="0")) == (
        "- a\n  - b\n- c"
    )


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        (item("• foo"), "- foo"),
        (item("- foo"), "- foo"),
        (item("1. foo"), "1. foo"),
        (item("7) foo"), "7. foo"),
        (item("a) foo"), "- a) foo"),
        (item("3. foo", number=3), "3. foo"),
        (item("3. foo", number=4), "- 3\\. foo"),
        (item("3. foo", ordered=True, number=3), "3. 3\\. foo"),
        (item("3. foo", ordered=False), "- 3\\. foo"),
        (item("• foo", ordered=True), "1. • foo"),
        (item("•"), "-"),
        (item("1.5 bar"), "- 1.5 bar"),
        (item("*bold* - foo"), "- \\*bold\\* - foo"),
    ],
)
def test_a_mark_the_text_brings_along_is_not_doubled(element, expected):
    assert render(element) == expected


def test_lists_do_not_nest_deeper_than_indentation_can_bear():
    text = render(*[item("x", level) for level in range(100)])
    assert max(len(line) for line in text.split("\n")) <= 20
    assert len(read(text)) == 100


def test_check_boxes_are_items_of_a_task_list():
    boxes = [
        Element(Kind.CHECKBOX, t, meta={"checked": c}) for t, c in [("a", True), ("1. b", False)]
    ]
    assert render(*boxes, item("[x] c")) == "- [x] a\n- [ ] b\n- \\[x] c"


# Tables


def test_a_table_has_rules_by_alignment_and_escaped_cells():
    shown = render(table(["a", "b", "c"], ["1|2", "x\ny", "*z*"], align=["right", "center"]))
    assert shown == "| a | b | c |\n| ---: | :---: | --- |\n| 1\\|2 | x<br>y | \\*z\\* |"


def test_merged_cells_are_blank_or_repeated():
    cells = (
        (Cell("a", col_span=2), Cell("b", row_span=9)),
        (Cell("c"), Cell("d")),
    )
    merged = Element(Kind.TABLE, cells=cells)
    rule = "| --- | --- | --- |"
    assert render(merged) == f"| a |  | b |\n{rule}\n| c | d |  |"
    assert render(merged, merged_cells="repeat") == f"| a | a | b |\n{rule}\n| c | d | b |"


def test_commonmark_has_tables_in_html_with_their_spans():
    cells = (
        (Cell("a\nb", col_span=2, header=True),),
        (Cell("<1>", row_span=2), Cell("x")),
        (Cell("y"),),
    )
    shown = render(Element(Kind.TABLE, cells=cells, meta={"align": ["left"]}), flavor="commonmark")
    assert shown == (
        '<table>\n<thead>\n<tr><th colspan="2" align="left">a<br>b</th></tr>\n</thead>\n<tbody>\n'
        '<tr><td rowspan="2" align="left">&lt;1&gt;</td><td>x</td></tr>\n'
        "<tr><td>y</td></tr>\n</tbody>\n</table>"
    )
    assert [block[0] for block in read(shown)] == ["html"]


def test_a_table_without_cells_is_its_text_and_an_empty_one_is_left_out():
    assert render(Element(Kind.TABLE, "a | *b*")) == "a | \\*b\\*"
    assert render(table(["", " "])) == ""
    assert render(table(["", " "]), flavor="commonmark") == ""
    assert render(Element(Kind.TABLE)) == ""


def test_a_tables_caption_stands_above_it():
    assert render(table(["a"], caption="Table 1")) == "Table 1\n\n| a |\n| --- |"
    assert render(table([""], caption="Table 1")) == "Table 1"


# Code, formulas, images, the rest


def test_fences_are_longer_than_any_run_of_ticks_inside():
    shown = render(Element(Kind.CODE, "\n````\r\nx\n", meta={"language": "c `x` y"}))
    assert shown == "`````c\n````\nx\n`````"
    assert render(Element(Kind.CODE, " \n")) == ""
    assert render(Element(Kind.CODE, "x", meta={"language": "``"})) == "```\nx\n```"


@pytest.mark.parametrize(
    ("text", "meta", "expected"),
    [
        ("E", {"latex": "E = mc^2"}, "$$E = mc^2$$"),
        ("E", {}, "$$E$$"),
        ("", {"latex": "$x$", "display": False}, "$x$"),
        ("", {"latex": "a\nb", "display": False}, "$a b$"),
        ("", {"latex": "\\[a \\\\\n\nb\\]"}, "$$\na \\\\\nb\n$$"),
        ("", {"latex": "a % why\n= b\n+ c"}, "$$a = b + c$$"),
        ("", {}, ""),
    ],
)
def test_formulas_stand_between_dollars(text, meta, expected):
    formula = Element(Kind.FORMULA, text, meta=meta)
    assert render(formula) == expected
    assert {block[0] for block in read(render(formula))} <= {"text"}


def test_commonmark_shows_the_source_of_a_formula_as_text():
    formula = Element(Kind.FORMULA, meta={"latex": "a_*b*_ \\{x\\}"})
    assert read(render(formula, flavor="commonmark")) == [("text", (), "$$a_*b*_ \\{x\\}$$")]


@pytest.mark.parametrize(
    ("images", "meta", "expected"),
    [
        ("alt", {"alt": "a *b*", "caption": "c"}, "a \\*b\\*"),
        ("alt", {"caption": "c", "url": "u"}, "c"),
        ("alt", {}, "seen"),
        ("skip", {"alt": "a"}, ""),
        ("link", {"alt": "a [b]", "url": "u v"}, "![a \\[b\\]](u%20v)"),
        ("link", {"alt": " ", "url": "u"}, "![](u)"),
        ("link", {"alt": "a", "url": "data:image/png;base64,AA"}, "a"),
        ("link", {"alt": "a"}, "a"),
    ],
)
def test_images_are_written_as_asked(images, meta, expected):
    assert render(Element(Kind.IMAGE, "seen", meta=meta), images=images) == expected


def test_links_of_a_text_lead_where_they_should():
    links = [(4, 8, "https://a.b/(c)"), (10, 13, "y")]
    spans = [{"start": s, "end": e, "kind": "link", "url": url} for s, e, url in links]
    meta = {"spans": spans}
    assert render(Element(Kind.PARAGRAPH, "the docs, *x*", meta=meta)) == (
        "the [docs](https://a.b/%28c%29), [\\*x\\*](y)"
    )
    assert render(Element(Kind.TITLE, "the docs", meta=meta)) == "# the [docs](https://a.b/%28c%29)"
    assert render(item("the docs", **meta)) == "- the [docs](https://a.b/%28c%29)"


def test_quotations_are_marked_on_each_line():
    assert render(Element(Kind.QUOTE, "a\n\nb"), Element(Kind.QUOTE, "- c")) == (
        "> a\n>\n> b\n\n> \\- c"
    )


def test_furniture_is_left_out_unless_asked_for():
    page = [
        Element(Kind.HEADER, "# top"),
        Element(Kind.PARAGRAPH, "p"),
        Element(Kind.PAGE_NUMBER, "1. "),
        Element(Kind.PAGE_BREAK),
        Element(Kind.FOOTER, "end"),
    ]
    assert render(*page) == "p"
    assert render(*page, include_furniture=True) == "\\# top\n\np\n\n1\\.\n\n---\n\nend"


def test_raw_text_is_written_as_it_is():
    assert render(Element(Kind.RAW, "\n  # *a*\n\n| b\n"), Element(Kind.PARAGRAPH, "p")) == (
        "  # *a*\n\n| b\n\np"
    )


def test_running_text_keeps_the_words_and_drops_the_marks():
    shown = render(
        Element(Kind.TITLE, "A #"),
        item("• b"),
        table(["c", "d"], ["1", ""]),
        Element(Kind.QUOTE, "q"),
        Element(Kind.CHECKBOX, "e"),
        preserve_structure=False,
    )
    assert shown == "A #\n\nb\n\nc, d\n1\n\nq\n\ne"


def test_files_end_in_a_newline_and_those_of_empty_documents_are_empty():
    columns = ElementColumns.from_elements([[Element(Kind.PARAGRAPH, "a"), item("b")], []])
    assert Markdown().documents(columns, [DocumentHead(), DocumentHead()]) == ["a\n\n- b\n", ""]
    assert isinstance(Markdown(), TextFormatter)


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        (
            "flavor",
            "gihtub",
            "allowed: github, commonmark, academic, unstructured (did you mean github?)",
        ),
        ("images", "all", "allowed: alt, link, embed, skip"),
        ("merged_cells", "both", "allowed: blank, repeat"),
        ("tables", "csv", "allowed: auto, pipe, html"),
        ("page_marks", "comments", "allowed: none, comment, rule"),
    ],
)
def test_an_unknown_value_of_an_option_is_refused_with_those_there_are(option, value, said):
    with pytest.raises(FormatError) as caught:
        Markdown(**{option: value})
    assert said in str(caught.value)
    assert str(caught.value).startswith(f"{option}: ")


# Flavours, footnotes, captions and what else an element may be


def paragraph(text, **meta):
    return Element(Kind.PARAGRAPH, text, meta=meta)


def referring(text="a1"):
    return paragraph(text, spans=[{"start": 1, "end": 2, "kind": "footnote", "label": "1"}])


def test_footnotes_stand_under_their_labels():
    note = Element(Kind.FOOTNOTE, "b\n\nc", id="n", meta={"label": "1"})
    code = Element(Kind.CODE, "d", parent="n")
    again = Element(Kind.FOOTNOTE, "e", meta={"label": "1"})
    other = Element(Kind.FOOTNOTE, "f", meta={"label": "2"})
    shown = "a[^1]\n\n[^1]: b\n\n    c\n\n    ```\n    d\n    ```\n\ne\n\nf"
    assert render(referring(), note, code, again, other) == shown
    assert render(paragraph("x [^1]"), referring(), note) == (
        "x \\[^1]\n\na[^1]\n\n[^1]: b\n\n    c"
    )


def test_footnotes_without_extensions_are_raised_numbers():
    note = Element(Kind.FOOTNOTE, "b", meta={"label": "1"})
    assert render(referring(), note, flavor="commonmark") == ("a<sup>1</sup>\n\n<sup>1</sup> b")
    assert render(referring(), note, preserve_structure=False) == "a1\n\nb"


def test_papers_number_their_captions():
    bold = [{"start": 0, "end": 5, "kind": "emphasis"}]
    shown = render(
        table(["a"], caption="Pumps"),
        Element(Kind.IMAGE, meta={"alt": "a pump", "caption": "A pump"}),
        Element(Kind.IMAGE, meta={"caption": "Another"}),
        Element(Kind.TABLE, id="t", cells=((Cell("b"),),)),
        Element(Kind.CAPTION, "Pipes", parent="t", meta={"spans": bold}),
        Element(Kind.CAPTION, ""),
        Element(Kind.FORMULA, "x"),
        flavor="academic",
    )
    assert shown == (
        "**Table 1.** Pumps\n\n| a |\n| --- |\n\na pump\n\n**Figure 1.** A pump\n\n"
        "**Figure 2.** Another\n\n| b |\n| --- |\n\n**Table 2.** *Pipes*\n\n$$\nx\n$$"
    )


def test_other_flavours_leave_captions_as_they_are():
    spans = [{"start": 0, "end": 1, "kind": "strong"}]
    assert render(Element(Kind.CAPTION, "a *b*", meta={"spans": spans})) == "**a** \\*b\\*"
    assert render(Element(Kind.CAPTION, "a *b*")) == "a \\*b\\*"


def test_keys_are_strong_and_each_pair_has_a_line():
    pairs = [["Name", "a *b*"], ["", "# c"], ["No\nvalue", ""], ["", ""]]
    pair = Element(Kind.KEY_VALUE, "Name: a", meta={"pairs": pairs})
    assert render(pair) == "**Name:** a \\*b\\*\\\n\\# c\\\n**No value:**"
    assert render(pair, preserve_structure=False) == "Name: a"
    strong = [{"start": 0, "end": 4, "kind": "emphasis"}]
    spanned = Element(Kind.KEY_VALUE, "Name: a", meta={"pairs": pairs, "spans": strong})
    assert render(spanned) == "*Name*: a"


def test_terms_are_strong_and_definitions_stand_below():
    terms = [
        Element(Kind.TERM, "pump"),
        Element(Kind.DEFINITION, "", id="d"),
        Element(Kind.CODE, "x", parent="d"),
        Element(Kind.DEFINITION, "moves *things*"),
    ]
    assert render(*terms) == "**pump**\n\n```\nx\n```\n\nmoves \\*things\\*"
    assert render(terms[0], preserve_structure=False) == "pump"


def test_a_rule_is_one_wherever_it_stands():
    rule = Element(Kind.RULE)
    assert render(paragraph("a"), rule) == "a\n\n---"
    assert render(rule, preserve_structure=False) == ""
    within = [item("", id="i"), Element(Kind.RULE, parent="i"), Element(Kind.RULE, parent="i")]
    assert render(*within) == "- ___\n\n  ---"
    assert read(render(*within))[0] == ("rule",)


def test_a_paragraph_that_begins_an_item_is_escaped_as_one():
    first = Element(Kind.PARAGRAPH, "[x] a", parent="i")
    assert render(item("", id="i"), first) == "- \\[x] a"


def test_a_title_may_lie_in_a_quotation():
    titled = [Element(Kind.QUOTE, "", id="q"), Element(Kind.TITLE, "a", level=2, parent="q")]
    assert render(*titled) == "> ## a"


def test_notes_are_furniture():
    note = Element(Kind.NOTE, "say this")
    assert render(note) == ""
    assert render(note, include_furniture=True) == "say this"


def test_an_items_own_mark_takes_no_words_of_its_spans():
    spans = [{"start": 4, "end": 5, "kind": "strong"}]
    assert render(item(" •  a", spans=spans)) == "- **a**"
    assert render(item(" •  a", spans=spans), preserve_structure=False) == "**a**"


def test_numbered_boxes_keep_their_numbers():
    box = Element(Kind.CHECKBOX, "a", meta={"checked": True, "ordered": True, "number": 4})
    assert render(box, Element(Kind.CHECKBOX, "")) == "4. [x] a\n\n- [ ]"


def test_embedded_images_are_written_only_if_asked_for():
    meta = {"alt": "a [b]", "url": "u", "data": "data:image/png;base64,\nAA", "caption": "c"}
    image = Element(Kind.IMAGE, meta=meta)
    assert render(image, images="embed") == '![a \\[b\\]](data:image/png;base64,AA "c")'
    assert render(image, images="link") == '![a \\[b\\]](u "c")'
    linked = Element(Kind.IMAGE, "d", meta={"url": "u"})
    assert render(linked, images="embed") == "![d](u)"


def test_a_language_does_not_act_as_markdown():
    code = Element(Kind.CODE, "x", meta={"language": "a\\*&amp;"})
    ((_, _, language, _),) = read(render(code))
    assert unescapeAll(language) == "a\\*&amp;"


def test_tables_may_always_be_pipes_or_html():
    blocks = Element(
        Kind.TABLE,
        cells=((Cell("a\nb"),),),
        meta={"rich": [{"row": 0, "place": 0, "html": "<ul><li>a</li><li>b</li></ul>"}]},
    )
    assert render(blocks).startswith("<table>")
    assert render(blocks, tables="pipe") == "| a<br>b |\n| --- |"
    assert render(table(["a"]), tables="html").startswith("<table>")
    assert render(table(["a"]), flavor="commonmark", tables="pipe") == "| a |\n| --- |"
    spans = [{"start": 0, "end": 1, "kind": "strong"}]
    rich = Element(
        Kind.TABLE,
        cells=((Cell("a"),),),
        meta={"rich": [{"row": 0, "place": 0, "spans": spans}]},
    )
    assert render(rich) == "| **a** |\n| --- |"
    assert render(Element(Kind.TABLE, "a", meta={"spans": spans})) == "**a**"


@pytest.mark.parametrize(
    ("latex", "said", "expected"),
    [
        ("x", {"display": True}, "$$\nx\n$$"),
        ("a $$ b", {}, "```math\na $$ b\n```"),
        ("a $ b", {"display": False}, "$`a $ b`$"),
    ],
)
def test_formulas_of_papers_stand_on_lines_of_their_own(latex, said, expected):
    formula = Element(Kind.FORMULA, meta={"latex": latex, **said})
    assert render(formula, flavor="academic") == expected


def test_texts_known_to_be_plain_are_written_as_they_are():
    elements = [item("a", 1), item("b\nc", 1), item("*d*", 1), item("e", 1, parent="x")]
    elements += [paragraph("*f*"), paragraph("g"), Element(Kind.TITLE, "h", level=2)]
    columns = ElementColumns.from_elements([elements])
    pieces = Markdown().render(columns, [True, True, False, True, False, True, True])
    assert "".join(pieces) == "- a\n- b\n  c\n- \\*d\\*\n- e\n\n\\*f\\*\n\ng\n\n## h"
