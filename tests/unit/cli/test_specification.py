"""The command lines that were promised, each as it was written down, in a clean folder with samples."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from importlib.resources import as_file, files
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tore_export import FinetuningTextExporter, TrainingConfig
from tore_export.cli.main import run
from tore_export.tokens.manager import TokenizerManager

CONFIG = """\
task: section
shape: messages
max_tokens: 512
splits: {train: 0.8, validation: 0.2}
"""
QUALITY = "min_quality_score: 0.8\n"
TEMPLATE = """\
Subject: {{ document.title }}
{% for section in document.sections %}
* {{ section.heading }}
{%- endfor %}
"""
SOME_FAILED = 3  # two of the samples are broken on purpose


@pytest.fixture(autouse=True)
def clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the samples as `documents/`, one of them as document.tore, and files of options."""
    folder = tmp_path / "work"
    with as_file(files("tore_export") / "samples" / "documents") as samples:
        shutil.copytree(samples, folder / "documents")
    shutil.copy(folder / "documents/manuals/hand_pump.tore", folder / "document.tore")
    (folder / "training_config.yaml").write_text(CONFIG)
    (folder / "quality.yaml").write_text(QUALITY)
    (folder / "custom.md").write_text(TEMPLATE)
    monkeypatch.chdir(folder)
    return folder


def carried_out(line: str) -> int:
    """Run a command line in this process and return its exit code."""
    words = shlex.split(line)
    assert words[0] == "tore-export"
    return run(words[1:])


def names(folder: str) -> set[str]:
    return {path.name for path in Path(folder).iterdir()}


def tokens(text: str, model: str) -> int:
    return TokenizerManager().get(model).count(text)


def test_one_document_to_markdown() -> None:
    assert carried_out("tore-export document.tore --format markdown --output output.md") == 0
    written = Path("output.md").read_text()
    assert written == FinetuningTextExporter().export_markdown("document.tore")
    assert written.startswith("# ")


def test_a_batch_in_three_formats() -> None:
    line = "tore-export batch documents/ --formats markdown,plaintext,jsonl --output-dir exports/"
    assert carried_out(line) == SOME_FAILED
    assert names("exports") >= {"markdown", "plaintext", "jsonl", "rejects"}
    assert Path("exports/markdown/manuals/water_mill.md").read_text().startswith("# ")
    assert Path("exports/plaintext/archive/letter.txt").stat().st_size > 0
    lines = Path("exports/jsonl/archive/bees.jsonl").read_text().splitlines()
    assert {"text", "metadata"} == json.loads(lines[0]).keys()
    assert len(list(Path("exports/markdown").rglob("*.md"))) == len(
        list(Path("exports/plaintext").rglob("*.txt"))
    )


def test_a_dataset_in_a_folder() -> None:
    line = "tore-export training documents/ --config training_config.yaml --output DIR"
    assert carried_out(line) == SOME_FAILED
    assert names("DIR") >= {"README.md", "data", "rejects", ".tore-export", "dataset_info.json"}
    rows = [row for file in Path("DIR/data").iterdir() for row in pq.read_table(file).to_pylist()]
    assert {message["role"] for row in rows for message in row["messages"]} == {"user", "assistant"}
    assert max(row["n_tokens"] for row in rows) <= 512
    assert {file.name.partition("-")[0] for file in Path("DIR/data").iterdir()} == {
        "train",
        "validation",
    }


def test_a_dataset_in_a_file() -> None:
    line = (
        "tore-export training documents/ --config training_config.yaml --output training_data.jsonl"
    )
    assert carried_out(line) == SOME_FAILED
    for file in ("training_data.jsonl", "training_data.validation.jsonl"):
        rows = [json.loads(row) for row in Path(file).read_text().splitlines()]
        assert rows
        assert all(row["messages"][-1]["role"] == "assistant" for row in rows)
    assert Path("training_data.tore-export/README.md").exists()
    assert not Path("training_data.test.jsonl").exists()


def test_an_analysis_with_a_report(capsys: pytest.CaptureFixture[str]) -> None:
    line = "tore-export analyze document.tore --tokenizer gpt-4 --report tokens_report.json"
    assert carried_out(line) == 0
    found = json.loads(Path("tokens_report.json").read_text())
    text = FinetuningTextExporter().export_markdown("document.tore").rstrip("\n")
    assert found["models"][0]["tokens"] == tokens(text, "gpt-4")
    assert found["models"][0]["encoding"] == "cl100k_base"


def test_a_document_is_validated_by_thresholds(capsys: pytest.CaptureFixture[str]) -> None:
    line = "tore-export validate document.tore --quality-config quality.yaml"
    assert carried_out(line) == 0
    assert "1 file: 1 document, 0 with faults" in capsys.readouterr().out
    Path("quality.yaml").write_text("min_quality_score: 1.0\nmax_elements: 1\n")
    assert carried_out(line) == 1
    assert "too_many_elements" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["document.tore --output out.md", "batch documents/ -o out"])
def test_a_template_of_ones_own(command: str) -> None:
    assert carried_out(f"tore-export {command} --template custom.md") in (0, SOME_FAILED)
    file = Path("out.md") if command.startswith("document") else Path("out/template/manuals")
    written = (file if file.is_file() else next(file.glob("hand_pump*"))).read_text()
    assert written.startswith("Subject: ")
    assert "\n* " in written


@pytest.mark.parametrize("budget", [4000, 150])
def test_tokens_are_brought_to_a_budget(budget: int) -> None:
    options = "--optimize-tokens --max-tokens 4000 --model gpt-3.5-turbo"
    line = f"tore-export document.tore -o out.md {options}"
    whole = FinetuningTextExporter().export_markdown("document.tore")
    assert carried_out(line.replace("4000", str(budget))) == 0
    written = Path("out.md").read_text()
    assert 0 < tokens(written, "gpt-3.5-turbo") <= budget
    assert (written == whole) == (tokens(whole, "gpt-3.5-turbo") <= budget)


def test_a_batch_without_what_scores_low(capsys: pytest.CaptureFixture[str]) -> None:
    line = "tore-export batch documents/ -o out --filter-quality --min-score 0.8 --json"
    assert carried_out(line) == SOME_FAILED
    books = json.loads(capsys.readouterr().out)["documents"]
    rejects = [
        json.loads(row)
        for file in Path("out/rejects").iterdir()
        for row in file.read_text().splitlines()
    ]
    dropped = [row for row in rejects if row["stage"] == "filter_quality"]
    assert len(dropped) == books["dropped"] > 0
    assert books["in"] == books["kept"] + books["dropped"] + books["failed"]


def test_a_preview_that_saves_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    before = names(".")
    for line in (
        "tore-export document.tore --preview --no-save",
        "tore-export batch documents/ --preview --no-save",
        "tore-export training documents/ --config training_config.yaml --preview --no-save",
    ):
        assert carried_out(line) == 0
        assert "--- source" in capsys.readouterr().out
    assert names(".") == before


@pytest.mark.ray
@pytest.mark.slow
def test_in_parallel_the_bytes_are_the_same() -> None:
    line = "tore-export training documents/ --output DIR --parallel --workers 8 --batch-size 500 --json"
    done = subprocess.run(
        [sys.executable, "-m", "tore_export", *shlex.split(line)[1:]],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == SOME_FAILED, done.stderr
    assert json.loads(done.stdout)["engine"] == "ray"
    assert (
        carried_out("tore-export training documents/ --output HERE --engine inline -q")
        == SOME_FAILED
    )
    assert names("DIR/data") == names("HERE/data")
    for file in Path("DIR/data").iterdir():
        assert file.read_bytes() == (Path("HERE/data") / file.name).read_bytes()


def test_defaults_are_those_that_were_promised() -> None:
    config = TrainingConfig()
    assert (config.task, config.shape, config.dedup, config.shard_format) == (
        ("text",),
        "text",
        "none",
        "parquet",
    )
