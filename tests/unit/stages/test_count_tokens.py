"""CountTokens: n_tokens of each document."""

import pyarrow as pa
import pytest

from tests.unit.stages.contract import check_contract
from tests.unit.tokens.material import MINILM, MISTRAL_1, QWEN
from tore_export.documents.schema import REJECT
from tore_export.errors import TokenizerError
from tore_export.stages.count_tokens import CountTokens
from tore_export.tokens.manager import TokenizerManager

REJECTED = {
    "failed": False,
    "stage": "filter_quality",
    "rule": "min_quality_score",
    "value": 0.1,
    "threshold": 0.7,
    "detail": None,
}


def documents(texts, rejects=None, kind=None):
    rejects = rejects or [None] * len(texts)
    return pa.table(
        {
            "doc_id": [f"d{i}" for i in range(len(texts))],
            "text": pa.array(texts, kind or pa.string()),
            "reject": pa.array(rejects, REJECT),
        }
    )


def counts(table, tokenizer="gpt-3.5-turbo"):
    return CountTokens(tokenizer)(table)["n_tokens"].to_pylist()


def test_the_contract_of_stages_is_kept():
    table = documents(
        ["hello world", None, "a \U000323b0.com", "dropped", "", "don't 12345 漢字"],
        [None, None, None, REJECTED, None, None],
    )
    check_contract(CountTokens(), table, {"n_tokens": pa.int64()})


@pytest.mark.parametrize("path", [MINILM, MISTRAL_1, QWEN])
def test_the_contract_is_kept_with_a_tokenizer_that_travels_with_the_stage(path):
    table = documents(
        ["hello world", None, "dropped", "", "don't 漢字"], [None, None, REJECTED, None, None]
    )
    stage = CountTokens(TokenizerManager().portable(path))
    found = check_contract(stage, table, {"n_tokens": pa.int64()})["n_tokens"].to_pylist()
    count = TokenizerManager().get(path).count
    assert found == [count("hello world"), None, None, 0, count("don't 漢字")]
    assert len(repr(stage)) < 400


def test_each_text_has_its_own_count():
    assert counts(documents(["hello world", "", "Hello, world!\n"])) == [2, 0, 4]


def test_the_count_is_that_of_the_model():
    assert counts(documents(["안녕하세요 세계"]), "gpt-4") == [9]
    assert counts(documents(["안녕하세요 세계"]), "gpt-4o") == [3]


def test_a_row_without_text_has_no_count():
    assert counts(documents([None, "a", None])) == [None, 1, None]


def test_a_row_rejected_before_has_no_count_and_keeps_its_reason():
    table = CountTokens()(documents(["a b", "a b c", None], [REJECTED, None, REJECTED]))
    assert table["n_tokens"].to_pylist() == [None, 3, None]
    assert table["reject"].to_pylist() == [REJECTED, None, REJECTED]


def test_guarded_characters_are_counted_in_the_row_that_holds_them():
    texts = ["a", "\U000323b0.com", "漢", None, "x\U000323b0.com", ".com"]
    assert counts(documents(texts)) == [1, 6, 2, None, 7, 1]


def test_a_column_of_large_strings_is_counted_as_well():
    assert counts(documents(["hello world", None], kind=pa.large_string())) == [2, None]


def test_an_unknown_model_is_an_error():
    with pytest.raises(TokenizerError, match="did you mean gpt-4"):
        counts(documents(["a"]), "gpt4")
