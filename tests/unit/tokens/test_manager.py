"""Names: which tokenizer a model or an encoding has, and what is said where it has none."""

import pickle
import socket
import subprocess
import sys

import pytest
from tiktoken.model import MODEL_PREFIX_TO_ENCODING, MODEL_TO_ENCODING

from tore_export.errors import TokenizerError
from tore_export.tokens.manager import TokenizerManager


@pytest.fixture
def manager():
    return TokenizerManager()


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*arguments):
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


AVAILABLE = ("cl100k_base", "o200k_base", "o200k_harmony")


@pytest.mark.parametrize(
    "model", [m for m, encoding in MODEL_TO_ENCODING.items() if encoding in AVAILABLE]
)
def test_a_model_has_the_encoding_that_tiktoken_gives_it(manager, model):
    assert manager.get(model).encoding == MODEL_TO_ENCODING[model]


@pytest.mark.parametrize("prefix", MODEL_PREFIX_TO_ENCODING)
def test_a_dated_or_fine_tuned_model_has_the_encoding_of_its_prefix(manager, prefix):
    assert manager.get(f"{prefix}-2024-05-13").encoding == MODEL_PREFIX_TO_ENCODING[prefix]


@pytest.mark.parametrize(
    ("model", "encoding"),
    [
        ("ft:gpt-4.1-mini-2025-04-14:shop::9aBcD", "o200k_base"),
        ("ft:gpt-4o-mini-2024-07-18:shop:manuals:9aBcD", "o200k_base"),
        ("ft:gpt-4-0613:shop::9aBcD", "cl100k_base"),
        ("ft:gpt-3.5-turbo-0125:shop::9aBcD", "cl100k_base"),
        ("ft:babbage-002:shop::9aBcD", "cl100k_base"),
    ],
)
def test_a_fine_tuned_model_has_the_encoding_of_its_base(manager, model, encoding):
    assert manager.get(model).encoding == encoding


@pytest.mark.parametrize("encoding", AVAILABLE)
def test_an_encoding_is_a_name_as_well(manager, encoding):
    assert manager.get(encoding).encoding == encoding


def test_a_tokenizer_is_exact_keeps_the_name_asked_for_and_is_the_same_one_each_time(manager):
    tokenizer = manager.get("gpt-4")
    assert (tokenizer.name, tokenizer.approximate) == ("gpt-4", False)
    assert TokenizerManager().get("gpt-4") is tokenizer


def test_a_tokenizer_survives_pickling(manager):
    tokenizer = manager.get("gpt-4o")
    assert pickle.loads(pickle.dumps(tokenizer)) == tokenizer


def test_all_names_of_models_and_encodings_are_listed(manager):
    assert {"cl100k_base", "o200k_base", "gpt-3.5-turbo", "gpt-4o"} <= set(manager.names())


@pytest.mark.parametrize(("name", "near"), [("gpt4o", "gpt-4o"), ("cl100k", "cl100k_base")])
def test_an_unknown_name_is_an_error_that_names_the_nearest_and_what_is_allowed(
    manager, name, near
):
    with pytest.raises(TokenizerError) as caught:
        manager.get(name)
    assert f"did you mean {near}?" in str(caught.value)
    assert f"found '{name}'" in str(caught.value)
    assert "cl100k_base" in caught.value.allowed


@pytest.mark.parametrize("name", ["", "claude-3-opus", "ft:", "ft:llama:shop::9aBcD"])
def test_a_name_near_to_none_is_an_error_too(manager, name):
    with pytest.raises(TokenizerError, match="no tokenizer is known by this name"):
        manager.get(name)


@pytest.mark.parametrize("model", ["text-davinci-003", "gpt2", "p50k_edit", "r50k_base"])
def test_an_encoding_whose_rank_file_is_not_here_is_an_error_that_says_where_it_belongs(
    manager, model, tmp_path, monkeypatch, no_network
):
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    with pytest.raises(TokenizerError) as caught:
        manager.get(model)
    assert f"kept as {tmp_path}" in caught.value.allowed
    assert "https://openaipublic" in caught.value.allowed
    assert "TIKTOKEN_CACHE_DIR" in caught.value.hint
    assert list(tmp_path.iterdir()) == []


def test_counting_needs_no_network(manager, no_network):
    code = (
        "import socket\n"
        "def refuse(*a): raise SystemExit('the network was asked')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
        "from tore_export.tokens.manager import TokenizerManager\n"
        "for name in ('gpt-3.5-turbo', 'gpt-4o'):\n"
        "    tokenizer = TokenizerManager().get(name)\n"
        "    assert tokenizer.count('hello world') == len(tokenizer.encode('hello world')) == 2\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
