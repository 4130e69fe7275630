"""`--preview`, `--no-save`, `--dry-run`: what would come out, and nothing written for it."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import subprocess
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import write_jsonl
from tests.unit.cli.commands import MARKDOWN, command, write_document
from tore_export.cli.main import run

CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


@pytest.fixture
def documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Five documents: the second of low quality, the fourth broken; the working folder is empty."""
    folder = tmp_path / "in"
    source = write_jsonl(folder / "a.jsonl", range(5))
    lines = source.read_text().splitlines()
    lines[1] = json.dumps({"doc_id": "spam", "text": "buy buy buy buy buy now " * 60})
    lines[3] = lines[3][:50]
    source.write_text("\n".join(lines) + "\n")
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return folder


def data(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert run([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def nothing_is_written() -> bool:
    return os.listdir() == []


def test_source_and_result_are_shown_and_nothing_is_written(
    documents: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["training", str(documents), "--preview", "--no-save"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.startswith("1 of 3  a.jsonl  doc-00000\n4 elements, ")
    source, _, result = out.partition("--- source\n")[2].partition("--- result\n")
    assert source.startswith("title 1 p.1: Report 0\nparagraph p.1: ")
    assert result.startswith("# Report 0\n\n")
    assert not CONTROL.search(out)
    assert nothing_is_written()


def test_it_says_what_would_be_dropped_and_why(
    documents: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["training", str(documents), "--preview", "--no-save", "--limit", "5"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"2 of 5  a\.jsonl  spam\n.*\nwould be dropped by filter_quality\.\w+: ", out)
    assert "would fail by source.invalid_json (" in out
    assert out.count("would be dropped") == out.count("would fail") == 1


def test_as_data_it_is_what_the_run_then_writes(
    documents: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["training", str(documents), "--task", "section", "--shape", "messages"]
    found = data(capsys, *options, "--limit", "5", "--preview", "--no-save")["documents"]
    assert run([*options, "-o", "out.jsonl", "-q", "--splits", "train=1"]) == 3
    rows = [json.loads(line) for line in Path("out.jsonl").read_text().splitlines()]
    for shown in found:
        own = [row["messages"] for row in rows if row["doc_id"] == shown["doc_id"]]
        assert shown["n_results"] == len(own)
        for parts, messages in zip(shown["results"], own, strict=False):
            assert [(part["name"], part["text"]) for part in parts] == [
                (message["role"], message["content"]) for message in messages
            ] or shown["reject"]
    assert sum(shown["n_results"] for shown in found) == len(rows) > 2
    kept = [shown for shown in found if shown["reject"] is None]
    assert {row["doc_id"] for row in rows} == {shown["doc_id"] for shown in kept}


def test_tokens_join_to_the_text(documents: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for shown in data(capsys, "training", str(documents), "--preview", "--no-save")["documents"]:
        for (part,) in shown["results"]:
            assert "".join(part["pieces"]) == part["text"]
            if part["n_characters"] == len(part["text"]):
                assert len(part["pieces"]) == shown["n_tokens"]


def test_without_no_save_it_shows_and_then_runs(
    documents: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["training", str(documents), "-o", "out", "--preview", "--json", "-q"]
    assert run(arguments) == 3
    out, err = capsys.readouterr()
    assert json.loads(out)["documents"] == {"in": 5, "kept": 3, "dropped": 1, "failed": 1}
    assert "1 of 3  a.jsonl  doc-00000" in err
    assert Path("out/README.md").exists()


@pytest.mark.parametrize("name", ["training", "batch", "export"])
def test_no_save_alone_is_refused(
    name: str, documents: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([name, str(documents / "a.jsonl"), "--no-save"]) == 2
    assert "--no-save: nothing would be written and nothing shown" in capsys.readouterr().err


def test_files_of_a_batch_are_shown_for_each_format(
    documents: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["batch", str(documents), "--formats", "markdown,plaintext"]
    found = data(capsys, *options, "--preview", "--no-save")["documents"]
    assert [part["name"] for (part,) in found[0]["results"]] == ["markdown", "plaintext"]
    assert run([*options, "-o", "out", "-q"]) == 3
    for (part,) in found[0]["results"]:
        (file,) = Path("out", part["name"]).rglob("doc-00000.*")
        assert file.read_text() == part["text"]
    filtered = data(capsys, *options, "--filter-quality", "--preview", "--no-save")["documents"]
    assert filtered[1]["reject"]["stage"] == "filter_quality"
    assert found[1]["reject"] is None


def test_a_document_is_shown_and_then_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(write_document(tmp_path / "a.json"))
    assert run([file, "--preview", "--no-save"]) == 0
    assert "header: Running head" in capsys.readouterr().out
    assert run([file, "--preview"]) == 0
    out, err = capsys.readouterr()
    assert out == MARKDOWN
    assert "1 of 1  a.json" in err


def test_of_a_document_alone_there_is_one(
    documents: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([str(documents / "a.jsonl"), "--preview", "--no-save"]) == 2
    assert "one document is asked for, found more than one document" in capsys.readouterr().err
    assert run([str(documents), "--preview", "--no-save"]) == 2
    assert "is a folder, and one file is asked for" in capsys.readouterr().err


def test_a_split_by_a_second_pass_is_not_foretold(
    documents: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["training", str(documents), "--exact-ratios", "--preview", "--no-save"]
    assert [shown["split"] for shown in data(capsys, *options)["documents"]] == [None] * 3
    options.remove("--exact-ratios")
    assert data(capsys, *options)["documents"][0]["split"] in {"train", "validation", "test"}


def test_long_documents_are_cut_and_say_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    elements = [{"type": "ListItem", "text": f"item {n}\u001b[31m"} for n in range(500)]
    elements.append({"type": "NarrativeText", "text": "long " * 9_000})
    (tmp_path / "a.json").write_text(json.dumps(elements))
    assert run([str(tmp_path / "a.json"), "--preview", "--no-save"]) == 0
    out = capsys.readouterr().out
    assert "… 461 more elements" in out
    assert re.search(r"… [\d,]+ more characters", out)
    assert len(out) < 10_000
    assert "item 0·[31m" in out


def test_what_samples_are_left_out_is_told(
    documents: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--task", "section", "--shape", "alpaca", "--min-answer-tokens", "100000"]
    assert run(["training", str(documents), *options, "--preview", "--no-save"]) == 0
    out = capsys.readouterr().out
    assert "would be dropped by to_records.no_records" in out


def test_samples_that_are_left_out_beside_others_are_counted_by_rule(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sections = [
        ("Close the valve", "Turn it to the right, and slowly. " * 9),
        ("Note", "No."),
    ]
    elements = [
        {"type": kind, "text": text}
        for heading, body in sections
        for kind, text in (("Title", heading), ("NarrativeText", body))
    ]
    (tmp_path / "a.json").write_text(json.dumps(elements))
    options = ["--task", "section", "--shape", "alpaca", "--min-answer-tokens", "20", "--no-filter"]
    assert run(["training", str(tmp_path / "a.json"), *options, "--preview", "--no-save"]) == 0
    out = capsys.readouterr().out
    assert "1 result, " in out
    assert re.search(r"\nsamples that would be left out: section\.\w+ 1\n", out)


def in_terminal(*arguments: object, columns: int) -> str:
    """Run a command whose output is a terminal."""
    outer, inner = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(columns), "TERM": "xterm-256color"}
    with subprocess.Popen(command(*arguments), stdout=inner, stderr=inner, env=environment) as done:
        os.close(inner)
        shown = io.BytesIO()
        while True:
            try:
                found = os.read(outer, 65_536)
            except OSError:  # so Linux says that the other end is closed
                break
            if not found:
                break
            shown.write(found)
    os.close(outer)
    assert done.returncode == 0
    return shown.getvalue().decode()


def test_in_a_terminal_source_and_result_stand_side_by_side_with_tokens_in_two_colours(
    tmp_path: Path,
) -> None:
    file = write_document(tmp_path / "a.json")
    wide = in_terminal(file, "--preview", "--no-save", columns=120)
    (row,) = [line for line in wide.splitlines() if line.startswith("title")]
    assert "Pumps" in row.partition("title")[2]
    backgrounds = re.findall(r"\x1b\[30;48;[\d;]+m", wide)
    assert len(set(backgrounds)) == 2
    assert backgrounds[:2] == [backgrounds[0], backgrounds[1]]
    narrow = in_terminal(file, "--preview", "--no-save", columns=60)
    assert "--- source" in narrow


def test_a_dry_run_prints_the_plan_and_writes_nothing(
    documents: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["training", str(documents), "-o", "out", "--dry-run", "--min-score", "0.5"]) == 0
    told = capsys.readouterr().out
    for line in (
        "input      1 file, ",
        "units      1\n",
        "stages     Normalize: ",
        "           FilterQuality: min_quality_score 0.5\n",
        "tokens     gpt-3.5-turbo by cl100k_base, exact\n",
        "output     out: train, validation, test\n",
        "           shard_format parquet\n           shard_size 256.0 MB\n",
        "engine     inline\nnothing was written\n",
    ):
        assert line in told
    assert nothing_is_written()


def test_a_dry_run_as_data(documents: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = data(capsys, "training", str(documents), "-o", "out", "--dry-run", "--exact-ratios")
    assert found["passes"] == 2
    assert found["stages"][-1]["name"] == "SplitKeys"
    found = data(
        capsys, "batch", str(documents), "-o", "out", "--dry-run", "--workers", "2", "--parallel"
    )
    assert (found["engine"], found["workers"], found["passes"]) == ("ray", 2, 1)
    assert [stage["name"] for stage in found["stages"]] == ["Normalize", "RenderFiles"]
    assert nothing_is_written()


def test_a_dry_run_of_a_cluster_with_all_its_cores(
    documents: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["training", str(documents), "-o", "out", "--address", "auto", "--limit", "3"]
    assert run([*options, "--dry-run"]) == 0
    told = capsys.readouterr().out
    assert "engine     ray, every core of the cluster\n" in told
    assert ", the first 3 documents\n" in told


def test_a_dry_run_tells_what_is_done_already_and_what_is_wrong(
    documents: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["training", str(documents), "-o", "out"]
    assert run([*options, "-q"]) == 3
    assert data(capsys, *options, "--dry-run")["units_done"] == 1
    assert data(capsys, *options, "--dry-run", "--restart")["units_done"] == 0
    assert run([*options, "--dry-run", "--seed", "9"]) == 1
    assert "this output was begun otherwise" in capsys.readouterr().err
    assert run(["training", "nowhere", "-o", "out2", "--dry-run"]) == 2
    assert run(["training", str(documents), "--dry-run"]) == 2
    assert "--output: where to write is not said" in capsys.readouterr().err
    assert run([*options, "--dry-run", "--preview"]) == 2
    assert not Path("out2").exists()


def test_the_samples_are_previewed_whole(capsys: pytest.CaptureFixture[str]) -> None:
    with as_file(files("tore_export") / "samples" / "documents") as samples:
        found = data(capsys, "batch", str(samples), "--preview", "--no-save", "--limit", "99")
    assert len(found["documents"]) == 20
