"""Tokenizers that other packages bring: found by entry point, and a broken one breaks no other."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from tore_export.errors import TokenizerError
from tore_export.tokens import installed, manager
from tore_export.tokens.installed import ENTRY_POINTS, installed_names
from tore_export.tokens.manager import TokenizerManager
from tore_export.tokens.tokenizer import Tokenizer

PACKAGE = """
class Words:
    encoding = "words at spaces"
    approximate = True
    def encode(self, text):
        return [len(word) for word in text.split()]

class Counting(Words):
    def count_batch(self, texts):
        return [len(text.split()) for text in texts]

class Short(Words):
    def count_batch(self, texts):
        return [1]

class Failing:
    def encode(self, text):
        raise ZeroDivisionError("boom")

def made():
    return Words()

def breaks():
    raise KeyError("not today")

INSTANCE = Counting()
NUMBER = 7
"""

Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Install a package that brings tokenizers: entry point to value."""

    def forget() -> None:
        installed._points.cache_clear()
        installed._loaded.cache_clear()
        manager._known.cache_clear()
        sys.modules.pop("words_tokenizer", None)

    def do(**points: str) -> None:
        folder = tmp_path / "site"
        info = folder / "words-1.0.dist-info"
        info.mkdir(parents=True)
        (folder / "words_tokenizer.py").write_text(PACKAGE)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: words\nVersion: 1.0\n")
        lines = [f"{name} = words_tokenizer:{value}" for name, value in points.items()]
        (info / "entry_points.txt").write_text("\n".join([f"[{ENTRY_POINTS}]", *lines]))
        monkeypatch.syspath_prepend(folder)
        forget()

    forget()
    yield do
    forget()


def test_without_such_packages_there_are_none(install: Install) -> None:
    assert installed_names() == []


@pytest.mark.parametrize("value", ["Words", "Counting", "INSTANCE", "made"])
def test_an_object_or_what_makes_one_is_a_tokenizer(install: Install, value: str) -> None:
    install(words=value)
    found = TokenizerManager().get("words")
    assert isinstance(found, Tokenizer)
    assert (found.name, found.encoding, found.approximate) == ("words", "words at spaces", True)
    assert found.count("close the valve") == 3
    assert found.count_batch(["a b", ""]) == [2, 0]
    assert found.encode("close it") == [5, 2]
    assert found.count_column(pa.array(["a b", None])).to_pylist() == [2, None]


def test_it_is_listed_and_travels_by_its_name(install: Install) -> None:
    install(words="Words", zeta="made")
    assert installed_names() == ["words", "zeta"]
    assert "words_tokenizer" not in sys.modules
    assert {"words", "zeta"} <= set(TokenizerManager().names())
    assert TokenizerManager().portable("words") == "words"
    found = TokenizerManager().get("words")
    assert pickle.loads(pickle.dumps(found)).count("a b c") == 3


def test_what_it_does_not_say_is_where_it_comes_from_and_exact(install: Install) -> None:
    install(failing="Failing")
    found = TokenizerManager().get("failing")
    assert (found.encoding, found.approximate) == ("words_tokenizer:Failing", False)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("MISSING", "cannot be loaded, found words_tokenizer:MISSING: AttributeError"),
        ("breaks", "cannot be loaded, found words_tokenizer:breaks: KeyError"),
        ("NUMBER", "something else in its place, found words_tokenizer:NUMBER: int"),
    ],
)
def test_one_that_cannot_be_loaded_is_an_error_with_its_name_and_breaks_no_other(
    install: Install, value: str, told: str
) -> None:
    install(broken=value, words="Words")
    with pytest.raises(TokenizerError) as caught:
        TokenizerManager().get("broken")
    assert str(caught.value).startswith("broken: the package that brings this tokenizer")
    assert told in str(caught.value)
    assert TokenizerManager().get("words").count("a b") == 2
    assert TokenizerManager().get("gpt-4").count("a b") == 2


@pytest.mark.parametrize(
    ("value", "told"),
    [("Failing", "found ZeroDivisionError: boom"), ("Short", "found 1 numbers for 2 texts")],
)
def test_one_that_fails_on_a_text_is_an_error_with_its_name(
    install: Install, value: str, told: str
) -> None:
    install(faulty=value)
    with pytest.raises(TokenizerError) as caught:
        TokenizerManager().get("faulty").count_batch(["a", "b"])
    assert str(caught.value).startswith("faulty: the tokenizer of another package failed, ")
    assert told in str(caught.value)


def test_one_whose_tokens_are_none_is_an_error(install: Install) -> None:
    install(failing="Failing")
    with pytest.raises(TokenizerError, match="ZeroDivisionError"):
        TokenizerManager().get("failing").encode("a")


def test_names_of_openai_stay_with_openai_and_stand_ins_give_way(install: Install) -> None:
    install(**{"gpt-4": "Words", "claude-3-opus": "Words"})
    assert TokenizerManager().get("gpt-4").encoding == "cl100k_base"
    assert TokenizerManager().get("claude-3-opus").encoding == "words at spaces"
