from tore_export.formatters.spans import nested


def kept(text, *spans, paragraphs=False):
    given = [{"start": s, "end": e, "kind": kind} for s, e, kind in spans]
    return [span[:3] for span in nested(text, given, lambda _: True, paragraphs=paragraphs)]


def test_spans_are_sorted_the_longer_one_first():
    assert kept("abcd", (2, 3, "code"), (1, 2, "strong"), (1, 4, "link")) == [
        (1, 4, "link"),
        (1, 2, "strong"),
        (2, 3, "code"),
    ]


def test_one_that_crosses_anothers_end_is_cut_there():
    assert kept("abcd", (0, 3, "strong"), (2, 4, "emphasis")) == [
        (0, 3, "strong"),
        (2, 3, "emphasis"),
    ]


def test_one_within_another_of_its_kind_or_within_code_is_left_out():
    assert kept("abcd", (0, 4, "strong"), (1, 4, "link"), (2, 3, "strong")) == [
        (0, 4, "strong"),
        (1, 4, "link"),
    ]
    assert kept("abcd", (0, 4, "code"), (1, 2, "strong")) == [(0, 4, "code")]


def test_two_of_a_kind_that_touch_are_one_unless_each_says_more():
    assert kept("abcd", (0, 2, "strong"), (2, 4, "strong")) == [(0, 4, "strong")]
    assert kept("abcd", (0, 2, "link"), (2, 4, "link")) == [(0, 2, "link"), (2, 4, "link")]
    assert kept("abcd", (0, 2, "strong"), (0, 2, "code"), (2, 4, "strong"), (2, 4, "code")) == [
        (0, 4, "strong"),
        (0, 4, "code"),
    ]


def test_white_space_at_the_ends_lies_outside_but_in_code():
    assert kept(" a ", (0, 3, "strong"), (0, 3, "code")) == [(0, 3, "strong"), (0, 3, "code")]
    assert kept(" a ", (0, 3, "strong")) == [(1, 2, "strong")]
    assert kept("   ", (0, 3, "strong"), (1, 1, "image")) == [(1, 1, "image")]
    assert kept(" `a` ", (0, 5, "strong"), (1, 4, "code")) == [(1, 4, "strong"), (1, 4, "code")]


def test_one_over_several_paragraphs_becomes_one_in_each():
    text = "a b\n \n\nc\n\n"
    assert kept(text, (2, 10, "strong"), paragraphs=True) == [(2, 3, "strong"), (7, 8, "strong")]
    assert kept(text, (4, 6, "strong"), (4, 4, "image"), paragraphs=True) == [(4, 4, "image")]
    assert kept("a\nb", (0, 3, "strong"), paragraphs=True) == [(0, 3, "strong")]
