"""Pictures keep to the numbers: what is drawn is as wide or as high as it is many."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tore_export.report.charts import Bar, Column, bars, columns, compact, legend, stack

numbers = st.lists(st.integers(0, 10**12), min_size=1, max_size=30)


def attributes(svg: str, name: str) -> list[float]:
    return [float(value) for value in re.findall(rf'<rect[^>]* {name}="([\d.]+)%?"', svg)]


def widths(svg: str) -> list[float]:
    return [float(value) for value in re.findall(r"width:max\(2px,([\d.]+)%\)", svg)]


@settings(deadline=None)
@given(numbers)
def test_parts_of_a_stack_fill_it_in_their_proportions(sizes: list[int]) -> None:
    drawn = stack([("kept", size, str(size)) for size in sizes], "sizes")
    shown = [size for size in sizes if size]
    assert len(widths(drawn)) == len(shown)
    for width, size in zip(widths(drawn), shown, strict=True):
        assert width == pytest.approx(100 * size / sum(sizes), abs=0.001)


@settings(deadline=None)
@given(numbers)
def test_the_longest_bar_is_as_wide_as_there_is_room(sizes: list[int]) -> None:
    drawn = bars([Bar(str(n), str(n), (("kept", n, ""),)) for n in sizes], "bars")
    assert drawn.count("<li>") == len(sizes)
    if any(sizes):
        assert max(widths(drawn)) == 100


@settings(deadline=None)
@given(numbers)
def test_columns_stand_on_the_axis_within_the_picture(sizes: list[int]) -> None:
    drawn = columns([Column(str(n), str(n), (("kept", n), ("failed", 0))) for n in sizes], "l", "h")
    if not any(sizes):
        assert "Nothing was counted" in drawn
        return
    for top, height in zip(attributes(drawn, "y"), attributes(drawn, "height"), strict=True):
        assert top >= 18 - 0.01
        assert top + height == pytest.approx(166, abs=0.02)


@settings(deadline=None)
@given(st.integers(1, 10**15))
def test_lines_stand_at_one_to_five_round_numbers(most: int) -> None:
    drawn = columns([Column("a", "a", (("kept", most),))], "label", "head")
    assert 1 <= drawn.count('class="grid"') <= 5


def test_every_number_is_text_in_the_table_below() -> None:
    drawn = columns([Column("1", "1 to 1", (("kept", 1234), ("failed", 7)))], "label", "tokens")
    assert '<th scope="row">1 to 1</th><td class="n">1,234</td><td class="n">7</td>' in drawn


@pytest.mark.parametrize(("share", "side"), [(0.2, "start"), (0.9, "end")])
def test_a_limit_is_named_on_the_side_where_there_is_room(share: float, side: str) -> None:
    drawn = columns([Column("1", "1", (("kept", 1),))], "label", "head", (share, "at least 1"))
    assert f'text-anchor="{side}">at least 1</text>' in drawn


def test_names_are_text_wherever_they_stand() -> None:
    name = "<b>\"'&"
    row = Bar(name, name, (("kept", 1, name),), note=name, group=name)
    column = Column(name, name, (("kept", 1),))
    drawn = [
        bars([row], name),
        columns([column], name, name, (0.5, name)),
        stack([("kept", 1, name)], name),
    ]
    for one in [*drawn, legend([("kept", name)])]:
        assert "<b>" not in one
        assert '"\'&"' not in one


def test_large_numbers_are_short_on_an_axis() -> None:
    assert [compact(n) for n in (0, 50, 20_000, 1_500_000)] == ["0", "50", "20k", "1.5M"]
