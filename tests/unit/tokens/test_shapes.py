"""Training rows of every shape count as the text that a trainer reads of them."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tore_export.errors import TokenizerError
from tore_export.tokens.chat import tokens_of_messages
from tore_export.tokens.manager import TokenizerManager
from tore_export.tokens.shapes import SHAPE_COLUMNS, tokens_of_rows

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)


@pytest.fixture(scope="module")
def cl100k():
    return TokenizerManager().get("cl100k_base")


def test_a_text_counts_as_it_is_and_none_has_no_count(cl100k):
    rows = pa.table({"text": ["hello world", None, ""]})
    assert tokens_of_rows(rows, "text", cl100k).to_pylist() == [2, None, 0]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(TEXT, TEXT), max_size=5))
def test_prompt_and_completion_count_as_one_text(cl100k, pairs):
    rows = pa.table(
        {
            "prompt": pa.array([prompt for prompt, _ in pairs], pa.string()),
            "completion": pa.array([completion for _, completion in pairs], pa.string()),
        }
    )
    expected = cl100k.count_batch(["".join(pair) for pair in pairs])
    assert tokens_of_rows(rows, "prompt_completion", cl100k).to_pylist() == expected


def test_alpaca_counts_with_its_template(cl100k):
    rows = pa.table(
        {"instruction": ["Add.", "Say hi."], "input": ["1 and 2", ""], "output": ["3", "Hi!"]}
    )
    with_input = (
        "Below is an instruction that describes a task, paired with an input that provides further "
        "context. Write a response that appropriately completes the request.\n\n"
        "### Instruction:\nAdd.\n\n### Input:\n1 and 2\n\n### Response:\n3"
    )
    without = (
        "Below is an instruction that describes a task. Write a response that appropriately "
        "completes the request.\n\n### Instruction:\nSay hi.\n\n### Response:\nHi!"
    )
    expected = cl100k.count_batch([with_input, without])
    assert tokens_of_rows(rows, "alpaca", cl100k).to_pylist() == expected


def test_alpaca_without_the_column_input_counts_as_with_an_empty_one(cl100k):
    rows = pa.table({"instruction": ["Say hi.", None], "input": ["", None], "output": ["Hi!", "a"]})
    assert tokens_of_rows(rows.drop_columns("input"), "alpaca", cl100k) == tokens_of_rows(
        rows, "alpaca", cl100k
    )


def test_dialogues_count_by_the_rule_of_openai(cl100k):
    row = [{"role": "user", "content": "hello world"}]
    expected = tokens_of_messages(pa.array([row]), cl100k, "openai")
    assert tokens_of_rows(pa.table({"messages": [row]}), "messages", cl100k) == expected
    sharegpt = pa.table({"conversations": [[{"from": "human", "value": "hello world"}]]})
    assert tokens_of_rows(sharegpt, "sharegpt", cl100k) == expected


def test_chatml_counts_its_marks_as_single_tokens(cl100k):
    rows = pa.table({"text": ["<|im_start|>user\nhello world<|im_end|>\n"]})
    assert tokens_of_rows(rows, "chatml", cl100k).to_pylist() == [7]
    assert tokens_of_rows(rows, "text", cl100k).to_pylist() == [16]


@pytest.mark.parametrize("shape", SHAPE_COLUMNS)
def test_rows_of_another_shape_are_refused(cl100k, shape):
    with pytest.raises(TokenizerError, match=f"shape {shape}: these rows have another shape"):
        tokens_of_rows(pa.table({"other": ["a"]}), shape, cl100k)


def test_an_unknown_shape_is_refused_with_the_nearest_name(cl100k):
    with pytest.raises(TokenizerError, match="did you mean alpaca"):
        tokens_of_rows(pa.table({"text": ["a"]}), "alpacca", cl100k)


@pytest.mark.parametrize("shape", SHAPE_COLUMNS)
def test_no_rows_have_no_counts(cl100k, shape):
    rows = {
        "messages": [[{"role": "user", "content": "a"}]],
        "conversations": [[{"from": "gpt", "value": "a"}]],
    }
    table = pa.table({name: rows.get(name, ["a"]) for name in SHAPE_COLUMNS[shape]})
    found = tokens_of_rows(table.slice(0, 0), shape, cl100k)
    assert (found.type, len(found)) == (pa.int64(), 0)


def test_prompt_and_completion_as_messages_count_as_one_dialogue(cl100k):
    said = [
        [("user", "hello"), ("assistant", "world"), ("user", "again"), ("assistant", "yes")],
        [("user", "2 + 2?"), ("assistant", "4")],
    ]
    rows = [[{"role": role, "content": text} for role, text in turns] for turns in said]
    table = pa.table({"prompt": [r[:-1] for r in rows], "completion": [r[-1:] for r in rows]})
    expected = tokens_of_messages(pa.array(rows), cl100k)
    assert tokens_of_rows(table, "prompt_completion", cl100k) == expected
    halves = pa.concat_tables([table.slice(1), table.slice(0, 1)])
    found = tokens_of_rows(halves, "prompt_completion", cl100k)
    assert found.to_pylist() == expected.to_pylist()[::-1]
    assert len(tokens_of_rows(table.slice(0, 0), "prompt_completion", cl100k)) == 0
