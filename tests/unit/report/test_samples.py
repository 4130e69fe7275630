"""Samples are read back from shards and rejects: few, always the same, and as they were written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import write_jsonl
from tore_export.api.training import dataset_run
from tore_export.config import TrainingConfig
from tore_export.report import samples as module
from tore_export.report.samples import MOST_CHARACTERS, MOST_OF_RULE, Sample, samples_of
from tore_export.results import RunSummary
from tore_export.storage.layout import Layout


def made(folder: Path, name: str = "out", **options: Any) -> list[Sample]:
    documents = write_jsonl(folder / "documents" / "a.jsonl", range(120))
    config = TrainingConfig(engine="inline", **options)
    output = str(folder / name)
    return samples_of(Layout(output), dataset_run([str(documents)], output, config).execute())


def rejected(output: Path, rows: list[dict[str, object]]) -> list[Sample]:
    (output / "rejects").mkdir(parents=True)
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (output / "rejects" / "rejects-00000-of-00001.jsonl").write_text(lines, encoding="utf-8")
    empty = RunSummary({}, {}, {}, {}, str(output), "inline")
    return samples_of(Layout(str(output)), empty)


def row(number: int, rule: str, **more: object) -> dict[str, object]:
    return {
        "doc_id": f"d{number}",
        "stage": "filter_quality",
        "rule": rule,
        "failed": False,
        **more,
    }


def test_records_are_shown_as_they_were_written(run: tuple[Path, RunSummary]) -> None:
    found = [one for one in samples_of(Layout(str(run[0])), run[1]) if one.fate == "kept"]
    assert {one.group for one in found} == {split for split, n in run[1].records.items() if n}
    one = next(one for one in found if one.doc_id == "doc-00001")
    assert (one.source, one.pages) == ("a/rows.jsonl", [1, 2])
    assert [piece.name for piece in one.pieces] == ["text"]
    assert one.pieces[0].text.startswith("# Report 1\n")
    assert (one.n_tokens or 0) > 100
    assert one.score is not None


def test_documents_that_went_away_say_why(run: tuple[Path, RunSummary]) -> None:
    found = samples_of(Layout(str(run[0])), run[1])
    dropped = [one for one in found if one.fate == "dropped"]
    failed = [one for one in found if one.fate == "failed"]
    assert [one.doc_id for one in sorted(dropped, key=lambda one: one.doc_id)] == [
        "menu-0",
        "menu-1",
    ]
    assert all(one.value is not None and one.threshold is not None for one in dropped)
    assert dropped[0].pieces[0].text.lstrip("# ").startswith("buy now")
    assert [(one.source, one.pieces) for one in failed] == [("broken <i>.json", [])]
    assert failed[0].detail


@pytest.mark.parametrize("name", ["out", "out.jsonl", "out.jsonl.zst", "out.parquet"])
def test_every_form_of_output_has_samples_of_each_split(tmp_path: Path, name: str) -> None:
    found = made(tmp_path, name, splits={"train": 0.5, "test": 0.5})
    assert {one.group for one in found} == {"train", "test"}
    assert len(found) == 48
    assert len({one.doc_id for one in found}) == 48


@pytest.mark.parametrize("shard_format", ["jsonl", "jsonl.zst"])
def test_every_format_of_shards_has_samples(tmp_path: Path, shard_format: str) -> None:
    assert made(tmp_path, shard_format=shard_format, splits={"train": 1})[0].pieces[0].text


@pytest.mark.parametrize(
    ("shape", "names"),
    [
        ("messages", ["user", "assistant"]),
        ("sharegpt", ["human", "gpt"]),
        ("prompt_completion", ["prompt", "completion"]),
        ("alpaca", ["instruction", "output"]),
        ("chatml", ["text"]),
    ],
)
def test_each_part_of_a_record_is_shown_by_its_name(
    tmp_path: Path, shape: str, names: list[str]
) -> None:
    found = made(tmp_path, task=("section",), shape=shape, splits={"train": 1})
    shown = [piece.name for piece in found[0].pieces]
    assert shown == [name for name in shown if name in (*names, "input")]
    assert set(names) <= set(shown)


def test_records_without_metadata_have_samples_without_names(tmp_path: Path) -> None:
    found = made(tmp_path, include_metadata=False, splits={"train": 1})
    assert {one.doc_id for one in found} == {""}
    assert found[0].pieces[0].name == "text"


def test_of_a_large_file_a_window_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_KEPT_WINDOW", 20_000)
    found = made(tmp_path, "out.jsonl", splits={"train": 1})
    assert 0 < len(found) < 24
    assert all(one.pieces[0].text.startswith("# Report") for one in found)


def test_a_line_longer_than_the_window_is_no_sample(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_KEPT_WINDOW", 100)
    assert made(tmp_path, "out.jsonl", splits={"train": 1}) == []


def test_the_same_run_has_the_same_samples(run: tuple[Path, RunSummary], output: Path) -> None:
    assert samples_of(Layout(str(output)), run[1]) == samples_of(Layout(str(run[0])), run[1])


def test_each_rule_has_a_bounded_number_of_samples_whatever_their_order(tmp_path: Path) -> None:
    rows = [row(n, rule) for n in range(700) for rule in ("long", "short")] + [row(9, "rare")]
    found = rejected(tmp_path / "a", rows)
    by_rule = [one.group for one in found]
    assert {rule: by_rule.count(rule) for rule in set(by_rule)} == {
        "filter_quality.long": MOST_OF_RULE,
        "filter_quality.short": MOST_OF_RULE,
        "filter_quality.rare": 1,
    }
    assert rejected(tmp_path / "b", rows[::-1]) == found


def test_long_texts_are_cut_and_say_so(tmp_path: Path) -> None:
    (one,) = rejected(tmp_path, [row(1, "long", text="é" * (MOST_CHARACTERS + 5))])
    assert (len(one.pieces[0].text), one.pieces[0].left_out) == (MOST_CHARACTERS, 5)


def test_of_large_rejects_windows_all_over_them_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "READ_BYTES", 32_000)
    rows = [row(n, "first" if n < 500 else "last", text="x" * 200) for n in range(1_000)]
    found = rejected(tmp_path, rows)
    assert {one.group for one in found} == {"filter_quality.first", "filter_quality.last"}


def test_what_is_no_text_in_a_record_is_shown_as_json(tmp_path: Path) -> None:
    texts = list(module._texts({"tools": [{"name": "f"}], "n": 3, "none": None, "empty": ""}))
    assert texts == [("tools", '{"name":"f"}'), ("n", "3")]
