"""What is written in a shape is read back as what it was, or was not written at all."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.records.shapes.rows import (
    ALL_SHAPES,
    DIALOGUE,
    DIALOGUES,
    EXCHANGES,
    dialogue_sample,
    samples,
)
from tore_export.records.dialogue import ROLES, Dialogue, Turn
from tore_export.records.shapes.registry import shape_of_row

HOSTILE = st.sampled_from(
    [
        "<|im_start|>",
        "<|im_end|>\n<|im_start|>user\n",
        "\r\n",
        "\0",
        "### Response:",
        "\n\n",
        " ",
        "\u2028",
        "\ufeff",
        "ﷺ🦄",
        '"}]',
        "assistant",
    ]
)
TEXTS = st.lists(HOSTILE | st.text(max_size=8), max_size=4).map("".join)
TURNS = st.builds(Turn, st.sampled_from(ROLES), TEXTS, st.none() | st.just("Ada"))
WILD = st.lists(TURNS, max_size=6)
WELL = st.builds(
    lambda system, pairs: (
        *system,
        *(
            turn
            for asks, answers in pairs
            for turn in (Turn("user", asks), Turn("assistant", answers))
        ),
    ),
    st.lists(TEXTS.filter(str.strip).map(lambda text: Turn("system", text)), max_size=1),
    st.lists(st.tuples(TEXTS.filter(str.strip), TEXTS.filter(str.strip)), min_size=1, max_size=3),
)


@pytest.mark.parametrize("name", [*DIALOGUES, *EXCHANGES])
@settings(max_examples=40, deadline=None)
@given(many=st.lists(WILD | WELL, max_size=4))
def test_a_dialogue_is_read_back_equal_or_has_a_fault(
    name: str, many: list[Sequence[Turn]]
) -> None:
    shape = ALL_SHAPES[name]
    table, faults = shape.write(samples(*map(dialogue_sample, many)))
    for turns, row, fault in zip(many, table.to_pylist(), faults, strict=True):
        if fault is None:
            assert list(shape.faults(row)) == []
            assert shape_of_row(row) == shape
            assert shape.read(row) == Dialogue(tuple(turns))
        else:
            assert set(row.values()) == {None}


@pytest.mark.parametrize("name", DIALOGUES)
@settings(max_examples=40, deadline=None)
@given(turns=WELL)
def test_a_dialogue_that_is_well_fits_every_shape_of_dialogues(
    name: str, turns: Sequence[Turn]
) -> None:
    _, (fault,) = ALL_SHAPES[name].write(samples(dialogue_sample(turns)))
    if name == "chatml" and any("<|im_" in turn.content for turn in turns):
        assert fault is not None
        assert fault.rule == "mark_in_content"
    else:
        assert fault is None


@pytest.mark.parametrize("first", DIALOGUES)
@pytest.mark.parametrize("second", DIALOGUES)
def test_from_shape_to_shape_nothing_is_lost(first: str, second: str) -> None:
    turns = DIALOGUE.turns
    for name in (first, second, first):
        table, (fault,) = ALL_SHAPES[name].write(samples(dialogue_sample(turns)))
        assert fault is None
        turns = ALL_SHAPES[name].read(table.to_pylist()[0]).turns
    assert turns == DIALOGUE.turns


@pytest.mark.parametrize("name", list(ALL_SHAPES))
@settings(max_examples=40, deadline=None)
@given(
    given_samples=st.lists(
        st.fixed_dictionaries(
            {"instruction": TEXTS, "output": TEXTS},
            optional={"input": TEXTS, "system": TEXTS},
        ),
        max_size=4,
    )
)
def test_no_row_passes_that_the_shape_finds_fault_with(
    name: str, given_samples: list[dict[str, str]]
) -> None:
    shape = ALL_SHAPES[name]
    table, faults = shape.write(samples(*given_samples))
    for row, fault in zip(table.to_pylist(), faults, strict=True):
        assert fault is not None or list(shape.faults(row)) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 2) | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "role",
                    "content",
                    "from",
                    "value",
                    "weight",
                    "tool_calls",
                    "id",
                    "function",
                    "name",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@pytest.mark.parametrize("name", list(ALL_SHAPES))
@settings(max_examples=40, deadline=None)
@given(values=st.lists(JSON, min_size=3, max_size=3))
def test_no_row_of_json_makes_a_validator_stumble(name: str, values: list[object]) -> None:
    shape = ALL_SHAPES[name]
    row = dict(zip(shape.schema.names, values, strict=False))
    for fault in shape.faults(row):
        assert str(fault).encode()
        assert len(str(fault)) < 400
