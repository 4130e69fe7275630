"""The tokenizer of a run: any kind of name, the same in every face, and said where it is approximate."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.unit.cli.commands import MARKDOWN, write_document
from tests.unit.tokens.material import CLAUDE_2, MINILM, MISTRAL_1, QWEN
from tore_export import ExportAPI, ExportConfig, FinetuningTextExporter, TrainingConfig
from tore_export.api.batch import batch_run
from tore_export.api.training import dataset_run
from tore_export.cli.main import run
from tore_export.errors import ResumeError, TokenizerError
from tore_export.results import CountedBy
from tore_export.tokens.manager import TokenizerManager

FILES = [MINILM, CLAUDE_2, MISTRAL_1, QWEN]
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    write_document(tmp_path / "in" / "a.json")
    return tmp_path / "in"


def training(tokenizer: str, **more: Any) -> TrainingConfig:
    return TrainingConfig(
        default_tokenizer=tokenizer,
        enable_filtering=False,
        splits="train=1",
        engine="inline",
        **more,
    )


@pytest.mark.parametrize("name", [*FILES, "gpt-4", "claude-3-opus"])
def test_all_faces_count_by_the_same_tokenizer(name: str, documents: Path, tmp_path: Path) -> None:
    expected = TokenizerManager().get(name).count(MARKDOWN)
    assert FinetuningTextExporter().count_tokens(MARKDOWN, model=name) == expected
    config = ExportConfig(default_tokenizer=name)
    result = ExportAPI(config).export_document(str(documents / "a.json"))
    assert (result.content, result.n_tokens) == (MARKDOWN, expected)
    dataset_run([str(documents)], str(tmp_path / "set"), training(name)).execute()
    (shard,) = (tmp_path / "set" / "data").iterdir()
    (row,) = pq.read_table(shard).to_pylist()
    assert row["n_tokens"] == TokenizerManager().get(name).count(row["text"])
    batch = [
        "batch",
        str(documents),
        "--formats",
        "jsonl",
        "--tokenizer",
        name,
        "--engine",
        "inline",
    ]
    assert run([*batch, "--output-dir", str(tmp_path / "files"), "--quiet"]) == 0
    lines = (tmp_path / "files" / "jsonl" / "a.jsonl").read_text("utf-8").splitlines()
    for line in map(json.loads, lines):
        assert line["metadata"]["n_tokens"] == TokenizerManager().get(name).count(line["text"])


def test_the_plan_holds_a_files_hash_and_name_and_neither_its_content_nor_its_path(
    documents: Path, tmp_path: Path
) -> None:
    output = tmp_path / "set"
    summary = dataset_run([str(documents)], str(output), training(MINILM)).execute()
    plan = (output / ".tore-export" / "plan.json").read_text()
    assert len(plan) < 10_000
    told = json.loads(plan)["plan"]
    (counting,) = (s for name, s in told["stages"].items() if name == "CountTokens")
    assert counting["tokenizer"]["name"] == "model/tokenizer.json"
    assert counting["tokenizer"]["content"].startswith("sha256:be50c3628f2b")
    assert told["tokenizer"]["encoding"] == "tokenizer.json be50c3628f2b"
    card = (output / "README.md").read_text()
    assert "CountTokens: tokenizer model/tokenizer.json sha256:be50c3628f2b" in card
    for text in (plan, card):
        assert "site-packages" not in text
    assert summary.tokenizer == CountedBy("model/tokenizer.json", "tokenizer.json be50c3628f2b")


def test_a_run_goes_on_with_the_same_tokenizer_wherever_it_lies_and_with_no_other(
    documents: Path, tmp_path: Path
) -> None:
    for folder, source in (
        ("here/model", MINILM),
        ("there/model", MINILM),
        ("other/model", CLAUDE_2),
    ):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "tokenizer.json").write_bytes(Path(source).read_bytes())
    paths, output = [str(documents)], str(tmp_path / "set")
    dataset_run(paths, output, training(str(tmp_path / "here" / "model"))).execute()
    again = dataset_run(paths, output, training(str(tmp_path / "there" / "model"))).execute()
    assert again.nothing_to_do
    assert again.tokenizer == CountedBy("model/tokenizer.json", "tokenizer.json be50c3628f2b")
    with pytest.raises(ResumeError, match=r"CountTokens\.tokenizer\.content: \"sha256:be50"):
        dataset_run(paths, output, training(str(tmp_path / "other" / "model"))).execute()
    with pytest.raises(ResumeError, match="begun otherwise"):
        dataset_run(paths, output, training("gpt-4")).execute()


@pytest.mark.parametrize("name", ["gpt4", "llama-3-8b", "./none.json"])
def test_a_name_that_means_nothing_is_an_error_before_anything_starts(
    name: str, documents: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out"
    for begin in (
        lambda: dataset_run([str(documents)], str(output), training(name)),
        lambda: batch_run([str(documents)], str(output), ["jsonl"], training(name)),
        lambda: ExportAPI(training(name)).export_document(str(documents / "a.json")),
        lambda: FinetuningTextExporter().count_tokens("a", model=name),
    ):
        with pytest.raises(TokenizerError):
            begin()
    assert not output.exists()


def test_results_say_which_tokenizer_counted_and_that_it_stands_in(documents: Path) -> None:
    path = str(documents / "a.json")
    exact = ExportAPI().export_document(path)
    assert exact.tokenizer == CountedBy("gpt-3.5-turbo", "cl100k_base")
    assert exact.tokenizer.stands_in is None
    config = TrainingConfig(default_tokenizer="claude-3-opus", enable_filtering=False)
    about = ExportAPI(config).export_document(path).to_dict()["tokenizer"]
    assert about == {"name": "claude-3-opus", "encoding": "cl100k_base", "approximate": True}
    assert ExportAPI(config).export_for_training(path, config).to_dict()["tokenizer"] == about


def test_the_line_of_one_document_says_that_a_number_is_approximate(
    documents: Path, tmp_path: Path, capsys: Capture
) -> None:
    command = [str(documents / "a.json"), "--output", str(tmp_path / "a.md"), "--tokenizer"]
    assert run([*command, "claude-3-opus"]) == 0
    shown = capsys.readouterr().err
    assert " elements, about " in shown
    assert shown.endswith(" tokens (cl100k_base stands in for claude-3-opus)\n")
    assert run([*command, "gpt-4"]) == 0
    shown = capsys.readouterr().err
    assert shown.endswith(" tokens\n")
    assert "about" not in shown
    assert run([*command, "grok-4", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["tokenizer"]["approximate"] is True


def test_summary_card_and_progress_of_a_run_say_that_numbers_are_approximate(
    documents: Path, tmp_path: Path, capsys: Capture
) -> None:
    said = "cl100k_base stands in for claude-3-opus"
    card = "All numbers of tokens are approximate: `cl100k_base` stands in for `claude-3-opus`."
    for name in ("claude-3-opus", "gpt-4"):
        output = str(tmp_path / name)
        more = ["--tokenizer", name, "--no-filter", "--splits", "train=1", "--engine", "inline"]
        assert run(["training", str(documents), "--output", output, *more]) == 0
        shown = capsys.readouterr().err
        is_said = name == "claude-3-opus"
        assert (f"tokens are approximate: {said}\n" in shown) is is_said
        assert (", about " in shown) is is_said
        assert (card in Path(output, "README.md").read_text()) is is_said
        assert run(["training", str(documents), "--output", output, *more, "--json"]) == 0
        told = json.loads(capsys.readouterr().out)["tokenizer"]
        assert told == {"name": name, "encoding": "cl100k_base", "approximate": is_said}
