import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from tore_export.formatters.html import clean_html, escaped, inline_html, is_safe_address

from .reading import texts


def span(start, end, kind, **said):
    return {"start": start, "end": end, "kind": kind, **said}


def shown(html):
    """Return the text a browser shows, as an HTML parser that is not ours sees it."""
    return LexborHTMLParser(f"<div>{html}</div>").body.text(deep=True)


@pytest.mark.parametrize(
    ("kind", "tag"),
    [
        ("strong", "strong"),
        ("emphasis", "em"),
        ("strike", "del"),
        ("underline", "u"),
        ("subscript", "sub"),
        ("superscript", "sup"),
        ("code", "code"),
        ("footnote", "sup"),
    ],
)
def test_a_span_is_the_tag_that_means_it(kind, tag):
    assert inline_html("a<b c", [span(0, 3, kind)]) == f"<{tag}>a&lt;b</{tag}> c"


def test_spans_nest():
    spans = [span(0, 5, "link", url="a?b&c", title='"t"'), span(2, 5, "strong"), span(3, 4, "code")]
    assert inline_html("abcde f", spans) == (
        '<a href="a?b&amp;c" title="&quot;t&quot;">ab<strong>c<code>d</code>e</strong></a> f'
    )


def test_a_link_to_a_program_is_its_words():
    assert inline_html("abc", [span(0, 3, "link", url="javascript:x")]) == "abc"
    assert inline_html("abc", [span(0, 3, "link")]) == "abc"


def test_newlines_are_breaks_and_formulas_stand_between_dollars():
    assert inline_html("a\nb x", [span(1, 2, "break"), span(4, 5, "math")]) == "a<br>b $x$"


@pytest.mark.parametrize(
    ("images", "expected"),
    [
        ("alt", "see a pump"),
        ("link", 'see <img src="p.png" alt="a pump">'),
        ("embed", 'see <img src="p.png" alt="a pump">'),
        ("skip", "see "),
    ],
)
def test_images_are_written_as_asked_in_a_line_and_in_a_block(images, expected):
    spans = [span(4, 10, "image", url="p.png")]
    assert inline_html("see a pump", spans, images) == expected
    html = 'see <img src="p.png" alt="a pump">'
    assert clean_html(html, images) == expected.strip()


def test_an_image_without_an_address_is_its_words():
    assert inline_html("a", [span(0, 1, "image", url="data:image/png;base64,AA")], "link") == "a"
    assert clean_html('<img alt="a" src="data:x">') == "a"


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://a.org", True),
        ("mailto:a@b.c", True),
        ("a/b:c", True),
        ("#top", True),
        ("", False),
        ("JAVASCRIPT:x", False),
        (" \x01java\nscript:x", False),
        ("data:text/html,x", False),
    ],
)
def test_only_the_web_mail_and_relative_places_are_safe(url, safe):
    assert is_safe_address(url) is safe


@given(texts)
def test_any_text_is_shown_as_it_is(text):
    assert shown(inline_html(text, [])) == shown(escaped(text))
    seen = LexborHTMLParser(f"<p>{escaped(text)}</p>").body.text(deep=True)
    assert seen == re.sub(r"\r\n|\r|\n", "", text)


kinds = st.sampled_from(["strong", "emphasis", "link", "image", "code", "math", "break", "nothing"])
wild_spans = st.lists(
    st.builds(
        lambda start, length, kind: span(start, start + length, kind, url="u"),
        st.integers(-2, 12),
        st.integers(-1, 8),
        kinds,
    ),
    max_size=6,
)


@given(st.text("ab <&\n", max_size=12), wild_spans)
def test_whatever_the_spans_say_no_word_is_lost_and_every_tag_is_closed(text, spans):
    html = inline_html(text, spans)
    assert "\n" not in html
    assert shown(html).replace("$", "") == text.replace("\n", "")
    assert is_balanced(html)


def is_balanced(html):
    stack, faults = [], []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            if tag not in ("br", "img"):
                stack.append(tag)

        def handle_endtag(self, tag):
            if not stack or stack.pop() != tag:
                faults.append(tag)

    reader = Reader()
    reader.feed(html)
    reader.close()
    return not stack and not faults


def test_blocks_of_a_cell_stay_as_they_are():
    html = (
        '<p>a <strong>b</strong><br>c</p><ol start="3"><li>d</li></ol><pre><code>e&#10; f</code></pre>'
        '<table><tbody><tr><td colspan="2" align="right">g</td></tr></tbody></table>'
    )
    assert clean_html(html) == html


def test_nothing_gets_out_of_a_cell():
    assert clean_html("a</td></tr></table><td>b</td><tr>c") == "abc"
    assert clean_html("<table><tr><td>a</table></table>b") == "<table><tr><td>a</td></tr></table>b"
    assert clean_html("<ul><li>a<table></ul></table>") == ("<ul><li>a<table></table></li></ul>")


def test_a_part_of_a_table_ends_the_one_before_it_and_lies_where_it_may():
    assert clean_html("<table><tr><td>a<td>b<tr><th>c<tbody>d") == (
        "<table><tr><td>a</td><td>b</td></tr><tr><th>c</th></tr><tbody>d</tbody></table>"
    )
    assert clean_html("<table><table><td>a</table></table>b") == "<table>a</table>b"


def test_only_known_tags_with_known_attributes_remain():
    assert clean_html('<p class="x" onclick="y">a</p><svg onload="x">b</svg><!-- c -->') == (
        "<p>a</p>b&lt;!-- c --&gt;"
    )
    assert clean_html('<a href="javascript:x">a</a><a href="b" href="c">d</a>') == (
        'a<a href="b">d</a>'
    )
    assert clean_html('<ol start="x"><li>a</li></ol><td colspan="10000000">') == (
        "<ol><li>a</li></ol>"
    )


def test_what_is_no_tag_is_text_and_references_stay():
    assert clean_html("1 < 2 & 3 &amp; &eacute; <") == "1 &lt; 2 &amp; 3 &amp; &eacute; &lt;"
    assert clean_html("a\0") == "a\ufffd"


def test_no_newline_is_left_and_code_keeps_its_own():
    assert clean_html("<p>a\n\n b</p>") == "<p>a b</p>"
    assert clean_html("<pre>a\n\n b</pre>") == "<pre>a&#10;&#10; b</pre>"


PIECES = [
    *("<p>", "</p>", "<table>", "</table>", "<tr>", "<td>", "</td>", "<ul>", "<li>", "</li>"),
    *("<a href='x'>", '<a href="y">', "</a>", "<b>", "<script>", "</script>", "<pre>", "</pre>"),
    *('<img src="z" alt="">', "<br>", "<", ">", "&", '"', "a", " ", "\n", "<!--", "-->", "</div>"),
]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=16).map("".join))
def test_whatever_comes_in_what_comes_out_is_closed_and_stays_the_same_a_second_time(html):
    cleaned = clean_html(html)
    assert is_balanced(cleaned)
    assert "\n" not in cleaned
    assert " ".join(clean_html(cleaned).split()) == " ".join(cleaned.split())
    page = LexborHTMLParser(f"<table><tr><td>{cleaned}</td><td id=next>n</td></tr></table>")
    assert page.css_first("#next").text() == "n"
    assert page.css_first("script") is None


@pytest.mark.parametrize(
    "piece", ["<", "<a ", '<a "', "<p>", "</p>", "<table><tr><td>", "&", "&a", "\n", " ", "<pre>\n"]
)
def test_a_megabyte_of_anything_costs_little(piece):
    html = piece * (1_000_000 // len(piece)) + "x"
    start = time.process_time()
    clean_html(html)
    assert time.process_time() - start < 3
