"""Documents are found wanting by what readers reject and by what they score."""

from __future__ import annotations

import json
from pathlib import Path

from tests.conftest import prose, write_jsonl
from tests.unit.cli.commands import write_document
from tore_export.api.validate import validate
from tore_export.config import TrainingConfig


def test_what_readers_reject_is_told_with_its_place(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", range(3))
    with path.open("a") as stream:
        stream.write('{"doc_id": "cut", "elem\n')
    (tmp_path / "b.json").write_text("[{")
    result = validate([str(tmp_path)])
    assert (result.documents, result.bad_documents, result.read) == (5, 2, 3)
    first, second = result.findings
    assert str(first).startswith(f"{path}: invalid_json: document ")
    assert " at " in str(first)
    assert str(second).startswith(f"{tmp_path / 'b.json'}: invalid_json: the JSON is cut short")


def test_what_scores_too_little_is_told_by_the_rule_that_took_most(tmp_path: Path) -> None:
    spam = [{"type": "NarrativeText", "text": "buy now " * 200}]
    (tmp_path / "a.json").write_text(json.dumps(spam))
    (finding,) = validate([str(tmp_path)]).findings
    assert "quality score" in (finding.found or "")
    lenient = TrainingConfig(min_quality_score=0.0)
    assert validate([str(tmp_path)], config=lenient).is_well
    unfiltered = TrainingConfig(enable_filtering=False)
    assert validate([str(tmp_path)], config=unfiltered).is_well


def test_scores_and_warnings_are_in_the_result(tmp_path: Path) -> None:
    elements = [{"type": "NarrativeText", "text": prose(1)}, {"type": "Nonsense", "text": "x"}]
    (tmp_path / "a.json").write_text(json.dumps(elements))
    result = validate([str(tmp_path / "a.json")])
    (score,) = result.scores
    assert score["source"] == str(tmp_path / "a.json")
    assert 0.7 <= score["quality_score"] <= 1
    assert score["warnings"] == result.warnings


def test_rows_of_text_are_documents_where_they_are_to_be_scored(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"text": "buy now " * 200}) + "\n")
    assert validate([str(path)]).is_well
    result = validate([str(path)], config=TrainingConfig(), score_rows=True)
    assert (result.documents, result.bad_documents, result.rows) == (1, 1, 0)


def test_the_limits_of_the_configuration_hold(tmp_path: Path) -> None:
    path = write_document(tmp_path / "a.json")
    result = validate([str(path)], config=TrainingConfig(max_elements=2))
    assert list(result.rules) == ["too_many_elements"]
