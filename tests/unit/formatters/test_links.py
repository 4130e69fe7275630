from tore_export.formatters.escape import escape_text
from tore_export.formatters.links import destination, linked, spans_of

from .reading import PARSER


def test_a_link_is_found_at_its_start_or_after_the_one_before():
    links = [
        {"text": "a", "url": "1", "start": 4},
        {"text": "b", "url": "2", "start": 0},
        {"text": "a", "url": "3"},
    ]
    assert spans_of("a b a b a", links) == [(4, 5, "1"), (6, 7, "2"), (8, 9, "3")]


def test_what_is_no_link_is_left_out():
    links = [
        "x",
        {"url": "u"},
        {"text": "a"},
        {"text": "a", "url": ""},
        {"text": "a", "url": "data:text/plain,x"},
        {"text": "elsewhere", "url": "u"},
        {"text": 3, "url": "u"},
        {"text": "p\n\nq", "url": "u"},
    ]
    assert spans_of("a p\n\nq", links) == []
    assert linked("*a*", links[4:5], escape_text) == "\\*a\\*"


def test_marks_inside_and_around_a_link_stay_text():
    shown = linked("_[a](b)_ *c* ]", [{"text": "[a](b)_ *c*", "url": "u&lt;>"}], escape_text)
    (paragraph,) = [token for token in PARSER.parse(shown) if token.type == "inline"]
    kinds = [child.type for child in paragraph.children]
    assert [kind for kind in kinds if kind not in ("text", "text_special")] == [
        "link_open",
        "link_close",
    ]
    assert "".join(child.content for child in paragraph.children) == "_[a](b)_ *c* ]"


def test_a_text_with_the_private_characters_in_use_keeps_them():
    assert linked("\ue000a", [{"text": "a", "url": "u"}], escape_text) == "\ue000a"


def test_an_address_has_no_character_that_ends_it():
    assert destination(" a b\n<c>\\(d)&amp; ") == "a%20b%0A%3Cc%3E%5C%28d%29&amp;amp;"
