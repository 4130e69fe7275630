"""From a configuration to a plan; what of it a resumed run must agree with."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest

from tore_export.config import ExportConfig, TrainingConfig
from tore_export.errors import FormatError, PreflightError, TemplateError
from tore_export.formatters.registry import FormatterRegistry
from tore_export.plan.build import batch_plan, dataset_plan, dataset_stages
from tore_export.plan.plan import Plan
from tore_export.plan.rendering import check_format_options, limits_of, options_of, render_options
from tore_export.sinks.dataset import DatasetSink
from tore_export.sinks.documents import DocumentSink


def planned(source: Path, output: str = "out", **options: Any) -> Plan:
    return dataset_plan([str(source)], output, TrainingConfig.model_validate(options))


def names(plan: Plan) -> list[str]:
    return [type(stage).__name__ for stage in plan.stages]


def test_the_pipeline_of_a_dataset(source: Path) -> None:
    assert names(planned(source)) == [
        "Normalize",
        "ScoreQuality",
        "Format",
        "CountTokens",
        "FilterQuality",
        "ToRecords",
        "Split",
    ]
    assert "FilterQuality" not in names(planned(source, enable_filtering=False))


def test_the_pipeline_of_a_batch(source: Path) -> None:
    plan = batch_plan([str(source)], "out", ["jsonl", "markdown", "jsonl"], ExportConfig())
    assert names(plan) == ["Normalize", "RenderFiles"]
    assert (plan.counted, plan.joined) == (("jsonl", "markdown"), ("manifest",))
    filtered = batch_plan([str(source)], "out", ["jsonl"], ExportConfig(), filter_quality=True)
    assert names(filtered) == ["Normalize", "ScoreQuality", "FilterQuality", "RenderFiles"]
    with pytest.raises(FormatError, match="no format is named"):
        batch_plan([str(source)], "out", [], ExportConfig())


def test_a_limit_reads_no_more_than_it_needs(source: Path) -> None:
    plan = planned(source, limit=2)
    assert sum(table.num_rows for unit in plan.units for table in plan.read(unit)) == 2 + 1


@pytest.mark.parametrize(
    ("output", "shard_format"),
    [("o.jsonl", "jsonl"), ("o.jsonl.zst", "jsonl.zst"), ("o.parquet", "parquet")],
)
def test_a_file_output_says_the_format_of_its_one_shard(
    source: Path, output: str, shard_format: str
) -> None:
    plan = planned(source, output, shard_format="jsonl")
    assert isinstance(plan.sink, DatasetSink)
    assert (plan.sink.shard_format, plan.shard_bytes) == (shard_format, None)


def test_files_whose_names_would_collide_keep_them_whole(source: Path) -> None:
    (source / "b.tore").write_text("[]")
    plan = batch_plan([str(source)], "out", ["markdown"], ExportConfig())
    assert isinstance(plan.sink, DocumentSink)
    assert plan.sink.keep_full == {"b.json", "b.tore"}
    assert plan.sink.formats == (("markdown", ".md"),)


def test_a_format_gets_the_options_it_has() -> None:
    config = ExportConfig(heading_offset=2, images="link")
    assert dict(options_of("markdown", config))["heading_offset"] == 2
    plain = dict(options_of("plaintext", config))
    assert plain["images"] == "link"
    assert plain.keys() <= set(FormatterRegistry().options("plaintext"))
    assert "flavor" not in plain
    assert render_options(config) == options_of("markdown", config)
    plain = ExportConfig(default_format="plaintext")
    assert render_options(plain) == options_of("plaintext", plain)


def test_images_and_the_html_of_tables_are_kept_where_they_will_be_written() -> None:
    plain = limits_of(ExportConfig())
    assert (plain.keep_images, plain.keep_html) == (False, False)
    assert limits_of(ExportConfig(images="embed")).keep_images
    assert limits_of(ExportConfig(markdown_flavor="unstructured")).keep_html


def test_nothing_is_normalized_for_the_flavor_that_is_byte_for_byte_anothers(source: Path) -> None:
    config = ExportConfig(markdown_flavor="unstructured")
    assert names(batch_plan([str(source)], "out", ["markdown"], config)) == ["RenderFiles"]
    assert "Normalize" not in names(planned(source, markdown_flavor="unstructured"))


def test_other_options_of_a_format_are_passed_and_unknown_ones_refused(source: Path) -> None:
    config = ExportConfig(format_options={"lines": "element"})
    assert dict(options_of("jsonl", config))["lines"] == "element"
    assert "lines" not in dict(options_of("markdown", config))
    check_format_options(["markdown", "jsonl"], config)
    with pytest.raises(FormatError, match="no format of this run has such an option, found lines"):
        batch_plan([str(source)], "out", ["markdown"], config)
    with pytest.raises(FormatError, match="no format of this run"):
        planned(source, format_options={"lines": "element"})


def test_a_template_is_part_of_the_plan_with_all_it_includes(source: Path, tmp_path: Path) -> None:
    template, part = tmp_path / "t.md", tmp_path / "part.md"
    template.write_text("{% include 'part.md' %}")
    part.write_text("one")

    def plan() -> Plan:
        config = ExportConfig(template=str(template))
        return batch_plan([str(source)], "out", ["template"], config)

    before = plan()
    assert plan().fingerprint == before.fingerprint
    assert isinstance(before.sink, DocumentSink)
    assert before.sink.formats == (("template", ".md"),)
    assert str(tmp_path) not in json.dumps(before.description)
    part.write_text("two")
    assert plan().fingerprint != before.fingerprint
    assert pickle.loads(pickle.dumps(before)).stages == before.stages


def test_a_template_with_a_fault_stops_before_anything_starts(source: Path, tmp_path: Path) -> None:
    (tmp_path / "t.md").write_text("a\n{% if %}")
    config = ExportConfig(template=str(tmp_path / "t.md"))
    with pytest.raises(TemplateError, match=r"t\.md:2"):
        batch_plan([str(source)], "out", ["template"], config)


def test_an_input_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PreflightError, match="no such file"):
        planned(tmp_path / "no")


def test_the_text_of_a_dataset_is_running_text() -> None:
    with pytest.raises(FormatError, match="writes records, not running text"):
        dataset_stages(TrainingConfig(default_format="jsonl"))
