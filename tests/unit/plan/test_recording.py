"""What a configuration says of training records becomes stages."""

from __future__ import annotations

from pathlib import Path

import pytest

from tore_export.config import TrainingConfig
from tore_export.errors import ConfigError, TemplateError
from tore_export.plan.recording import recording, row_schema
from tore_export.stages.chunk import Chunk
from tore_export.stages.to_records import ToRecords


def test_text_alone_needs_nothing_but_its_chunks_where_records_have_a_bound() -> None:
    assert recording(TrainingConfig()) == [ToRecords()]
    chunk, records = recording(TrainingConfig(max_tokens=64))
    assert isinstance(chunk, Chunk)
    assert records == ToRecords(from_chunks=True)
    assert recording(TrainingConfig(max_tokens=64, token_optimization=True)) == [ToRecords()]


def test_other_tasks_cut_what_they_need_themselves() -> None:
    (records,) = recording(
        TrainingConfig(
            task="section,continue",
            shape="messages",
            max_tokens=64,
            chunk_overlap=8,
            max_answer_tokens=32,
            system_prompt="Be short.",
        )
    )
    assert isinstance(records, ToRecords)
    assert records.tasks == ("section", "continue")
    assert records.chunking is not None
    assert (records.chunking.max_tokens, records.chunking.overlap) == (64, 8)
    assert records.bounds.max_answer_tokens == 32
    assert records.system_prompt == "Be short."
    mixed = recording(TrainingConfig(task="text,section", max_tokens=64))
    assert [type(stage) for stage in mixed] == [Chunk, ToRecords]


def test_documents_that_were_shortened_are_still_cut_for_what_has_a_prompt() -> None:
    config = TrainingConfig(task="continue", max_tokens=64, token_optimization=True)
    (records,) = recording(config)
    assert isinstance(records, ToRecords)
    assert records.chunking is not None


def test_an_unknown_task_is_refused_before_anything_is_read() -> None:
    with pytest.raises(ConfigError, match=r"task: no task .*did you mean section"):
        recording(TrainingConfig(task="text,sectoin"))


def test_phrases_and_templates_are_read_when_the_plan_is_made(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("en: {meaning: '{term}, please?'}\n")
    (records,) = recording(TrainingConfig(task="question", phrases=str(own)))
    assert isinstance(records, ToRecords)
    assert records.phrases is not None
    assert records.phrases.of("en", "meaning") == ("{term}, please?",)
    for name, text in (("prompt.txt.j2", "What?"), ("answer.txt.j2", "{{ document.text ")):
        (tmp_path / name).write_text(text)
    said = {
        "prompt_template": str(tmp_path / "prompt.txt.j2"),
        "answer_template": str(tmp_path / "answer.txt.j2"),
    }
    with pytest.raises(TemplateError, match=r"answer\.txt\.j2:1"):
        recording(TrainingConfig(task="template", **said))
    (tmp_path / "answer.txt.j2").write_text("{{ document.text }}")
    (records,) = recording(TrainingConfig(task="template", **said))
    assert isinstance(records, ToRecords)
    assert records.prompt_template is not None


def test_a_row_on_disk_has_the_columns_of_its_shape_and_without_metadata_no_others() -> None:
    alone = TrainingConfig(task="section", shape="alpaca", include_metadata=False)
    assert row_schema(alone).names == ["instruction", "input", "output"]
    assert row_schema(TrainingConfig(include_metadata=False)).names == ["text"]
    assert row_schema(TrainingConfig()).names == [
        "doc_id",
        "source",
        "text",
        "n_tokens",
        "quality_score",
        "metadata",
    ]
