from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tore_export.sources.inline import Inline


def test_white_space_collapses_across_the_ends_of_spans() -> None:
    line = Inline(collapse=True)
    line.write(" a ")
    line.open("strong")
    line.write(" b\n")
    line.close()
    line.write("\t c ")
    assert line.finish() == ("a b c", [{"start": 2, "end": 3, "kind": "strong"}])


def test_of_two_spans_over_the_same_words_the_outer_one_comes_first() -> None:
    line = Inline()
    line.open("link", url="u")
    line.open("strong")
    line.write("a")
    assert [span["kind"] for span in line.finish()[1]] == ["link", "strong"]


def test_a_line_break_takes_the_space_before_it() -> None:
    line = Inline(collapse=True)
    line.write("a ")
    line.line_break()
    line.write(" b")
    assert line.finish() == ("a\nb", [{"start": 1, "end": 2, "kind": "break"}])


def test_an_image_without_words_is_kept_and_any_other_empty_span_is_not() -> None:
    line = Inline()
    line.put("image", "", url="i.png")
    line.put("link", " ", url="u")
    assert line
    assert line.finish() == ("", [{"start": 0, "end": 0, "kind": "image", "url": "i.png"}])


def test_nothing_but_space_is_nothing() -> None:
    line = Inline(collapse=True)
    line.write("\n \t")
    assert not line
    assert line.finish() == ("", [])


steps = st.lists(
    st.one_of(
        st.text("ab \n", max_size=4),
        st.sampled_from(["<strong>", "<link>", "<code>", "</>", "<br>"]),
    ),
    max_size=12,
)


@given(steps, st.booleans())
def test_spans_are_sorted_lie_in_the_text_and_nest(found: list[str], collapse: bool) -> None:
    line = Inline(collapse=collapse)
    depth = 0
    for step in found:
        if step == "</>":
            if depth:
                line.close()
                depth -= 1
        elif step == "<br>":
            line.line_break()
        elif step.startswith("<"):
            line.open(step.strip("<>"))
            depth += 1
        else:
            line.write(step)
    text, spans = line.finish()
    assert text == text.strip()
    places = [(span["start"], span["end"]) for span in spans]
    assert places == sorted(places, key=lambda place: (place[0], -place[1]))
    for start, end in places:
        assert 0 <= start < end <= len(text)
        for other_start, other_end in places:
            apart = end <= other_start or other_end <= start
            within = (start <= other_start and other_end <= end) or (
                other_start <= start and end <= other_end
            )
            assert apart or within
