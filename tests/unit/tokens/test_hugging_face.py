"""A tokenizer.json counts as Hugging Face's own library does, with special tokens as text."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from tokenizers import Tokenizer

from tests.unit.tokens.material import ANY_TEXTS, CLAUDE_2, MINILM, TEXTS, corpus_texts
from tore_export.errors import TokenizerError
from tore_export.tokens import hugging_face
from tore_export.tokens.files import tokenizer_of
from tore_export.tokens.hugging_face import HuggingFaceTokenizer
from tore_export.tokens.manager import TokenizerManager
from tore_export.tokens.reference import without_surrogates

FILES = [MINILM, CLAUDE_2]


def theirs(path: str) -> Any:
    """The library's own tokenizer, as one would set it up by hand."""
    found = Tokenizer.from_file(path)
    found.no_truncation()
    found.no_padding()
    found.encode_special_tokens = True
    return found


LIBRARY = {path: theirs(path) for path in FILES}


def library_ids(path: str, texts: list[str]) -> list[list[int]]:
    known = LIBRARY[path]
    return [known.encode(without_surrogates(t), add_special_tokens=False).ids for t in texts]


@pytest.mark.parametrize("path", FILES)
def test_text_of_many_languages_has_the_tokens_of_the_library(path: str) -> None:
    ours = TokenizerManager().get(path)
    assert [ours.encode(text) for text in TEXTS] == library_ids(path, TEXTS)


@pytest.mark.parametrize("path", FILES)
@settings(max_examples=150, deadline=None)
@given(texts=ANY_TEXTS)
def test_any_text_has_the_count_of_the_library(path: str, texts: list[str]) -> None:
    ours = TokenizerManager().get(path)
    expected = [len(ids) for ids in library_ids(path, texts)]
    assert ours.count_batch(texts) == expected
    assert [ours.count(text) for text in texts] == expected
    assert [len(ours.encode(text)) for text in texts] == expected


@pytest.mark.parametrize("path", FILES)
def test_the_documents_of_a_corpus_have_the_counts_of_the_library(path: str) -> None:
    texts = corpus_texts()
    if not texts:
        pytest.skip("no shared corpora")
    expected = [len(ids) for ids in library_ids(path, texts)]
    assert TokenizerManager().get(path).count_batch(texts) == expected


@pytest.mark.parametrize("path", FILES)
def test_a_column_counts_as_its_texts_do_and_null_is_null(path: str) -> None:
    ours = TokenizerManager().get(path)
    texts = ["hello world", None, "", *TEXTS]
    column = pa.array(texts, pa.large_string())
    expected = [None if text is None else ours.count(text) for text in texts]
    assert ours.count_column(column).to_pylist() == expected
    assert ours.count_column(column.slice(2)).to_pylist() == expected[2:]
    assert ours.count_column(column).type == pa.int64()
    assert ours.count_column(column.slice(0, 0)).to_pylist() == []


def test_special_tokens_in_a_text_are_text() -> None:
    ours = TokenizerManager().get(CLAUDE_2)
    assert ours.count("<EOT>") == 4
    assert len(Tokenizer.from_file(CLAUDE_2).encode("<EOT>").ids) == 1


def test_no_special_token_is_added() -> None:
    # [CLS] hello world [SEP] for the model
    assert TokenizerManager().get(MINILM).count("hello world") == 2
    assert TokenizerManager().get(MINILM).count("") == 0


def test_truncation_and_padding_of_the_file_are_switched_off() -> None:
    said = json.loads(Path(MINILM).read_bytes())
    assert said["truncation"]["max_length"] == said["padding"]["strategy"]["Fixed"] == 128
    assert TokenizerManager().get(MINILM).count_batch(["word " * 500, "word"]) == [500, 1]


def test_added_tokens_that_are_not_special_are_of_the_vocabulary() -> None:
    settings_of_file = json.loads(Path(CLAUDE_2).read_bytes())
    own = {"id": 65_000, "content": "<row>", "special": False}
    flags = dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False)
    settings_of_file["added_tokens"].append(own | flags)
    file = tokenizer_of(json.dumps(settings_of_file).encode(), "own", "tokenizer.json")
    assert HuggingFaceTokenizer(file).count("<row><row>") == 2
    assert TokenizerManager().get(CLAUDE_2).count("<row><row>") > 2


def test_batches_are_cut_by_size_and_counted_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = TokenizerManager().get(MINILM)
    texts = ["a " * n for n in range(40)]
    monkeypatch.setattr(hugging_face, "SLICE_CHARACTERS", 50)
    assert ours.count_batch(texts) == list(range(40))
    assert ours.count_batch([]) == []


def test_it_is_exact_small_to_print_and_the_same_after_pickling() -> None:
    ours = TokenizerManager().get(MINILM)
    assert (ours.name, ours.approximate) == ("model/tokenizer.json", False)
    assert ours.encoding == "tokenizer.json be50c3628f2b"
    assert len(repr(ours)) < 300
    again = pickle.loads(pickle.dumps(ours))
    assert again == ours
    assert again.count("hello world") == 2


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{"model": {"type": "Nope"}}', "did not match any variant"),
        (b'{"model": null}', "not a tokenizer.json"),
        (
            b'{"version": "1.0", "model": {"type": "BPE", "vocab": {}, "merges": ["a b"]}}',
            "vocabulary",
        ),
    ],
)
def test_json_that_the_library_does_not_read_is_an_error_that_says_so(
    content: bytes, told: str
) -> None:
    file = tokenizer_of(content, "mine/tokenizer.json", "tokenizer.json")
    with pytest.raises(TokenizerError) as caught:
        HuggingFaceTokenizer(file)
    assert "mine/tokenizer.json: not a tokenizer.json that the package tokenizers reads" in str(
        caught.value
    )
    assert told in str(caught.value)


def test_a_text_that_the_tokenizer_cannot_count_is_an_error_that_names_it() -> None:
    # a vocabulary of words without one for what is unknown
    model = {"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "[UNK]"}
    content = json.dumps({"version": "1.0", "model": model}).encode()
    ours = HuggingFaceTokenizer(tokenizer_of(content, "mine", "tokenizer.json"))
    assert ours.count("a") == 1
    with pytest.raises(TokenizerError, match="mine: the tokenizer cannot count this text"):
        ours.count("b")


def test_one_thread_counts_unless_the_environment_says_otherwise() -> None:
    code = (
        "import os, sys\n"
        "from tore_export.tokens.manager import TokenizerManager\n"
        f"assert TokenizerManager().get({MINILM!r}).count_batch(['a b'] * 500) == [2] * 500\n"
        "print(os.environ['TOKENIZERS_PARALLELISM'], len(os.listdir('/proc/self/task')))\n"
    )
    environment = {k: v for k, v in os.environ.items() if k != "TOKENIZERS_PARALLELISM"}
    for said, told in (({}, "false 1"), ({"TOKENIZERS_PARALLELISM": "true"}, "true")):
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env=environment | said,
        )
        assert done.stdout.startswith(told)
