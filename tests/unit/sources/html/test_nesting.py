from __future__ import annotations

import time

import pytest

from tests.unit.sources.html.pages import elements
from tore_export.errors import DocumentError
from tore_export.sources.html.nesting import refuse_costly
from tore_export.sources.unit import Limits

LIMITS = Limits()
N = 100_000


def rule(html: str) -> str | None:
    begin = time.process_time()
    try:
        refuse_costly(html, LIMITS)
    except DocumentError as error:
        return error.rule
    finally:
        # a parser would take minutes, or hours
        assert time.process_time() - begin < 5
    return None


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * N,
        "<ul><li>" * N,
        "<table><tr><td>" * N,
        "<span>" * N,
        '<div title="</div></div>">' * N,
        "<div><!-- </div> --></x>" * N,
        "<div><script></div></script>" * N,
        "<span><div></span></div>" * N,
        "<div =>" + "<div>" * N + '"',
        "<svg><title>" + "<g>" * N,
        "<svg><td>" + "<td>" * N,
        "<svg>" + "<source>" * N,
        "<svg>" + "<g a=b/>" * N,
        "<svg>" + "<g a= />" * N,
        "<svg>" + "<a>" * N,
        "<svg><foreignObject>" + "<div>" * N,
        "<div>" * 900 + "</x>" * N,
        "<p>" + "".join(f"<b id={n}>" for n in range(900)) + "</p>" + "<p>x" * N,
        "<b>" + "<div>" * 9 + "</b>" + "<b><div><div><div><div><div><div><div><div></b>" * N,
    ],
)
def test_what_is_nested_too_deep_is_refused(html: str) -> None:
    assert rule(html) == "too_deep"


@pytest.mark.parametrize(
    "html",
    [
        "<p>x" * N,
        "<ul>" + "<li>a<p>b" * N,
        "<dl>" + "<dt>a<dd>b" * N,
        "<table>" + "<tr><td>a<td>b" * 50_000,
        "<p><b>a<b></p>" * 50_000,
        "<p><font color=red>x" * 50_000,
        "<a name=x>t<br>" * 50_000,
        "<b><div>x</b></div>" * 50_000,
        "<div><b><i>x</div>" * 50_000,
        "<table><tr><td><b>x</table>" * 20_000,
        "<p><x>y</p></x>" * 20_000,
        "<h1>a" * N,
        "<svg>" + '<path d="M0 0"/><g></g><g/>' * 50_000 + "</svg>" + "<br>" * N,
        "<p><svg><g><br>" * 50_000,
        "<svg><g></svg><math><mi>x</mi></math>" * 20_000,
        "</x>" * N,
        "<!--" * N,
        "<script>" * N,
        "<svg></svg><script>" + "<" * N + "</script>",
        "<a b='" * 400 + "'>" + "x" * N,
        "x < y " * N,
        '<p title="' + "<div>" * N + '">',
    ],
)
def test_what_is_only_left_open_or_looks_like_tags_is_not(html: str) -> None:
    assert rule(html) is None


@pytest.mark.parametrize(
    "html",
    [
        "<p " + " ".join(f"a{n}" for n in range(1_000_000)) + ">",
        "<p a=" * N,
        '<a b="' * N,
    ],
)
def test_a_tag_of_too_many_attributes_is_refused(html: str) -> None:
    assert rule(html) == "too_many_attributes"


def test_one_long_attribute_is_not_many() -> None:
    assert rule('<p d="' + "1 2 " * N + '">') is None


def test_more_tags_than_a_document_may_have_are_refused() -> None:
    table = "<table>" + ("<tr>" + "<td>x" * 500) * 10_000 + "</table>"
    assert rule(table) == "too_many_elements"


def test_what_hides_from_the_guard_does_so_from_the_parser_too() -> None:
    begin = time.process_time()
    assert elements("<svg><![CDATA[><!--]]></svg>" + "<div>" * N + "-->") == []
    assert time.process_time() - begin < 5


def test_the_choices_of_a_form_cost_little() -> None:
    begin = time.process_time()
    assert elements("<select>" + "<option>x</option>" * N + "</select><p>a")[0].text == "a"
    assert time.process_time() - begin < 5


@pytest.mark.slow
def test_fifty_megabytes_in_one_image_are_not_kept() -> None:
    found = elements('<p>x <img alt=b src="data:image/png;base64,' + "A" * 50_000_000 + '"> y')
    assert [(element.text, element.meta) for element in found] == [
        ("x b y", {"spans": [{"start": 2, "end": 3, "kind": "image"}]})
    ]
