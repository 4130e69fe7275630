"""What several paths of any kind are found to be, in one result."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import write_jsonl
from tests.unit.audit.planted import alpaca, messages
from tore_export.api.validate import validate
from tore_export.audit.finding import Finding
from tore_export.errors import PreflightError, UsageError


def test_rows_and_documents_side_by_side_are_each_what_they_are(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps(messages(1)))
    (tmp_path / "b.json").write_text(json.dumps([alpaca(1), alpaca(2)]))
    write_jsonl(tmp_path / "c.jsonl", range(4))
    result = validate([str(tmp_path)])
    assert result.is_well
    assert (result.files, result.rows, result.documents) == (3, 3, 4)
    assert result.shapes == ("messages", "alpaca")


def test_every_finding_is_heard_of_and_the_first_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"messages": []}\n' * 10)
    heard: list[Finding] = []
    result = validate([str(path)], on_finding=heard.append, kept=3)
    assert (len(heard), len(result.findings), result.rules) == (10, 3, {"empty_dialogue": 10})


def test_a_file_without_rows_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("")
    assert validate([str(tmp_path / "a.jsonl")], shape="messages").rules == {"no_rows": 1}


def test_globs_choose_the_files(tmp_path: Path) -> None:
    from tore_export.config import ExportConfig

    for name in ("a.jsonl", "b.jsonl"):
        (tmp_path / name).write_text('{"messages": []}')
    assert validate([str(tmp_path)], config=ExportConfig(exclude=("b*",))).files == 1


def test_what_is_not_there_or_not_known_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="did you mean messages"):
        validate([str(tmp_path)], shape="message")
    with pytest.raises(PreflightError):
        validate([str(tmp_path / "gone")])
