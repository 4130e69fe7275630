from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tore_export.documents.schema import Kind
from tore_export.errors import DocumentError
from tore_export.sources.outline import MAX_LEVEL, levels_of, resolve_parents

T, P, L = int(Kind.TITLE), int(Kind.PARAGRAPH), int(Kind.LIST_ITEM)


def levels(
    outline: list[tuple[int, int | None, int | None]], sizes: list[float | None] | None = None
) -> list[int | None]:
    """Return the levels of (kind, depth, place of the parent)."""
    ids = [f"e{place}" for place in range(len(outline))]
    parents = [None if parent is None else ids[parent] for _, _, parent in outline]
    return levels_of([k for k, _, _ in outline], [d for _, d, _ in outline], parents, ids, sizes)


def test_a_depth_that_is_said_comes_first() -> None:
    assert levels([(T, 0, None), (T, 3, 0), (P, 2, 1)], [9, 12, 5]) == [1, 4, None]


def test_a_heading_without_depth_is_one_below_the_heading_above_it() -> None:
    assert levels([(T, None, None), (T, None, 0), (P, None, 1), (T, None, 2)]) == [1, 2, None, 3]


def test_depths_and_parents_may_be_mixed() -> None:
    assert levels([(T, 2, None), (T, None, 0), (T, None, None)]) == [3, 4, 1]


def test_a_parent_may_come_after_its_child() -> None:
    assert levels([(T, None, 1), (T, None, None)]) == [2, 1]


def test_headings_of_nothing_but_sizes_are_ranked_by_them() -> None:
    assert levels([(T, None, None)] * 4, [12.0, 20.0, 12.0, None]) == [2, 1, 2, 1]


def test_what_hangs_below_a_ranked_heading_is_one_deeper() -> None:
    assert levels([(T, None, None), (T, None, None), (T, None, 1)], [20, 12, 30]) == [1, 2, 3]


def test_a_document_that_says_nothing_has_headings_of_one_level() -> None:
    assert levels([(T, None, None), (P, None, None), (T, None, None)]) == [1, None, 1]


def test_list_depths_count_from_the_shallowest_item() -> None:
    assert levels([(L, 1, None), (L, 2, None), (L, 1, None)]) == [0, 1, 0]
    assert levels([(L, 0, None), (L, 2, None)]) == [0, 2]


def test_an_item_without_depth_is_one_below_the_item_above_it() -> None:
    assert levels([(T, 0, None), (L, None, 0), (L, None, 1), (L, None, 2)]) == [1, 0, 1, 2]


def test_a_chain_of_a_hundred_thousand_headings_is_cut_at_the_deepest_level() -> None:
    outline = [(T, None, place - 1 if place else None) for place in range(100_000)]
    assert levels(outline)[-1] == MAX_LEVEL
    assert (
        levels(outline[:1] + [(P, None, p) for p in range(50_000)] + [(T, None, 50_000)])[-1] == 2
    )


@given(
    st.lists(
        st.tuples(
            st.sampled_from([T, P, L]),
            st.none() | st.integers(0, 5),
            st.none() | st.integers(0, 30),
            st.none() | st.sampled_from([9.0, 12.0, 20.0]),
        ),
        max_size=30,
    )
)
def test_only_headings_and_items_have_levels_and_none_is_below_its_least(
    drawn: list[tuple[int, int | None, int | None, float | None]],
) -> None:
    outline = [
        (kind, depth, parent if parent is not None and parent < place else None)
        for place, (kind, depth, parent, _) in enumerate(drawn)
    ]
    found = levels(outline, [size for *_, size in drawn])
    for (kind, depth, _), level in zip(outline, found, strict=True):
        assert (level is None) == (kind == P)
        if kind == T:
            assert level is not None
            assert 1 <= level <= MAX_LEVEL
            assert depth is None or level == depth + 1
        if kind == L:
            assert level is not None
            assert level >= 0


def test_a_parent_that_names_nothing_is_none() -> None:
    parents: list[str | None] = ["gone", "a"]
    resolve_parents(["a", "b"], parents)
    assert parents == [None, "a"]


@pytest.mark.parametrize("parents", [["a"], ["b", "a"], ["b", "c", "a"], [None, "c", "b"]])
def test_elements_above_themselves_are_refused(parents: list[str | None]) -> None:
    with pytest.raises(DocumentError, match="above itself") as caught:
        resolve_parents(["a", "b", "c"][: len(parents)], parents)
    assert caught.value.rule == "parent_cycle"


def test_check_boxes_lie_as_deep_as_list_items() -> None:
    kinds = [int(Kind.CHECKBOX), int(Kind.CHECKBOX), int(Kind.LIST_ITEM), int(Kind.PARAGRAPH)]
    assert levels_of(kinds, [1, None, 2, None], [None, "a", None, None], list("abcd")) == [
        0,
        1,
        1,
        None,
    ]
