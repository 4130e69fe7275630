from __future__ import annotations

import pytest

from tests.unit.sources.html.pages import elements, one, shown
from tore_export.documents.element import Span
from tore_export.sources.html.walk import Walk
from tore_export.sources.unit import Limits


def spans(html: str) -> list[Span]:
    return one(html).meta.get("spans", [])


@pytest.mark.parametrize(
    ("tag", "kind"),
    [
        *((tag, "strong") for tag in ("b", "strong")),
        *((tag, "emphasis") for tag in ("i", "em", "cite", "var", "dfn")),
        *((tag, "strike") for tag in ("s", "del", "strike")),
        *((tag, "underline") for tag in ("u", "ins")),
        *((tag, "code") for tag in ("code", "kbd", "samp", "tt")),
        ("sub", "subscript"),
        ("sup", "superscript"),
    ],
)
def test_a_tag_within_the_line_is_a_span(tag: str, kind: str) -> None:
    assert spans(f"<p>a <{tag}>b</{tag}> c") == [{"start": 2, "end": 3, "kind": kind}]


def test_a_span_begins_and_ends_with_a_word() -> None:
    found = one("<p>a<b> \n b <i> c</i></b>d")
    assert found.text == "a b cd"
    assert found.meta.get("spans") == [
        {"start": 2, "end": 5, "kind": "strong"},
        {"start": 4, "end": 5, "kind": "emphasis"},
    ]


def test_a_span_over_several_blocks_is_one_in_each() -> None:
    assert [e.meta.get("spans") for e in elements("<b>a<p>b</p></b><p>c")] == [
        [{"start": 0, "end": 1, "kind": "strong"}],
        [{"start": 0, "end": 1, "kind": "strong"}],
        None,
    ]


def test_a_span_within_one_of_its_kind_or_around_nothing_is_none() -> None:
    assert spans("<p><b>a<strong>b</strong></b><i></i> <i> </i>") == [
        {"start": 0, "end": 2, "kind": "strong"}
    ]


def test_links_keep_their_addresses_as_they_are() -> None:
    assert spans('<p><a href="../b.html?x=1&amp;y#z" title="T &amp; U">a</a>') == [
        {"start": 0, "end": 1, "kind": "link", "url": "../b.html?x=1&y#z", "title": "T & U"}
    ]


@pytest.mark.parametrize("link", ["#here", "javascript:run()", "data:text/plain,x", "", " "])
def test_what_leads_nowhere_else_is_text_only(link: str) -> None:
    assert spans(f"<p><a href='{link}'>a</a> <a name=b>b</a>") == []


def test_a_paragraph_that_is_one_image_is_an_image() -> None:
    found = one('<p><a href="b"><img src="a.png" alt=" A &amp; B " title=t></a></p>')
    assert (found.kind.name, found.text) == ("IMAGE", "")
    assert found.meta == {"url": "a.png", "alt": "A & B"}


def test_an_image_in_a_text_is_a_span_over_what_stands_for_it() -> None:
    found = one("<p>a <img src=a.png alt='x &lt; y' title=t> b<img src=b.png>")
    assert found.text == "a x < y b"
    assert found.meta.get("spans") == [
        {"start": 2, "end": 7, "kind": "image", "url": "a.png", "title": "t"},
        {"start": 9, "end": 9, "kind": "image", "url": "b.png"},
    ]


def test_an_image_that_comes_later_has_its_address_in_data_src() -> None:
    assert one("<img src='data:image/gif;base64,R0' data-src=a.png>").meta == {"url": "a.png"}


def test_embedded_images_are_kept_only_where_asked_for() -> None:
    data = "data:image/png;base64,AAAA"
    assert shown(f"<p><img src='{data}'>") == []
    assert one(f"<img src='{data}' alt=a>").meta == {"alt": "a"}
    keep = Limits(keep_images=True)
    assert one(f"<img src='{data}' alt=a>", keep).meta == {"alt": "a", "data": data}
    assert one(f"<p>b <img src='{data}' alt=a>", keep).meta == {
        "spans": [{"start": 2, "end": 3, "kind": "image"}]
    }


def test_white_space_is_that_of_html() -> None:
    assert shown("<p>\n a \t b\n<span> c</span>&nbsp; d\u3000e ") == [
        ("PARAGRAPH", "a b c\xa0 d\u3000e")
    ]


def test_a_line_wrapped_in_chinese_or_japanese_has_no_space_there() -> None:
    assert shown("<p>日本\n語、\n <b>漢\n字</b>\nかな abc\n漢 한국\n어 漢 字") == [
        ("PARAGRAPH", "日本語、漢字かな abc 漢 한국 어 漢 字")
    ]


def test_scripts_comments_and_what_is_hidden_are_stepped_over() -> None:
    html = (
        "a<script>'<p>b'</script>c<!-- <p>d --><style>e</style><div hidden>f<div>g</div>"
        "<script>'<div>'</script><!-- </div> --></div><img hidden src=x alt=y>h<svg><text>i</svg>"
    )
    assert [text for _, text in shown(html)] == ["ach"]


def test_what_is_known_of_tags_is_bounded() -> None:
    html = "".join(f"<p class=c{number}>{number}" for number in range(21_000))
    assert len(elements(html)) == 21_000
    assert len(Walk._known) <= 20_000
    long = f"<p class='{'x' * 300}'>a"
    assert shown(long) == [("PARAGRAPH", "a")]
    assert not any("xxx" in tag for tag in Walk._known)
