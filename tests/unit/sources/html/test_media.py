from __future__ import annotations

import pytest

from tests.unit.sources.html.pages import elements, one, shown


def test_code_keeps_its_white_space_but_for_the_newlines_that_frame_it() -> None:
    assert one("<pre>\n\n  a\n\tb  \n\n</pre>").text == "\n  a\n\tb  \n"
    assert one("<pre>a<b>b</b> &lt;<br>c<!-- d --></pre>").text == "ab <\nc"
    assert one("<pre><div>a</div><div>b</div></pre>").text == "a\nb"


def test_empty_code_is_none_and_text_goes_on_after_it() -> None:
    assert shown("a<pre>\n \n</pre>b<listing>c</listing>d") == [
        ("PARAGRAPH", "a"),
        ("PARAGRAPH", "b"),
        ("CODE", "c"),
        ("PARAGRAPH", "d"),
    ]


def test_nothing_is_mark_up_in_an_example() -> None:
    assert shown("<xmp><b>a</b> &lt;</xmp>b<plaintext><p>c") == [
        ("CODE", "<b>a</b> &lt;"),
        ("PARAGRAPH", "b"),
        ("CODE", "<p>c"),
    ]


@pytest.mark.parametrize(
    "html",
    [
        "<pre class='x language-py'>a</pre>",
        "<pre data-lang=py>a</pre>",
        "<pre><code class=lang-py>a</code></pre>",
        "<pre class='sourceCode py'>a</pre>",
        "<pre class='brush: py'>a</pre>",
        "<div class=highlight-source-py><pre>a</pre></div>",
        "<div class='highlight-py notranslate'><div class=highlight><pre>a</pre></div></div>",
    ],
)
def test_the_language_of_code_is_read_from_where_writers_put_it(html: str) -> None:
    assert one(html).meta == {"language": "py"}


def test_code_of_no_language_has_none_nor_has_what_follows_other_code() -> None:
    assert one("<pre class='language-none'>a</pre>").meta == {}
    found = elements("<div class=language-c><pre>a</pre></div><pre>b</pre>")
    assert [element.meta for element in found] == [{"language": "c"}, {}]
    assert shown("<h1>a<div class=language-c>b</div></h1>") == [("TITLE", "a b")]


MATH = (
    "<math{}><semantics><mi>x</mi><mo>&lt;</mo><annotation encoding='application/x-tex'>x &lt; 1"
    "</annotation></semantics></math>"
)


def test_a_formula_is_its_latex() -> None:
    found = one(f"<p>a {MATH.format('')}.")
    assert found.text == "a x < 1."
    assert found.meta == {"spans": [{"start": 2, "end": 7, "kind": "math"}]}


def test_a_displayed_formula_is_an_element() -> None:
    before, formula, after = elements(f"<p>a {MATH.format(' display=block')} b")
    assert (before.text, after.text) == ("a", "b")
    assert (formula.kind.name, formula.text) == ("FORMULA", "x < 1")
    assert formula.meta == {"display": True, "latex": "x < 1"}


def test_a_displayed_formula_in_a_heading_is_part_of_it() -> None:
    assert shown(f"<h1>a {MATH.format(' display=block')}</h1>") == [("TITLE", "a x < 1")]


def test_a_formula_without_latex_is_its_words() -> None:
    assert one("<p>a <math><mi>x</mi><mo>&lt;</mo></math>").meta == {}
    assert one("<p>a <math alttext='\\alpha'><mi>α</mi></math>").text == "a \\alpha"
    assert shown("<p>a<math></math>b") == [("PARAGRAPH", "ab")]


def test_a_formula_in_a_script_is_one_too() -> None:
    html = "a<script type='math/tex'>x<y</script><script type='math/tex; mode=display'>z</script>"
    assert [(e.kind.name, e.text) for e in elements(html)] == [
        ("PARAGRAPH", "ax<y"),
        ("FORMULA", "z"),
    ]
