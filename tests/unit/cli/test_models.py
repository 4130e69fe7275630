"""`tore-export models`: what counts tokens, and what one name means."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tiktoken.model import MODEL_PREFIX_TO_ENCODING, MODEL_TO_ENCODING

from tests.unit.tokens.material import MINILM, MISTRAL_1, QWEN
from tore_export.api.models import described, models
from tore_export.cli.main import run
from tore_export.tokens.families import PUBLIC, STAND_INS
from tore_export.tokens.ranks import encoding_names

Capture = pytest.CaptureFixture[str]


def test_it_is_data_on_request(capsys: Capture) -> None:
    assert run(["models", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found == models()
    assert [one["name"] for one in found["encodings"]] == encoding_names()
    assert {one["name"] for one in found["openai"]} == {
        *MODEL_TO_ENCODING,
        *(f"{prefix}*" for prefix in MODEL_PREFIX_TO_ENCODING),
    }
    assert all(one["approximate"] and one["why"] for one in found["stand_ins"])


def test_people_see_every_name_and_what_stands_in(capsys: Capture) -> None:
    assert run(["models"]) == 0
    shown = capsys.readouterr().out
    for name in (*encoding_names(), *MODEL_TO_ENCODING):
        assert f" {name}" in shown
    for one in STAND_INS:
        assert f"  {one.encoding:18}{' '.join(one.names)}\n" in shown
        assert one.why in shown
    for public in PUBLIC:
        assert public.give in shown


def test_an_encoding_that_is_not_here_says_what_to_put_where(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    assert run(["models"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "  cl100k_base       here" in lines
    (missing,) = (line for line in lines if line.startswith("  r50k_base         not here"))
    assert "needs the file of https://" in missing
    assert f"kept as {tmp_path}" in missing


@pytest.mark.parametrize(
    ("name", "kind", "encoding", "approximate"),
    [
        ("o200k_base", "encoding", "o200k_base", False),
        ("ft:gpt-4.1-mini-2025-04-14:shop::9aBcD", "model", "o200k_base", False),
        ("claude-opus-4", "stand-in", "cl100k_base", True),
        (MINILM, "tokenizer.json", "tokenizer.json be50c3628f2b", False),
        (MISTRAL_1, "sentencepiece", "sentencepiece dadfd56d7667", False),
        (QWEN, "ranks", "ranks b2b1b8dfb5cc", False),
    ],
)
def test_a_name_is_told_with_its_kind_and_what_counts(
    capsys: Capture, name: str, kind: str, encoding: str, approximate: bool
) -> None:
    assert run(["models", name, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found == described(name)
    assert found["name"] == name
    assert (found["kind"], found["encoding"]) == (kind, encoding)
    assert found["approximate"] is approximate


def test_a_file_is_told_with_its_hash_and_a_stand_in_with_its_reason(capsys: Capture) -> None:
    assert run(["models", QWEN]) == 0
    shown = capsys.readouterr().out
    assert "\napproximate  no, exact\nfile         resources/qwen.tiktoken\n" in shown
    assert "\nsha256       b2b1b8dfb5cc5f02" in shown
    assert shown.endswith("n_bytes      2,561,218\n")
    assert run(["models", "grok-4"]) == 0
    shown = capsys.readouterr().out
    assert "approximate  yes\nwhy          xAI publishes no tokenizer since Grok 3" in shown


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("gpt4", "did you mean gpt-4?"),
        ("llama-3-8b", "give meta-llama/Llama-3.1-8B"),
        ("./none/tokenizer.json", "there is no such file or folder"),
    ],
)
def test_a_name_that_means_nothing_is_an_error_of_one_line(
    capsys: Capture, name: str, told: str
) -> None:
    assert run(["models", name]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert told in shown.err
