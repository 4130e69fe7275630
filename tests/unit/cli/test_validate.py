"""`tore-export validate`: findings as lines, a report, a result, an exit code."""

from __future__ import annotations

import json
import resource
from pathlib import Path
from typing import Any

import pytest

from tests.unit.audit.planted import messages
from tests.unit.cli.commands import in_own_process, write_document
from tore_export.cli.main import run


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    lines = [json.dumps(messages(number)) for number in range(5)]
    lines[2] = '{"messages": []}'
    lines[4] = "{"
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(lines))
    return path


def shown(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, list[str]]:
    code = run(["validate", *map(str, arguments)])
    found = capsys.readouterr()
    assert found.err == ""
    return code, found.out.splitlines()


def test_findings_are_lines_and_the_summary_counts_them(
    rows: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, lines = shown(capsys, rows)
    assert code == 3
    first = "messages[0]" if "messages[0]" in lines[0] else "messages"
    assert lines[0].startswith(f"{rows}:3: empty_dialogue: {first} is ")
    assert lines[1].startswith(f"{rows}:5: invalid_json: ")
    assert lines[2:] == [
        "",
        "empty_dialogue  1",
        "invalid_json    1",
        "",
        "1 file: 5 rows of shape messages, 2 with faults",
    ]


def test_only_so_many_findings_are_printed_and_all_reported(
    rows: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows.write_text('{"messages": []}\n' * 50)
    for name in ("all.jsonl", "all.json"):
        code, lines = shown(capsys, rows, "--show", 3, "--report", tmp_path / name)
        assert code == 3
        assert lines[3].startswith("and 47 more;")
    by_line = [json.loads(line) for line in (tmp_path / "all.jsonl").read_text().splitlines()]
    assert by_line == json.loads((tmp_path / "all.json").read_text())
    assert [found["row"] for found in by_line] == list(range(1, 51))


@pytest.mark.parametrize(("name", "text"), [("all.jsonl", ""), ("all.json", "[]\n")])
def test_a_report_of_nothing_is_empty(
    rows: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, text: str
) -> None:
    rows.write_text(json.dumps(messages(1)))
    assert shown(capsys, rows, "--report", tmp_path / name) == (
        0,
        ["1 file: 1 row of shape messages, 0 with faults"],
    )
    assert (tmp_path / name).read_text() == text


def test_the_result_is_one_json_object(rows: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = shown(capsys, rows, "--json")
    found: dict[str, Any] = json.loads("\n".join(lines))
    assert code == 3
    assert (found["rows"], found["bad_rows"], found["read"]) == (5, 2, 4)
    assert found["rules"] == {"empty_dialogue": 1, "invalid_json": 1}


def test_quiet_says_it_by_the_exit_code(rows: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, rows, "--quiet") == (3, [])


def test_nothing_that_can_be_read_is_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.json").write_text("[{")
    code, lines = shown(capsys, tmp_path / "a.json")
    assert code == 1
    assert lines[-1] == "1 file: 1 document, 1 with faults"


def test_a_shape_can_be_named(rows: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = shown(capsys, rows, "--shape", "alpaca")
    assert code == 3
    assert lines[-1] == "1 file: 5 rows of shape alpaca, 5 with faults"


def test_the_specifications_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = write_document(tmp_path / "document.tore")
    quality = tmp_path / "quality.yaml"
    quality.write_text("min_quality_score: 0.1\n")
    code, lines = shown(capsys, document, "--quality-config", quality)
    assert code == 0
    assert lines[0] == "1 file: 1 document, 0 with faults"
    assert lines[1] == "quality score 1.00"
    document.write_text(json.dumps([{"type": "NarrativeText", "text": "buy now " * 200}]))
    quality.write_text("min_quality_score: 0.9\n")
    assert shown(capsys, document, "--quality-config", quality)[0] == 3
    assert shown(capsys, document, "--min-score", 0)[0] == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["gone.jsonl"], "no such file or folder"),
        (["rows.jsonl", "--report", "a.pdf"], "no such report"),
        (["rows.jsonl", "--quality-config", "bad.yaml"], "unknown key 'min_qualty_score'"),
        (["rows.jsonl", "--shape", "poem"], "poem"),
    ],
)
def test_wrong_usage_exits_2(
    rows: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    told: str,
) -> None:
    monkeypatch.chdir(rows.parent)
    (rows.parent / "bad.yaml").write_text("min_qualty_score: 1")
    assert run(["validate", *arguments]) == 2
    assert told in capsys.readouterr().err


@pytest.mark.slow
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    line = json.dumps({"messages": messages(1)["messages"], "pad": "x" * 2_000}) + "\n"

    def peak(n_rows: int) -> int:
        path = tmp_path / "rows.jsonl"
        with path.open("w") as stream:
            stream.writelines(line for _ in range(n_rows))
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        done = in_own_process("validate", path, "--json")
        assert json.loads(done.stdout)["rows"] == n_rows
        after = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        return max(before, after)

    small = peak(2_000)
    assert peak(20_000) < small + 20_000
