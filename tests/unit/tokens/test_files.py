"""A file or folder is a tokenizer by what it holds, and another one when its content changes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.unit.tokens.material import CLAUDE_2, MINILM, MISTRAL_1, QWEN, TEKKEN
from tore_export.errors import TokenizerError
from tore_export.tokens import files
from tore_export.tokens.files import names_a_file, tokenizer_of_file
from tore_export.tokens.manager import TokenizerManager


def kind(path: Path | str) -> str:
    found = tokenizer_of_file(str(path))
    assert found is not None
    return found.kind


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (MINILM, "tokenizer.json"),
        (CLAUDE_2, "tokenizer.json"),
        (MISTRAL_1, "sentencepiece"),
        (QWEN, "ranks"),
        (TEKKEN, "ranks"),
    ],
)
def test_a_file_is_what_it_holds_whatever_its_name(path: str, told: str, tmp_path: Path) -> None:
    assert kind(path) == told
    (tmp_path / "any").symlink_to(path)
    assert kind(tmp_path / "any") == told


def test_a_folder_holds_the_first_of_the_known_names(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.model").symlink_to(MISTRAL_1)
    assert kind(tmp_path) == "sentencepiece"
    (tmp_path / "tokenizer.json").symlink_to(MINILM)
    assert kind(tmp_path) == "tokenizer.json"


@pytest.mark.parametrize(
    ("name", "source", "told"),
    [("mine.model.v3", MISTRAL_1, "sentencepiece"), ("qwen.tiktoken", QWEN, "ranks")],
)
def test_a_folder_may_hold_one_file_of_another_name(
    name: str, source: str, told: str, tmp_path: Path
) -> None:
    (tmp_path / name).symlink_to(source)
    (tmp_path / "config.json").write_text("{}")
    assert kind(tmp_path) == told


def test_a_folder_with_none_or_several_is_an_error_that_lists_them(tmp_path: Path) -> None:
    with pytest.raises(TokenizerError, match="the folder holds no tokenizer, allowed: tokenizer"):
        tokenizer_of_file(str(tmp_path))
    for name in ("a.model", "b.model"):
        (tmp_path / name).write_bytes(b"x")
    with pytest.raises(TokenizerError, match=r"several tokenizers, found a\.model, b\.model"):
        tokenizer_of_file(str(tmp_path))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b" \n ", "is empty"),
        (b'{"version": "1.0", "tru', "is no JSON, or is cut short"),
        (b"[" * 100_000, "is no JSON, or is cut short"),
        (b"[1, 2]", "JSON, but no tokenizer, found a list"),
        (b'{"a": 1, "b": 2}', "JSON, but no tokenizer, found keys a, b"),
        (b"<!DOCTYPE html><html>", "found a web page (download the file itself)"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
            "found a pointer of Git LFS",
        ),
        (b"\xff\xfe\x00", "not a SentencePiece model"),
    ],
)
def test_what_is_no_tokenizer_is_an_error_that_says_what_it_is(
    content: bytes, told: str, tmp_path: Path
) -> None:
    (tmp_path / "tokenizer.json").write_bytes(content)
    with pytest.raises(TokenizerError) as caught:
        TokenizerManager().get(str(tmp_path / "tokenizer.json"))
    assert told in str(caught.value)
    assert "/tokenizer.json: " in str(caught.value)


def test_what_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_BYTES", 100)
    (tmp_path / "tokenizer.json").write_bytes(b" " * 101)
    with pytest.raises(TokenizerError, match="too large for a tokenizer, found 101 bytes"):
        tokenizer_of_file(str(tmp_path))


def test_what_is_not_there_is_none_and_what_is_no_file_neither(tmp_path: Path) -> None:
    assert tokenizer_of_file(str(tmp_path / "nothing")) is None
    assert tokenizer_of_file(os.devnull) is None


def test_a_file_that_cannot_be_read_is_an_error_that_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(TokenizerError, match="cannot be read, found Not a directory"):
        tokenizer_of_file(str(tmp_path / "file" / "tokenizer.json"))


def test_an_unchanged_file_is_the_same_tokenizer_and_a_changed_one_another(tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_bytes(Path(MINILM).read_bytes())
    first = TokenizerManager().get(str(path))
    assert TokenizerManager().get(str(path)) is first
    stat = path.stat()
    path.write_bytes(Path(CLAUDE_2).read_bytes())
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    second = TokenizerManager().get(str(path))
    assert second.encoding != first.encoding
    assert (first.count("don't"), second.count("don't")) == (3, 2)


def test_outputs_are_told_the_name_of_a_file_and_its_folder_and_never_the_whole_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "llama").mkdir()
    (tmp_path / "llama" / "tokenizer.json").symlink_to(MINILM)
    monkeypatch.chdir(tmp_path)
    spelt = (str(tmp_path / "llama"), "llama", "./llama/tokenizer.json")
    names = [TokenizerManager().get(said).name for said in spelt]
    monkeypatch.chdir(tmp_path / "llama")
    names += [TokenizerManager().get(said).name for said in ("tokenizer.json", ".")]
    monkeypatch.setenv("HOME", str(tmp_path))
    names.append(TokenizerManager().get("~/llama").name)
    assert names == ["llama/tokenizer.json"] * 3 + ["tokenizer.json"] * 2 + ["llama/tokenizer.json"]


@pytest.mark.parametrize(
    "name", ["/a", "./a", "../a", "~/a", "a/b/c", "a.json", "a.model", "a.model.v3", "a?pattern=b"]
)
def test_some_names_can_only_be_files(name: str) -> None:
    assert names_a_file(name)
    assert not names_a_file("org/name")
