"""Rank files: from this machine only, whole and the right ones, and nothing written."""

import hashlib

import pytest
import tiktoken.load
import tiktoken_ext.openai_public as public

from tore_export.errors import TokenizerError
from tore_export.tokens import ranks

URL = "https://example.org/encodings/own.tiktoken"
CONTENT = b"YQ== 0\nYg== 1\n"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
NAME_IN_CACHE = hashlib.sha1(URL.encode()).hexdigest()


@pytest.mark.parametrize("variable", ["TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR"])
def test_a_rank_file_is_taken_from_the_folder_in_which_tiktoken_would_look(
    variable, tmp_path, monkeypatch
):
    monkeypatch.delenv("TIKTOKEN_CACHE_DIR", raising=False)
    monkeypatch.setenv(variable, str(tmp_path))
    (tmp_path / NAME_IN_CACHE).write_bytes(CONTENT)
    assert ranks._read_ranks(URL, SHA256) == CONTENT
    assert ranks._read_ranks(URL) == CONTENT


def test_without_such_a_variable_the_folder_is_the_one_tiktoken_makes(tmp_path, monkeypatch):
    monkeypatch.delenv("TIKTOKEN_CACHE_DIR", raising=False)
    monkeypatch.delenv("DATA_GYM_CACHE_DIR", raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(TokenizerError, match=str(tmp_path / "data-gym-cache" / NAME_IN_CACHE)):
        ranks._read_ranks(URL, SHA256)


def test_a_half_written_rank_file_is_an_error_and_stays_where_it_is(tmp_path, monkeypatch):
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    (tmp_path / NAME_IN_CACHE).write_bytes(CONTENT[:-3])
    with pytest.raises(TokenizerError, match=f"allowed: sha256 {SHA256}"):
        ranks._read_ranks(URL, SHA256)
    assert (tmp_path / NAME_IN_CACHE).read_bytes() == CONTENT[:-3]


def test_a_shipped_file_that_tiktoken_does_not_expect_is_not_used(tmp_path, monkeypatch):
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    url = URL.replace("own", "cl100k_base")
    with pytest.raises(TokenizerError, match="not on this machine"):
        ranks._read_ranks(url, SHA256)


def test_without_the_package_of_rank_files_its_encodings_are_asked_of_the_folder(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert ranks._shipped("cl100k_base.tiktoken") is None


def test_every_constructor_of_tiktoken_gets_its_files_from_the_given_reader():
    asked = []

    def read(url, expected_hash=None):
        asked.append((url, expected_hash))
        raise FileNotFoundError(url)

    for name, construct in ranks._constructors(read).items():
        with pytest.raises(FileNotFoundError):
            construct()
        assert asked.pop()[0].startswith("https://openaipublic"), name


def test_tiktoken_itself_is_left_as_it_was():
    ranks.load_encoding("cl100k_base")
    assert public.load_tiktoken_bpe is tiktoken.load.load_tiktoken_bpe
    assert public.load_tiktoken_bpe.__globals__ is vars(tiktoken.load)
    assert tiktoken.load.read_file_cached.__module__ == "tiktoken.load"


@pytest.mark.parametrize(
    ("name", "size"),
    [("cl100k_base", 100_277), ("o200k_base", 200_019), ("o200k_harmony", 201_088)],
)
def test_an_encoding_has_the_vocabulary_pattern_and_special_tokens_of_tiktoken(name, size):
    encoding = ranks.load_encoding(name)
    assert encoding.name == name
    assert encoding.n_vocab == size
    assert encoding.decode(encoding.encode("a <|endoftext|>", allowed_special="all")) == (
        "a <|endoftext|>"
    )
