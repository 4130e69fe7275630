"""Analyses of files, folders, standard input, datasets and elements; the same on both engines."""

from __future__ import annotations

import gzip
import io
import json
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.conftest import write_jsonl
from tests.unit.cli.commands import ELEMENTS, MARKDOWN
from tore_export import ExportAPI, ExportConfig, TrainingConfig
from tore_export.analysis.prices import ModelPrice, PriceTable
from tore_export.analysis.result import TokenAnalysis
from tore_export.api import analysis as module
from tore_export.api.analysis import analyze
from tore_export.api.training import dataset_run
from tore_export.errors import (
    ConfigError,
    PreflightError,
    ResumeError,
    TokenizerError,
    TooManyFailedError,
    UsageError,
)
from tore_export.observe.progress import Progress
from tore_export.plan import units as units_module
from tore_export.tokens.ranks import load_encoding

INLINE = ExportConfig(engine="inline")


def count(text: str, encoding: str = "cl100k_base") -> int:
    return len(load_encoding(encoding).encode_ordinary(text))


def figures(found: TokenAnalysis) -> list[tuple[str, int]]:
    return [(model.model, model.tokens) for model in found.models]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    write_jsonl(tmp_path / "in" / "a.jsonl", range(30))
    write_jsonl(tmp_path / "in" / "more" / "b.jsonl", range(30, 40))
    (tmp_path / "in" / "pumps.json").write_text(json.dumps(ELEMENTS), encoding="utf-8")
    return tmp_path / "in"


def test_elements_at_hand_are_counted_as_their_markdown() -> None:
    found = ExportAPI().get_token_analysis(ELEMENTS, ["gpt-4", "gpt-4o", "cl100k_base"])
    assert ExportAPI().get_token_analysis(ELEMENTS, "gpt-4").models == found.models[:1]
    text = MARKDOWN.rstrip("\n")
    assert figures(found) == [
        ("gpt-4", count(text)),
        ("gpt-4o", count(text, "o200k_base")),
        ("cl100k_base", count(text)),
    ]
    assert found.documents == {"in": 1, "counted": 1, "failed": 0}
    assert found.models[0].input_cost is not None
    assert found.models[2].input_cost is None


def test_elements_are_counted_for_the_models_and_the_format_of_the_configuration() -> None:
    config = ExportConfig(default_tokenizer="gpt-4o", default_format="plaintext")
    found = ExportAPI(config).get_token_analysis(ELEMENTS)
    text = ExportAPI(config).export_document(ELEMENTS, "plaintext").content.rstrip("\n")
    assert figures(found) == [("gpt-4o", count(text, "o200k_base"))]
    assert found.format == "plaintext"


def test_no_elements_are_an_empty_document() -> None:
    found = ExportAPI().get_token_analysis([])
    assert (found.documents["counted"], found.empty, found.models[0].tokens) == (1, 1, 0)


def test_prices_are_a_table_or_its_file(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text("models: {gpt-4: {input_per_million: 1000000}}")
    for prices in (str(tmp_path / "p.yaml"), PriceTable({"gpt-4": ModelPrice(None, 1e6)})):
        (model,) = ExportAPI().get_token_analysis(ELEMENTS, ["gpt-4"], prices).models
        assert model.input_cost == model.tokens


def test_a_stand_in_is_called_approximate() -> None:
    (model,) = ExportAPI().get_token_analysis(ELEMENTS, ["claude-opus-4-5"]).models
    assert model.approximate
    long = [{"type": "NarrativeText", "text": "the same words again and again. " * 40}] * 2
    found = ExportAPI().get_token_analysis(long, ["claude-opus-4-5"])
    assert all(one.approximate for one in found.suggestions)
    assert re.search(r"saves [\d,]+ tokens \(approximate\)", str(found).replace("\\", ""))


def test_a_folder_a_glob_and_files_are_the_same_documents(source: Path) -> None:
    folder = analyze([str(source)], ["gpt-4"], INLINE)
    glob = analyze([f"{source}/**/*.json*"], ["gpt-4"], INLINE)
    files = [str(path) for path in sorted(source.rglob("*.json*"))]
    assert folder.documents == {"in": 41, "counted": 41, "failed": 0}
    assert figures(folder) == figures(glob) == figures(analyze(files, ["gpt-4"], INLINE))
    assert folder.models[0].kinds == glob.models[0].kinds


def test_what_is_asked_for_is_what_is_read(source: Path) -> None:
    few = INLINE.model_copy(update={"limit": 7})
    assert analyze([str(source)], ["gpt-4"], few).documents["in"] == 7
    some = INLINE.model_copy(update={"include": ("*.jsonl",), "exclude": ("more/*",)})
    assert analyze([str(source)], ["gpt-4"], some).documents["in"] == 30


def test_tables_of_any_size_and_cut_give_the_same_analysis(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = analyze([str(source)], ["gpt-4", "gpt-4o"], INLINE)
    monkeypatch.setattr(units_module, "LEAST_BYTES", 10_000)
    small = INLINE.model_copy(update={"batch_size": 3})
    assert analyze([str(source)], ["gpt-4", "gpt-4o"], small) == whole


@pytest.mark.ray
@pytest.mark.usefixtures("ray_cluster")
def test_both_engines_tell_the_same(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units_module, "LEAST_BYTES", 20_000)
    (source / "bad.json").write_bytes(b"\xff\xfe\x00 nothing of ours")
    inline = analyze([str(source)], ["gpt-4", "gpt-4o"], INLINE)
    on_ray = analyze([str(source)], ["gpt-4", "gpt-4o"], ExportConfig(engine="ray"))
    assert on_ray == inline
    assert inline.documents["failed"] == 1


def test_standard_input_may_be_any_dialect(source: Path) -> None:
    packed = gzip.compress((source / "a.jsonl").read_bytes())
    for data, n_documents in (
        (json.dumps(ELEMENTS).encode(), 1),
        ((source / "a.jsonl").read_bytes(), 30),
        (packed, 30),
        (b"<html><body><h1>Pumps</h1><p>Close it.</p></body></html>", 1),
        (b"Just a line of text.\n", 1),
    ):
        found = analyze(["-"], ["gpt-4"], INLINE, stdin=io.BytesIO(data))
        assert found.documents == {"in": n_documents, "counted": n_documents, "failed": 0}
        assert found.models[0].longest[0].source.startswith("stdin")


def test_markdown_on_standard_input_is_read_as_markdown() -> None:
    found = analyze(["-"], ["gpt-4"], INLINE, stdin=io.BytesIO(MARKDOWN.encode()))
    assert {kind.kind for kind in found.models[0].kinds} >= {"title", "list_item", "table"}
    assert found.models[0].tokens == count(MARKDOWN.rstrip("\n"))


def test_dialogues_on_standard_input_are_counted_as_trainers_read_them() -> None:
    row = {"messages": [{"role": "user", "content": "hello world"}]}
    data = json.dumps(row).encode() + b"\n" + json.dumps(row).encode()
    found = analyze(["-"], ["gpt-4"], INLINE, stdin=io.BytesIO(data))
    assert found.models[0].tokens == 2 * (3 + 1 + 2 + 3)  # message, role, content, reply


def test_nothing_on_standard_input_is_an_error() -> None:
    with pytest.raises(PreflightError, match="nothing came on standard input"):
        analyze(["-"], stdin=io.BytesIO(b""))


def test_a_dataset_tells_by_its_facts_what_counting_again_tells(
    source: Path, tmp_path: Path
) -> None:
    output = tmp_path / "dataset"
    summary = dataset_run([str(source)], str(output), TrainingConfig(engine="inline")).execute()
    facts = analyze([str(output)], ["gpt-3.5-turbo"], INLINE)
    again = analyze([str(output)], ["gpt-3.5-turbo"], INLINE, use_facts=False)
    assert facts.counted_from == "facts"
    assert again.counted_from == "text"
    assert "no text was read" in facts.notes[0]
    assert figures(facts) == figures(again) == [("gpt-3.5-turbo", sum(summary.tokens.values()))]
    assert facts.models[0].percentiles == again.models[0].percentiles
    assert facts.models[0].kinds == ()
    assert facts.documents["counted"] == again.documents["counted"] == 41


def test_facts_are_not_used_for_what_they_did_not_count(source: Path, tmp_path: Path) -> None:
    output = tmp_path / "dataset"
    dataset_run([str(source)], str(output), TrainingConfig(engine="inline")).execute()
    for tokenizers in (["gpt-4o"], ["gpt-4", "gpt-4o"]):
        assert analyze([str(output)], tokenizers, INLINE).counted_from == "text"
    # the same encoding by another name
    assert analyze([str(output)], ["gpt-4"], INLINE).counted_from == "facts"
    few = analyze([str(output)], ["gpt-4"], replace_limit(INLINE, 2))
    assert (few.documents["in"], few.counted_from) == (2, "text")


def test_a_dataset_and_other_files_are_counted_together(source: Path, tmp_path: Path) -> None:
    output = tmp_path / "dataset"
    dataset_run([str(source)], str(output), TrainingConfig(engine="inline")).execute()
    one = str(source / "pumps.json")
    found = analyze([str(output), one], ["gpt-4"], INLINE)
    assert found.counted_from == "text and facts"
    assert found.documents["in"] == 42
    tokens = [figures(analyze([path], ["gpt-4"], INLINE))[0][1] for path in (str(output), one)]
    assert figures(found) == [("gpt-4", sum(tokens))]


def test_one_file_of_a_dataset_has_facts_or_is_read(source: Path, tmp_path: Path) -> None:
    output = tmp_path / "rows.jsonl"
    config = TrainingConfig.model_validate({"engine": "inline", "splits": "train=0.5,test=0.5"})
    summary = dataset_run([str(source)], str(output), config).execute()
    train = analyze([str(output)], ["gpt-4"], INLINE)
    test = analyze([str(tmp_path / "rows.test.jsonl")], ["gpt-4"], INLINE)
    assert (train.counted_from, test.counted_from) == ("facts", "text")
    assert figures(train) == [("gpt-4", summary.tokens["train"])]
    assert figures(test) == [("gpt-4", summary.tokens["test"])]


def test_a_parquet_of_texts_is_a_document_a_row(source: Path, tmp_path: Path) -> None:
    output = tmp_path / "dataset"
    dataset_run([str(source)], str(output), TrainingConfig(engine="inline")).execute()
    (shard,) = (output / "data").glob("train-*.parquet")
    found = analyze([str(shard)], ["gpt-4"], INLINE)
    table = pq.read_table(shard)
    assert figures(found) == [("gpt-4", sum(table["n_tokens"].to_pylist()))]
    assert found.documents["in"] == table.num_rows


def test_who_could_not_be_read_is_named_and_counted(source: Path) -> None:
    (source / "bad.json").write_bytes(b"\xff\xfe\x00 nothing of ours")
    found = analyze([str(source)], ["gpt-4"], INLINE)
    assert found.documents == {"in": 42, "counted": 41, "failed": 1}
    assert [one.source for one in found.failed] == ["bad.json"]
    assert found.reasons == {found.failed[0].rule: 1}


def test_where_none_can_be_read_none_is_counted(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_bytes(b"{")
    found = analyze([str(tmp_path)], ["gpt-4"], INLINE)
    assert found.documents == {"in": 1, "counted": 0, "failed": 1}
    assert found.models[0].tokens == 0


def test_too_many_that_fail_end_it(tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text('{"elements": 3}\n' * 1_100)
    with pytest.raises(TooManyFailedError):
        analyze([str(tmp_path)], ["gpt-4"], INLINE)


def test_facts_are_kept_where_a_folder_is_named(source: Path, tmp_path: Path) -> None:
    output = tmp_path / "kept"
    first = analyze([str(source)], ["gpt-4"], INLINE, output=str(output))
    facts = pq.read_table(output / ".tore-export" / "facts")
    assert facts.num_rows == 41
    assert sum(row["cl100k_base"] for row in facts["counts"].to_pylist()) == first.models[0].tokens
    # a second time nothing is read, and the same is told
    progress = []
    again = analyze(
        [str(source)], ["gpt-4"], INLINE, output=str(output), on_progress=progress.append
    )
    assert again == first
    assert [(one.phase, one.approximate) for one in progress] == [("done", False)]
    about: list[Progress] = []
    analyze([str(source)], ["claude-opus-4", "gpt-4"], INLINE, on_progress=about.append)
    assert {one.approximate for one in about} == {True}
    with pytest.raises(ResumeError, match="begun otherwise"):
        analyze([str(source)], ["gpt-4o"], INLINE, output=str(output))
    anew = analyze([str(source)], ["gpt-4o"], INLINE, output=str(output), restart=True)
    assert anew.models[0].encoding == "o200k_base"


def test_nothing_is_left_where_none_is_named(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module.tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    analyze([str(source)], ["gpt-4"], INLINE)
    assert not list((tmp_path / "temporary").iterdir())


def test_what_is_wrong_is_told_before_anything_is_counted(source: Path, tmp_path: Path) -> None:
    with pytest.raises(PreflightError, match="no such file or folder"):
        analyze([str(tmp_path / "none")])
    with pytest.raises(TokenizerError):
        analyze([str(source)], ["gpt-nine-thousand-and-one"])
    with pytest.raises(ConfigError, match="no such price table"):
        analyze([str(source)], prices="none.yaml")
    with pytest.raises(UsageError, match="the output of an analysis is a folder"):
        analyze([str(source)], output=str(tmp_path / "a.jsonl"))
    with pytest.raises(PreflightError, match="inside the input"):
        analyze([str(source)], output=str(source / "out"))
    cluster = ExportConfig(engine="ray", address="10.0.0.1:6379")
    with pytest.raises(PreflightError, match="an analysis on a cluster needs an output"):
        analyze([str(source)], config=cluster)


def test_documents_and_training_rows_may_lie_in_one_folder(source: Path) -> None:
    before = analyze([str(source)], ["gpt-4"], INLINE)
    rows = [{"prompt": "hello", "completion": " world"}, {"prompt": "a", "completion": "b"}]
    (source / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)))
    found = analyze([str(source)], ["gpt-4"], INLINE)
    assert found.documents["in"] == before.documents["in"] + 2
    assert found.models[0].tokens == before.models[0].tokens + 3
    kinds = [(kind.kind, kind.elements, kind.tokens) for kind in found.models[0].kinds]
    documents = [(kind.kind, kind.elements, kind.tokens) for kind in before.models[0].kinds]
    assert set(kinds) == {*documents, ("unknown", 0, 3)}
    assert found.models[0].joins == before.models[0].joins == 0
    limited = replace_limit(INLINE, 1)
    assert analyze([str(source / "rows.jsonl")], ["gpt-4"], limited).documents["in"] == 1
    for limit in (1, 2, 3):
        few = replace_limit(INLINE, limit)
        assert analyze([str(source)], ["gpt-4"], few).documents["in"] == limit


def replace_limit(config: ExportConfig, limit: int) -> ExportConfig:
    return config.model_copy(update={"limit": limit})


@pytest.mark.parametrize(
    ("settings", "counted_from"),
    [
        ({"max_tokens": 128}, "text"),
        ({"max_tokens": 300, "token_optimization": True}, "facts"),
        ({"shard_format": "jsonl.zst"}, "facts"),
    ],
)
def test_rows_of_a_dataset_are_counted_whatever_was_done_to_make_them(
    settings: dict[str, object], counted_from: str, source: Path, tmp_path: Path
) -> None:
    output = tmp_path / "dataset"
    config = TrainingConfig.model_validate({"engine": "inline", **settings})
    summary = dataset_run([str(source)], str(output), config).execute()
    found = analyze([str(output)], ["gpt-4"], INLINE)
    again = analyze([str(output)], ["gpt-4"], INLINE, use_facts=False)
    assert found.counted_from == counted_from
    assert figures(found) == figures(again) == [("gpt-4", sum(summary.tokens.values()))]
    assert found.documents["counted"] == sum(summary.records.values())
