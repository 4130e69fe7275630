"""Dialogues: their tokens are those of their texts and those of the format around them."""

from pathlib import Path

import msgspec
import pyarrow as pa
import pytest
import tiktoken
from hypothesis import given, settings
from hypothesis import strategies as st

from tore_export.errors import TokenizerError
from tore_export.tokens.chat import (
    CHATML_MARKS,
    OVERHEADS,
    ChatOverhead,
    chat_overhead,
    tokens_of_chatml,
    tokens_of_messages,
    tokens_per_message,
)
from tore_export.tokens.manager import TokenizerManager
from tore_export.tokens.ranks import load_encoding

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpora" / "sft"
ENCODINGS = ("cl100k_base", "o200k_base")

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["hello world", " a", "\n", "\n\nb", "漢字", "<|im_start", "|>", "don't", "x = 1\n", "", "  "]
)
MESSAGE = st.fixed_dictionaries(
    {
        "role": st.sampled_from(["system", "user", "assistant", "tool"]) | TEXT,
        "content": st.none() | TEXT,
    },
    optional={"name": st.none() | TEXT},
)
ROWS = st.lists(st.none() | st.lists(st.none() | MESSAGE, max_size=5), max_size=6)
MESSAGES = pa.list_(
    pa.struct([("role", pa.string()), ("content", pa.string()), ("name", pa.string())])
)


@pytest.fixture(scope="module")
def cl100k():
    return TokenizerManager().get("cl100k_base")


def with_marks(encoding):
    """Return tiktoken's encoding in which ChatML's marks are single special tokens."""
    known = load_encoding(encoding)
    marks = {mark: known.n_vocab + i for i, mark in enumerate(CHATML_MARKS)}
    return tiktoken.Encoding(
        f"{encoding}_chatml",
        pat_str=known._pat_str,
        mergeable_ranks=known._mergeable_ranks,
        special_tokens=marks,
    )


def chatml(row):
    return "".join(f"<|im_start|>{m['role']}\n{m['content'] or ''}<|im_end|>\n" for m in row)


def counted_one_by_one(row, encoding):
    """Count a row by OpenAI's rule, message by message, text by text."""

    def length(text):
        return len(load_encoding(encoding).encode_ordinary(text or ""))

    total = 3
    for message in row:
        total += 3 + length(message["role"]) + length(message["content"])
        if message.get("name") is not None:
            total += 1 + length(message["name"])
    return total


def test_a_dialogue_worked_out_by_hand(cl100k):
    row = [
        # 3 + [system] + [You, are, brief, .]
        {"role": "system", "content": "You are brief.", "name": None},
        # 3 + [system] + [Good, morning, !] + 1 + [example, _user]
        {"role": "system", "content": "Good morning!", "name": "example_user"},
        # 3 + [user] + [hello, world]
        {"role": "user", "content": "hello world", "name": None},
    ]
    by_hand = [3 + 1 + 4, 3 + 1 + 3 + 1 + 2, 3 + 1 + 2]
    rows = pa.array([row], MESSAGES)
    assert tokens_per_message(rows, cl100k).to_pylist() == [by_hand]
    assert tokens_of_messages(rows, cl100k).to_pylist() == [sum(by_hand) + 3]


@pytest.mark.parametrize("encoding", ENCODINGS)
@settings(max_examples=100, deadline=None)
@given(ROWS)
def test_openai_counts_are_those_of_counting_text_by_text(encoding, rows):
    found = tokens_of_messages(pa.array(rows, MESSAGES), TokenizerManager().get(encoding))
    assert found.to_pylist() == [
        row and counted_one_by_one([m for m in row if m], encoding) if row != [] else 3
        for row in rows
    ]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_chatml_counts_are_tiktokens_with_the_marks_as_special_tokens(encoding):
    reference = with_marks(encoding)
    tokenizer = TokenizerManager().get(encoding)

    @settings(max_examples=150, deadline=None)
    @given(st.lists(st.lists(MESSAGE, max_size=5), max_size=6))
    def holds(rows):
        expected = [len(reference.encode(chatml(row), allowed_special="all")) for row in rows]
        column = pa.array(rows, MESSAGES)
        assert tokens_of_messages(column, tokenizer, "chatml").to_pylist() == expected
        written = pa.array([chatml(row) for row in rows], pa.string())
        assert tokens_of_chatml(written, tokenizer).to_pylist() == expected

    holds()


@pytest.mark.parametrize("overhead", OVERHEADS)
@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_a_row_has_the_tokens_of_its_messages_and_its_own(cl100k, overhead, rows):
    column = pa.array(rows, MESSAGES)
    each = tokens_per_message(column, cl100k, overhead).to_pylist()
    assert [len(counts) for counts in each] == [len(row or []) for row in rows]
    more = chat_overhead(overhead).per_row
    assert tokens_of_messages(column, cl100k, overhead).to_pylist() == [
        None if row is None else sum(counts) + more for row, counts in zip(rows, each, strict=True)
    ]


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_texts_and_fixed_tokens_add_up(cl100k, rows):
    column = pa.array(rows, MESSAGES)
    openai = tokens_of_messages(column, cl100k, "openai").to_pylist()
    bare = ChatOverhead("texts and roles and names, nothing around them")
    texts = tokens_of_messages(column, cl100k, bare).to_pylist()
    for row, total, tokens in zip(rows, openai, texts, strict=True):
        if row is not None:
            messages = [message for message in row if message]
            n_names = sum(message.get("name") is not None for message in messages)
            assert total == tokens + OVERHEADS["openai"].fixed_tokens(len(messages), n_names)


@settings(max_examples=40, deadline=None)
@given(ROWS, st.integers(0, 6), st.integers(0, 6))
def test_a_part_of_a_column_counts_as_it_does_in_the_whole(cl100k, rows, start, length):
    column = pa.array(rows, MESSAGES)
    for overhead in OVERHEADS:
        whole = tokens_of_messages(column, cl100k, overhead)
        part = tokens_of_messages(column.slice(start, length), cl100k, overhead)
        assert part.to_pylist() == whole.slice(start, length).to_pylist()


def test_a_column_in_chunks_counts_as_one_piece(cl100k):
    row = [{"role": "user", "content": "hello world", "name": None}]
    chunks = pa.chunked_array([pa.array([row], MESSAGES), pa.array([row, None], MESSAGES)])
    assert tokens_of_messages(chunks, cl100k).to_pylist() == [9, 9, None]


def test_an_empty_column_has_no_counts(cl100k):
    for overhead in OVERHEADS:
        found = tokens_of_messages(pa.array([], MESSAGES), cl100k, overhead)
        assert (found.type, len(found)) == (pa.int64(), 0)
    assert len(tokens_of_chatml(pa.array([], pa.string()), cl100k)) == 0


@pytest.mark.parametrize("overhead", OVERHEADS)
def test_sharegpt_counts_as_the_same_dialogue_in_messages(cl100k, overhead):
    speakers = ["system", "human", "gpt", "function_call", "observation", "tool"]
    roles = ["system", "user", "assistant", "assistant", "tool", "tool"]
    sharegpt = [[{"from": speaker, "value": "hello world"} for speaker in speakers]]
    messages = [[{"role": role, "content": "hello world"} for role in roles]]
    assert tokens_of_messages(pa.array(sharegpt), cl100k, overhead).equals(
        tokens_of_messages(pa.array(messages), cl100k, overhead)
    )


@pytest.mark.parametrize(
    "text", [pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())], ids=str
)
def test_every_type_of_text_is_read(cl100k, text):
    struct = pa.StructArray.from_arrays(
        [pa.array(["user", "assistant"]).cast(text), pa.array(["hello world", "a"]).cast(text)],
        ["role", "content"],
    )
    rows = pa.LargeListArray.from_arrays(pa.array([0, 2], pa.int64()), struct)
    assert tokens_of_messages(rows, cl100k).to_pylist() == [3 + 3 + 1 + 2 + 3 + 1 + 1]


def test_fields_that_are_no_text_of_the_dialogue_are_not_counted(cl100k):
    row = [{"role": "user", "content": "hello world"}]
    weighted = [{**row[0], "weight": 1, "tool_calls": [{"id": "a"}]}]
    assert tokens_of_messages(pa.array([weighted]), cl100k) == tokens_of_messages(
        pa.array([row]), cl100k
    )


@pytest.mark.parametrize(
    "rows",
    [
        [["hello"]],
        [[{"content": "a"}]],
        [[{"role": "user"}]],
        [[{"role": "user", "content": [{"type": "text", "text": "a"}]}]],
        [[{"role": 1, "content": "a"}]],
        [[{"role": "user", "content": "a", "name": 5}]],
    ],
    ids=str,
)
def test_a_column_without_messages_is_refused(cl100k, rows):
    with pytest.raises(TokenizerError, match="holds no messages that can be counted, found"):
        tokens_of_messages(pa.array(rows), cl100k)


def test_an_unknown_overhead_is_refused_with_the_nearest_name(cl100k):
    with pytest.raises(TokenizerError, match="did you mean chatml"):
        tokens_of_messages(pa.array([], MESSAGES), cl100k, "chatlm")


def test_a_mark_within_a_message_is_text_and_within_written_chatml_a_mark(cl100k):
    row = [{"role": "user", "content": "<|im_end|>"}]
    assert tokens_of_messages(pa.array([row]), cl100k, "chatml").to_pylist() == [11]
    assert tokens_of_chatml(pa.array([chatml(row)]), cl100k).to_pylist() == [6]


@pytest.mark.skipif(not CORPUS.exists(), reason="the shared corpora are not there")
def test_dialogues_made_of_real_questions_and_answers(cl100k):
    lines = (CORPUS / "grade-school-math" / "test.jsonl").read_bytes().splitlines()
    pairs = [msgspec.json.decode(line) for line in lines]
    rows = [
        [
            {"role": "user", "content": pair["question"]},
            {"role": "assistant", "content": pair["answer"]},
        ]
        for pair in pairs
    ]
    assert len(rows) > 1000
    reference = with_marks("cl100k_base")
    column = pa.array(rows)
    assert tokens_of_messages(column, cl100k).to_pylist() == [
        counted_one_by_one(row, "cl100k_base") for row in rows
    ]
    assert tokens_of_messages(column, cl100k, "chatml").to_pylist() == [
        len(reference.encode(chatml(row), allowed_special="all")) for row in rows
    ]
