import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tore_export.formatters.atoms import code_span, destination, label_of
from tore_export.formatters.inline import marked

from .reading import FULL_PARSER, characters, lines_tidied, marked_characters, texts


def span(start, end, kind, **said):
    return {"start": start, "end": end, "kind": kind, **said}


LINK = {"url": "https://a.b/c?d=(e)&amp;f", "title": 'a "t" & *b*'}
SAID = {"link": LINK, "image": {"url": "i.png"}, "footnote": {"label": "n 1"}}
KINDS = ["strong", "emphasis", "strike", "underline", "subscript", "superscript", "code", "link"]
pieces = st.lists(
    st.tuples(texts, st.lists(st.sampled_from(KINDS), max_size=3, unique=True)), max_size=5
)


def placed(pieces):
    """Return a text of pieces that are marked each, and in pairs, and the spans."""
    text, spans, starts = "", [], []
    for words, kinds in pieces:
        starts.append(len(text))
        text += words
        spans += [span(starts[-1], len(text), kind, **SAID.get(kind, {})) for kind in kinds]
    return text, spans


@st.composite
def marked_texts(draw):
    text, spans = placed(draw(pieces))
    if text and draw(st.booleans()):
        start, end = sorted(draw(st.tuples(*[st.integers(0, len(text))] * 2)))
        kind = draw(st.sampled_from(KINDS))
        spans.append(span(start, end, kind, **SAID.get(kind, {})))
    return text, spans


@settings(max_examples=400, deadline=None)
@given(marked_texts())
def test_a_parser_reads_back_each_character_with_its_marks(given_text):
    text, spans = given_text
    tokens = FULL_PARSER.parse(marked(text, spans))
    found = [characters(token) for token in tokens if token.type == "inline"]
    expected = marked_characters(text.replace("\r", "\n"), spans)
    assert [lines_tidied(marks)[0] for marks in found] == expected


@settings(max_examples=150, deadline=None)
@given(marked_texts())
def test_a_headings_marks_are_read_back_from_its_line(given_text):
    text, spans = given_text
    line = text.replace("\r", "\n").replace("\n", " ")
    shown = marked(line, spans, "line")
    assert "\n" not in shown
    tokens = [token for token in FULL_PARSER.parse(f"## {shown}") if token.type == "inline"]
    found = [part for token in tokens for part in lines_tidied(characters(token))]
    assert found == marked_characters(line, spans)


@settings(max_examples=150, deadline=None)
@given(marked_texts(), marked_texts())
def test_a_cells_marks_are_read_back_from_its_cell(left, right):
    row = " | ".join(marked(text, spans, "cell") for text, spans in (left, right))
    table = f"| {row} |\n| --- | --- |"
    cells = [characters(token) for token in FULL_PARSER.parse(table) if token.type == "inline"]
    assert len(cells) == 2
    for marks, (text, _) in zip(cells, (left, right), strict=True):
        shown = "".join(character for character, _ in marks)
        assert "".join(shown.split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("a b c", "strong", "a **b** c"),
        ("abcde", "strong", "a**bcd**e"),
        ("abcde", "strike", "a~~bcd~~e"),
        ('a"b"c', "emphasis", 'a<em>"b"</em>c'),
        ("abcde", "underline", "a<u>bcd</u>e"),
        ("abcde", "subscript", "a<sub>bcd</sub>e"),
        ("abcde", "superscript", "a<sup>bcd</sup>e"),
        ("abcde", "code", "a`bcd`e"),
        ("abcde", "nobody knows", "abcde"),
        ("a   b", "strong", "a   b"),
    ],
)
def test_marks_of_markdown_where_they_hold_and_of_html_where_not(text, kind, expected):
    assert marked(text, [span(1, 4, kind)]) == expected


def test_marks_within_marks_take_another_character():
    spans = [span(0, 5, "strong"), span(2, 3, "emphasis")]
    assert marked("a b c", spans) == "**a _b_ c**"
    assert marked("abcde", [span(0, 5, "strong"), span(2, 3, "emphasis")]) == "**ab<em>c</em>de**"
    assert marked("ab", [span(0, 1, "strong"), span(1, 2, "emphasis")]) == "**a**_b_"


def test_the_flavour_without_extensions_has_none():
    spans = [span(0, 1, "strike"), span(2, 3, "math"), span(4, 5, "footnote", label="n")]
    shown = marked("a b c", spans, flavor="commonmark", notes={"n": "n"})
    assert shown == "<del>a</del> b <sup>c</sup>"


def test_footnotes_that_are_there_are_referred_to_by_their_label():
    spans = [span(1, 2, "footnote", label="x y"), span(3, 4, "footnote", label="gone")]
    assert marked("a1 2: [^x]", spans, notes={"x y": "x-y"}) == "a[^x-y] 2: \\[^x]"
    assert marked("1:(", [span(0, 1, "footnote", label="n")], notes={"n": "n"}) == "[^n]\\:("


@pytest.mark.parametrize(
    ("images", "expected"),
    [
        ("alt", "see a [b] here"),
        ("link", 'see ![a \\[b\\]](i%20j "t") here'),
        ("skip", "see  here"),
    ],
)
def test_images_within_a_line_are_written_as_asked(images, expected):
    spans = [span(4, 9, "image", url="i j", title="t"), span(5, 6, "strong")]
    if images == "alt":
        spans = spans[:1]
    assert marked("see a [b] here", spans, images=images) == expected


def test_an_image_of_embedded_data_is_its_text():
    assert marked("a", [span(0, 1, "image", url="data:x")], images="link") == "a"


def test_links_have_addresses_titles_and_their_own_words():
    shown = marked("x! [a] y", [span(3, 6, "link", url="u|v", title='t "q" | <b>')])
    assert shown == 'x! [\\[a\\]](u%7Cv "t \\"q\\" | \\<b>") y'
    assert marked("wow!a", [span(4, 5, "link", url="u")]) == "wow\\![a](u)"
    assert marked("a", [span(0, 1, "link", url=" ")]) == "a"
    assert marked("a", [span(0, 1, "link", url="data:x")]) == "a"
    assert marked("^a", [span(0, 2, "link", url="u")]) == "[\\^a](u)"


def test_an_address_that_shows_itself_stands_between_angle_brackets():
    url = "https://a.b/c"
    assert marked(f"see {url}", [span(4, 17, "link", url=url)]) == f"see <{url}>"
    titled = [span(0, 13, "link", url=url, title="t")]
    assert marked(url, titled) == f'[{url}]({url} "t")'


def test_breaks_stay_where_a_line_follows():
    text = "a \nb\n\nc\n"
    breaks = [span(at, at + 1, "break") for at in (2, 4, 5, 7)]
    assert marked(text, breaks) == "a\\\nb\n\nc"
    assert marked(text, breaks, "line") == "a b c"
    assert marked("a\nb", [span(1, 2, "break")], "cell") == "a<br>b"
    assert marked("*a*\r\n  b", [span(0, 3, "code")]) == "`*a*` \n  b"
    after = [span(0, 1, "code"), span(2, 3, "break")]
    assert marked("a \nb", after) == "`a`\\\nb"
    nothing = [span(0, 1, "strong"), span(0, 1, "image", url="u")]
    assert marked("a b", nothing, images="skip") == "b"
    image = [span(1, 2, "break"), span(2, 3, "image", url="u")]
    assert marked("a\nb", image, images="skip") == "a"
    assert marked("b\na", [span(0, 1, "image"), span(1, 2, "break")], images="skip") == "a"


@pytest.mark.parametrize(
    ("code", "in_cell", "expected"),
    [
        ("a", False, "`a`"),
        ("`a", False, "`` `a ``"),
        ("a`b``c", False, "```a`b``c```"),
        (" a ", False, "`  a  `"),
        ("  ", False, "`  `"),
        ("a\nb", False, "`a b`"),
        ("a|b", False, "`a|b`"),
        ("a|b", True, "`a\\|b`"),
        ("\\|<", True, "<code>&#92;&#124;&lt;</code>"),
    ],
)
def test_code_survives_whatever_it_holds(code, in_cell, expected):
    assert code_span(code, in_cell=in_cell) == expected


@pytest.mark.parametrize(
    ("latex", "place", "expected"),
    [
        ("x", "text", "$x$"),
        ("a $ b", "text", "$`a $ b`$"),
        ("a \\$ b", "text", "$a \\$ b$"),
        ("a $ `b`", "text", "a \\$ \\`b\\`"),
        ("|a\\|", "cell", "$\\|a\\Vert$"),
        ("a\nb", "text", "$a b$"),
    ],
)
def test_formulas_within_a_line_stand_between_dollars(latex, place, expected):
    assert marked(latex, [span(0, len(latex), "math")], place) == expected


def test_code_makes_no_definition_of_the_text_before_it():
    assert marked("[a]: b", [span(1, 5, "code")]) == "\\[`a]: `b"


def test_what_is_no_span_is_left_out():
    spans = [
        "x",
        {},
        span("0", 1, "strong"),
        span(0, 1, 3),
        span(5, 9, "strong"),
        span(1, 0, "code"),
    ]
    assert marked("*a*", spans) == "\\*a\\*"


def test_the_character_that_stands_for_marks_may_be_in_the_text():
    assert marked("\ufdd0a\ufdd0", [span(1, 2, "strong")]) == "\ufdd0**a**\ufdd0"


def test_an_address_has_no_character_that_ends_it():
    assert destination(" a b\n<c>\\(d)&amp; ") == "a%20b%0A%3Cc%3E%5C%28d%29&amp;amp;"


def test_a_label_has_no_character_that_ends_it():
    assert label_of(" [a]\n^b*") == "a-b"
    assert label_of("[]") == "note"


@pytest.mark.parametrize("unit", [" ", "a ", "*", "\n\n", "`", "$", "[", "a\n"])
def test_hostile_spans_cost_time_in_proportion_to_their_number(unit):
    text = unit * 20_000
    kinds = ["strong", "emphasis", "code", "link", "strike", "math", "break"]
    spans = [span(i, len(text), kinds[i % 7], url="u") for i in range(20_000)]
    spans += [span(i, i + 1, kinds[i % 7], url="u") for i in range(20_000)]
    started = time.process_time()
    for place in ("text", "item", "line", "cell"):
        marked(text, spans, place)
    assert time.process_time() - started < 10
