from __future__ import annotations

import pytest

from tore_export.sources.docling.cells import html_of_spans


@pytest.mark.parametrize(
    ("text", "spans", "html"),
    [
        ("a b", [], "a b"),
        ("a\nb & c", [], "a<br>b &amp; c"),
        (
            "a b",
            [{"start": 0, "end": 1, "kind": "strong"}, {"start": 2, "end": 3, "kind": "code"}],
            "<strong>a</strong> <code>b</code>",
        ),
        (
            "abc",
            [
                {"start": 0, "end": 3, "kind": "link", "url": "https://a.org/?b&c"},
                {"start": 0, "end": 1, "kind": "emphasis"},
                {"start": 1, "end": 2, "kind": "strike"},
            ],
            '<a href="https://a.org/?b&amp;c"><em>a</em><s>b</s>c</a>',
        ),
        (
            "x\ny",
            [{"start": 0, "end": 3, "kind": "strong"}, {"start": 1, "end": 2, "kind": "break"}],
            "<strong>x<br>y</strong>",
        ),
        ("x^2", [{"start": 0, "end": 3, "kind": "math"}], "$x^2$"),
    ],
)
def test_spans_are_tags_around_escaped_words(
    text: str, spans: list[dict[str, object]], html: str
) -> None:
    assert html_of_spans(text, spans) == html
