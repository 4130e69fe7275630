"""Every example runs as its head says, on the samples, and says what it promises."""

from __future__ import annotations

import json
import re
import runpy
import sys
from importlib.resources import as_file, files
from pathlib import Path

import pytest

import tore_export
from tests.conftest import write_jsonl

EXAMPLES = sorted(
    path.stem for path in (Path(tore_export.__file__).parent / "examples").glob("[a-z]*.py")
)
SAID = {
    "advanced_export": r"all documents were read after .*\n(?s:.*)dataset\.finish\nfinished \{'train'",
    "basic_export": r"(?s)# .*tokens for gpt-4o\n.* once it was shortened to 120, .*quality \d\.",
    "batch_export": r"(?s)'failed': 1\}.* tokens  manuals/hand_pump\.tore\n.*failed: document",
    "chat_export": r"(?s)\('assistant', 'Hello\.'\).*\{'in': 3, 'kept': 2, 'dropped': 0, 'failed': 1\}",
    "chunk_export": r"'failed': 1\} \{'train': \d+",
    "cluster_export": r"finished \{'train': \d+.*\n(?s:.*)\d+ records, to be",
    "digest_export": r"'documents': \d+",
    "instruction_export": r"'failed': 1\} \{'train': \d+",
    "library_export": r"\{'markdown': \d+, 'plaintext': \d+\}",
    "pretraining_export": r"'failed': 1\} \{'train': \d+",
    "store_export": r"(?s)configs:.*\['data/",
    "strict_export": r"'failed': 1\} \{'train': \d+",
}

DIALOGUES = [
    {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]},
    {"conversations": [{"from": "human", "value": "2 + 2?"}, {"from": "gpt", "value": "Four."}]},
    {"messages": [{"role": "user", "content": "Is anybody there?"}]},
]


def carried_out(
    name: str,
    arguments: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> str:
    module = f"tore_export.examples.{name}"
    monkeypatch.setattr(sys, "argv", [module, *arguments])
    monkeypatch.delitem(sys.modules, module, raising=False)
    runpy.run_module(module, run_name="__main__")
    return capsys.readouterr().out


def test_each_example_is_looked_at() -> None:
    assert sorted(SAID) == EXAMPLES


@pytest.mark.parametrize("name", sorted(set(SAID) - {"cluster_export"}))
def test_an_example_does_what_it_says(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with as_file(files("tore_export") / "samples" / "documents") as documents:
        arguments = [str(documents), str(tmp_path / "output")]
        if name == "basic_export":
            arguments = [str(documents / "manuals" / "hand_pump.tore")]
        elif name == "chat_export":
            lines = "\n".join(json.dumps(one) for one in DIALOGUES)
            (tmp_path / "a.jsonl").write_text(lines)
            arguments = [str(tmp_path / "a.jsonl")]
        elif name == "store_export":
            arguments[1] = f"file://{arguments[1]}"
        assert re.search(SAID[name], carried_out(name, arguments, monkeypatch, capsys))


@pytest.mark.ray
@pytest.mark.usefixtures("ray_cluster")
def test_the_example_of_a_cluster_runs_on_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write_jsonl(tmp_path / "a.jsonl", range(30))
    arguments = [str(source), str(tmp_path / "output")]
    told = carried_out("cluster_export", arguments, monkeypatch, capsys)
    assert re.search(SAID["cluster_export"], told)
