"""What stands in a line of Markdown becomes plain text with spans over it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tore_export.documents.element import SPAN_KINDS
from tore_export.sources.markdown.line import read_line
from tore_export.sources.markdown.parser import parser


def line(markdown: str, **how: bool) -> tuple[str, list[dict[str, Any]]]:
    inline = next(token for token in parser().parse(markdown) if token.type == "inline")
    text, spans, _ = read_line(inline.children or (), **how)
    return text, spans


def shown(markdown: str, **how: bool) -> list[tuple[str, str]]:
    """Return (kind, what it covers) of each span."""
    text, spans = line(markdown, **how)
    return [(span["kind"], text[span["start"] : span["end"]]) for span in spans]


@pytest.mark.parametrize(
    ("markdown", "kind"),
    [
        ("a **b** c", "strong"),
        ("a *b* c", "emphasis"),
        ("a ~~b~~ c", "strike"),
        ("a ~b~ c", "strike"),
        ("a `b` c", "code"),
        ("a $b$ c", "math"),
        ("a <b>b</b> c", "strong"),
        ("a <STRONG>b</STRONG> c", "strong"),
        ("a <i>b</i> c", "emphasis"),
        ("a <em>b</em> c", "emphasis"),
        ("a <del>b</del> c", "strike"),
        ("a <s>b</s> c", "strike"),
        ("a <u>b</u> c", "underline"),
        ("a <ins>b</ins> c", "underline"),
        ("a <sub>b</sub> c", "subscript"),
        ("a <sup>b</sup> c", "superscript"),
        ("a <code>b</code> c", "code"),
        ("a <kbd>b</kbd> c", "code"),
    ],
)
def test_marks_and_tags_become_spans(markdown: str, kind: str):
    assert line(markdown) == ("a b c", [{"start": 2, "end": 3, "kind": kind}])


def test_links_carry_address_and_title_as_they_are_written():
    assert line('see [the **docs**](https://a.org/ä?x=%20 "more")') == (
        "see the docs",
        [
            {
                "start": 4,
                "end": 12,
                "kind": "link",
                "url": "https://a.org/ä?x=%20",
                "title": "more",
            },
            {"start": 8, "end": 12, "kind": "strong"},
        ],
    )


def test_references_autolinks_and_html_links_are_links():
    assert shown("[a][b] <https://c.org> <d@e.org>\n\n[b]: /url") == [
        ("link", "a"),
        ("link", "https://c.org"),
        ("link", "d@e.org"),
    ]
    assert line("x <a href='/y' title=\"&lt;t&gt;\">z</a>")[1] == [
        {"start": 2, "end": 3, "kind": "link", "url": "/y", "title": "<t>"}
    ]
    assert line("<a name=top>z</a>")[1] == []


def test_addresses_a_browser_would_not_open_are_still_addresses():
    assert line("[x](file:///etc/hosts)")[1][0]["url"] == "file:///etc/hosts"


def test_images_within_text_are_spans_over_their_alternative_text():
    assert line('a ![the *big* ![pump](q)](p.png "t") b <img src="i.png" alt="i">') == (
        "a the big pump b i",
        [
            {"start": 2, "end": 14, "kind": "image", "url": "p.png", "title": "t"},
            {"start": 17, "end": 18, "kind": "image", "url": "i.png"},
        ],
    )


def test_an_alternative_text_is_words_alone():
    markdown = "![a\n*b* `c`\\\nd<br> [^n] $e$](f) g\n\n[^n]: h"
    assert shown(markdown) == [("image", "a b c d n e")]


def test_embedded_data_is_never_an_address():
    data = "data:image/png;base64,AAAA"
    assert line(f"a ![alt]({data}) [l]({data}) <img alt='i' src='{data}'>") == ("a alt l i", [])


def test_hard_breaks_are_spans_and_soft_ones_newlines():
    assert line("a\nb  \nc\\\nd<br>e") == (
        "a\nb\nc\nd\ne",
        [{"start": n, "end": n + 1, "kind": "break"} for n in (3, 5, 7)],
    )


def test_a_heading_is_one_line():
    assert line("a\nb<br>c <br/> d\n===", one_line=True) == ("a b c d", [])


def test_footnote_references_name_their_footnote():
    assert line("a[^x] b[^no]\n\n[^x]: note") == (
        "ax b[^no]",
        [{"start": 1, "end": 2, "kind": "footnote", "label": "x"}],
    )


def test_dollars_are_money_where_github_says_so():
    assert line("from $5 to $10, $ x $ and $HOME or $PATH") == (
        "from $5 to $10, $ x $ and $HOME or $PATH",
        [],
    )
    assert shown("$HOME/bin:$PATH, xyz_$folder$ and US$5/US$6, \\$a\\$") == []
    assert shown("so $$a$$ it is, $`b`$th and 其中$x \\$ y$是") == [
        ("math", "a"),
        ("math", "b"),
        ("math", "x \\$ y"),
    ]
    assert shown("$a\nb$ __$c$__") == [("math", "a b"), ("strong", "c"), ("math", "c")]
    assert shown("$a$$b$ and $$c$d$$") == []
    assert shown("$$ $$ $ $") == []


def test_unknown_tags_go_and_their_text_stays():
    assert line("a <span class=x>b</span> <foo/>c <!-- note --> d") == ("a b c d", [])


def test_what_is_left_out_leaves_no_blank_line_and_no_second_space():
    assert line("a<br>\nb <!-- c -->\n<span>\nd <br> <br>\n e") == (
        "a\nb\nd\ne",
        [{"start": n, "end": n + 1, "kind": "break"} for n in (1, 5)],
    )
    assert line("a\n*\\* <br>\nb* `c` ![](d)") == (
        "a\n*\nb c",
        [
            {"start": 2, "end": 5, "kind": "emphasis"},
            {"start": 3, "end": 4, "kind": "break"},
            {"start": 6, "end": 7, "kind": "code"},
            {"start": 7, "end": 7, "kind": "image", "url": "d"},
        ],
    )
    assert line("a&#10;&#10;b") == ("a\nb", [])


def test_an_address_of_nothing_is_none():
    assert line("[a]() ![b](<>) <a href=''>c</a>") == ("a b c", [])


def test_tags_of_blocks_within_a_line_break_it():
    assert line("see <ul><li>a</li><li>b</li></ul>")[0].split() == ["see", "a", "b"]


def test_tags_that_would_hide_what_follows_are_text():
    assert line("use <script> or </title>") == ("use <script> or </title>", [])


def test_a_mark_within_one_of_its_own_kind_says_nothing():
    assert shown("****a****") == [("strong", "a")]
    assert shown("[a <a href=x>b</a>](c)") == [("link", "a b")]


def test_code_holds_nothing_but_text():
    assert shown("<code>a *b* `c` ![d](e)<br>f</code>") == [("code", "a b c d\nf")]


def test_tags_that_cross_marks_end_with_them():
    assert shown("*a <b>b* c</b> d") == [("emphasis", "a b"), ("strong", "b")]
    assert shown("<b>a *b</b> c*") == [("strong", "a b c"), ("emphasis", "b c")]
    assert shown("<b>a <i>b</b> c</i>") == [("strong", "a b"), ("emphasis", "b")]
    assert shown("a</b> <b>b") == [("strong", "b")]


def test_entities_and_escapes_are_the_characters_they_mean():
    assert line("&lt;b&gt; \\*a\\* &copy; &#x41;") == ("<b> *a* © A", [])


@given(st.text("ab *_~`<>/[]()!$\\\n&;:bi=\"'", max_size=60))
def test_spans_of_any_line_lie_in_its_text_and_within_each_other(markdown: str):
    for token in parser().parse(markdown):
        if token.type != "inline":
            continue
        text, spans, _ = read_line(token.children or ())
        assert text == text.strip()
        order = [(span["start"], -span["end"]) for span in spans]
        assert order == sorted(order)
        open_: list[int] = []
        for span in spans:
            assert span["kind"] in SPAN_KINDS
            assert 0 <= span["start"] <= span["end"] <= len(text)
            while open_ and open_[-1] <= span["start"]:
                open_.pop()
            assert not open_ or span["end"] <= open_[-1]
            open_.append(span["end"])
