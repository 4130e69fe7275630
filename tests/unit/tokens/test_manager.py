"""Names: which tokenizer a model or an encoding has, and what is said where it has none."""

import pickle
import socket
import subprocess
import sys

import pytest
from tiktoken.model import MODEL_PREFIX_TO_ENCODING, MODEL_TO_ENCODING

from tests.unit.tokens.material import MINILM, MISTRAL_1, QWEN, TEXTS
from tore_export.errors import TokenizerError
from tore_export.tokens import ranks
from tore_export.tokens.manager import TokenizerManager
from tore_export.tokens.portable import PortableTokenizer
from tore_export.tokens.tokenizer import Tokenizer


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


@pytest.mark.parametrize("name", ["", "zzz", "zzz\0", "ft:", "ft:llama:shop::9aBcD"])
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


ALL_KINDS = ["gpt-4o", "cl100k_base", "openai/gpt-4o", "claude-3-opus", MINILM, MISTRAL_1, QWEN]


@pytest.mark.parametrize("name", ALL_KINDS)
def test_every_kind_of_name_gives_the_same_sort_of_object_once_a_process(manager, name):
    found = manager.get(name)
    assert isinstance(found, Tokenizer)
    assert TokenizerManager().get(name) is found
    assert pickle.loads(pickle.dumps(found)) == found
    assert found.count_batch(TEXTS) == [len(found.encode(text)) for text in TEXTS]


@pytest.mark.parametrize("name", ALL_KINDS)
def test_what_travels_is_the_same_tokenizer_on_a_worker(manager, name):
    ref = manager.portable(name)
    assert manager.portable(ref) is ref
    arrived = pickle.loads(pickle.dumps(ref))
    assert arrived == ref
    assert manager.get(arrived).count_batch(TEXTS) == manager.get(name).count_batch(TEXTS)
    assert manager.get(arrived).name == manager.get(name).name


def test_names_that_mean_the_same_everywhere_travel_as_they_are(manager):
    for name in ("gpt-4o", "o200k_harmony", "claude-3-opus"):
        assert manager.portable(name) == name


def test_a_file_travels_as_its_content_of_which_only_the_hash_is_shown(manager):
    ref = manager.portable(MINILM)
    assert isinstance(ref, PortableTokenizer)
    assert ref.sha256.startswith("be50c3628f2b")
    assert len(repr(ref)) < 200
    assert manager.get(ref) is manager.get(MINILM)


def test_an_encoding_that_workers_may_not_have_travels_with_its_ranks(manager, monkeypatch):
    monkeypatch.setattr(ranks, "is_shipped", lambda name: False)
    monkeypatch.setattr("tore_export.tokens.manager.is_shipped", lambda name: False)
    ref = manager.portable("gpt-4")
    assert (ref.name, ref.kind, ref.counted_by) == ("gpt-4", "ranks", "cl100k_base")
    assert manager.get(ref).count_batch(TEXTS) == manager.get("gpt-4").count_batch(TEXTS)


def test_a_file_that_is_not_there_is_an_error_that_says_so(manager, no_network):
    for name in ("./gpt-4", "models/llama/tokenizer.json", "qwen.tiktoken?pattern=qwen"):
        with pytest.raises(TokenizerError, match="there is no such file or folder"):
            manager.get(name)


def test_a_name_of_openai_is_no_file_of_that_name_unless_it_is_said(manager, tmp_path, monkeypatch):
    (tmp_path / "gpt-4").symlink_to(MINILM)
    (tmp_path / "my-model").symlink_to(MINILM)
    monkeypatch.chdir(tmp_path)
    assert manager.get("gpt-4").encoding == "cl100k_base"
    assert manager.get("./gpt-4").encoding == "tokenizer.json be50c3628f2b"
    assert manager.get("my-model").encoding == "tokenizer.json be50c3628f2b"


@pytest.mark.parametrize(
    ("module", "name"),
    [("tokenizers", MINILM), ("sentencepiece", MISTRAL_1), ("huggingface_hub", "org/name")],
)
def test_a_missing_package_is_an_error_that_names_the_extra(module, name):
    code = (
        f"import sys\nsys.modules[{module!r}] = None\n"
        "from tore_export.errors import TokenizerError\n"
        "from tore_export.tokens.manager import TokenizerManager\n"
        f"try: TokenizerManager().get({name!r})\n"
        "except TokenizerError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert f"this tokenizer needs the package {module}" in done.stdout
    assert "(pip install 'tore-export[tokenizers]')" in done.stdout


def test_no_optional_package_is_imported_before_a_tokenizer_needs_it():
    code = (
        "import sys\n"
        "from tore_export.tokens.manager import TokenizerManager\n"
        "TokenizerManager().portable('gpt-4o')\n"
        "print({'tokenizers', 'sentencepiece', 'huggingface_hub'} & set(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
