"""A SentencePiece model counts as Google's own library does."""

from __future__ import annotations

import pickle
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from sentencepiece import SentencePieceProcessor

from tests.unit.tokens.material import ANY_TEXTS, MISTRAL_1, MISTRAL_3, TEXTS, corpus_texts
from tore_export.errors import TokenizerError
from tore_export.tokens.manager import TokenizerManager
from tore_export.tokens.reference import without_surrogates

FILES = [MISTRAL_1, MISTRAL_3]
LIBRARY = {path: SentencePieceProcessor(model_file=path) for path in FILES}


def library_ids(path: str, texts: list[str]) -> list[list[int]]:
    return [LIBRARY[path].encode(without_surrogates(text)) for text in texts]


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
    column = pa.array(texts)
    assert TokenizerManager().get(path).count_column(column).to_pylist() == expected


def test_strings_of_control_symbols_are_text_and_none_is_added() -> None:
    ours = TokenizerManager().get(MISTRAL_1)
    assert ours.count("") == 0
    assert ours.count("</s>") == 3
    assert LIBRARY[MISTRAL_1].piece_to_id("</s>") not in ours.encode("a </s>")


def test_it_is_exact_small_to_print_and_the_same_after_pickling() -> None:
    ours = TokenizerManager().get(MISTRAL_1)
    assert (ours.name, ours.approximate) == ("data/tokenizer.model.v1", False)
    assert ours.encoding == "sentencepiece dadfd56d7667"
    assert len(repr(ours)) < 300
    again = pickle.loads(pickle.dumps(ours))
    assert again == ours
    assert again.count("hello world") == ours.count("hello world") == 3


def ends_of_fields(content: bytes) -> list[int]:
    ends, at = [], 0
    while at < len(content):
        at, size, shift = at + 1, 0, 0
        while True:
            size |= (content[at] & 0x7F) << shift
            at, shift = at + 1, shift + 7
            if content[at - 1] < 0x80:
                break
        at += size
        ends.append(at)
    return ends


def test_a_model_that_is_cut_short_anywhere_is_an_error(tmp_path: Path) -> None:
    content = Path(MISTRAL_1).read_bytes()
    ends = ends_of_fields(content)
    # between two fields, what is left is a message of protobuf as well
    for cut in (2, 1_000, 400_000, len(content) - 1, ends[10], ends[-3], ends[-2]):
        path = tmp_path / f"{cut}.model"
        path.write_bytes(content[:cut])
        with pytest.raises(TokenizerError, match=f"{cut}.model: not a SentencePiece model"):
            TokenizerManager().get(str(path))


@pytest.mark.parametrize("content", [b"words", b"\x00" * 100, b"\x1f\x8b\x08\x00"])
def test_what_is_no_model_is_an_error_that_names_the_file(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.model").write_bytes(content)
    with pytest.raises(TokenizerError, match=r"a\.model: not a SentencePiece model"):
        TokenizerManager().get(str(tmp_path / "a.model"))
