"""The card says what is there, why, and how it was made; its YAML is what `datasets` reads."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml

from tore_export.config import TrainingConfig
from tore_export.records.row import disk_schema
from tore_export.records.shapes.text import Text
from tore_export.results import CountedBy, LeakReport, RunSummary
from tore_export.sinks.card import features_of, render_card, write_card
from tore_export.sinks.made import Made
from tore_export.sinks.origins import Origins
from tore_export.storage.layout import Layout

SCHEMA = disk_schema(Text.schema, True)
DESCRIPTION = {"stages": {"Split": {"seed": 0, "splits": [["train", 1.0]]}}}


def summary(**changes: object) -> RunSummary:
    values: dict[str, Any] = {
        "documents": {"in": 3, "kept": 2, "dropped": 1, "failed": 0},
        "reasons": {"filter_quality.top_2_gram": 1},
        "records": {"train": 2, "test": 0},
        "tokens": {"train": 30, "test": 0},
        "output": "out",
        "engine": "inline",
        "shards": ("out/data/train-00000-of-00001.parquet", "out/rejects/rejects-0.jsonl"),
    }
    return RunSummary(**{**values, **changes})


def head(text: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(text.split("---")[1])
    return found


def test_the_yaml_names_the_files_of_each_split_that_has_rows() -> None:
    card = render_card(Layout("out"), SCHEMA, summary(), DESCRIPTION)
    assert head(card)["configs"] == [
        {
            "config_name": "default",
            "data_files": [{"split": "train", "path": ["data/train-00000-of-00001.parquet"]}],
        }
    ]
    assert head(card)["dataset_info"]["splits"] == [
        {"name": "train", "num_bytes": 0, "num_examples": 2}
    ]


def test_files_are_named_from_the_dataset_however_a_run_spelled_its_output() -> None:
    resumed = summary(shards=("/srv/out/data/train-00000-of-00001.parquet",))
    card = render_card(Layout("./out/"), SCHEMA, resumed, DESCRIPTION)
    assert head(card)["configs"][0]["data_files"] == [
        {"split": "train", "path": ["data/train-00000-of-00001.parquet"]}
    ]


def test_the_card_tells_the_books_the_reasons_and_the_stages() -> None:
    card = render_card(Layout("out"), SCHEMA, summary(), DESCRIPTION)
    assert "| 3 | 2 | 1 | 0 |" in card
    assert "`filter_quality.top_2_gram` | 1" in card
    assert "- Split: seed 0, splits ((train 1.0))" in card


def test_a_dataset_without_rows_names_no_files() -> None:
    nothing = summary(records={"train": 0}, reasons={}, shards=())
    assert head(render_card(Layout("out"), SCHEMA, nothing, DESCRIPTION)) == {
        "tags": ["tore-export"]
    }


def test_features_spell_nested_types() -> None:
    schema = pa.schema(
        [
            ("a", pa.float64()),
            ("b", pa.struct([("c", pa.bool_()), ("d", pa.list_(pa.string()))])),
            ("e", pa.list_(pa.struct([("f", pa.float32())]))),
            ("g", pa.list_(pa.list_(pa.int64()))),
        ]
    )
    assert features_of(schema) == [
        {"name": "a", "dtype": "float64"},
        {"name": "b", "struct": [{"name": "c", "dtype": "bool"}, {"name": "d", "list": "string"}]},
        {"name": "e", "list": [{"name": "f", "dtype": "float32"}]},
        {"name": "g", "list": {"list": "int64"}},
    ]


def card(**changes: object) -> str:
    """Return a card of a summary with these changes; `made`, `origins`, `description` are its own."""
    said: dict[str, Any] = {name: changes.pop(name, None) for name in ("made", "origins")}
    description = changes.pop("description", DESCRIPTION)
    assert isinstance(description, dict)
    return render_card(
        Layout("out"),
        SCHEMA,
        summary(**changes),
        description,
        **said,
    )


def test_name_licence_and_languages_are_where_the_hub_reads_them() -> None:
    origins = Origins(Counter(a=2), Counter({"de": 1, "en": 3, "not said": 1, "English": 1}))
    told = head(card(made=Made(name="Pumps", license="cc-by-4.0"), origins=origins))
    assert told["license"] == "cc-by-4.0"
    assert told["pretty_name"] == "Pumps"
    assert told["language"] == ["de", "en"]
    other = head(card(made=Made(license="Of the House")))
    assert (other["license"], other["license_name"]) == ("other", "Of the House")


def test_a_licence_that_nobody_named_is_said_to_be_that_of_the_sources() -> None:
    assert "Licence: not stated; it is that of the sources." in card()


def test_sources_are_counted_by_folder_and_their_names_are_no_markup() -> None:
    folders = Counter({f"folder-{number:02d}": 100 - number for number in range(25)})
    folders["a|b`c\n"] = 1_000
    told = card(origins=Origins(folders, Counter()))
    assert "| `a\\|b'c` | 1,000 |" in told
    assert "| `folder-00` | 100 |" in told
    assert "| 6 more | 471 |" in told
    assert "Language" not in told


def test_the_leak_check_is_told_with_what_it_looked_for() -> None:
    report = LeakReport(
        records=10,
        documents=5,
        split_documents=0,
        near_duplicates=0,
        threshold=0.7,
        groups=2,
        equal_records={"test": 3},
        is_inherited=True,
    )
    told = card(leaks=report)
    assert "| Documents | 0 |" in told
    assert "| Clusters of near-duplicates, 0.7 and more | 0 |" in told
    assert "| Groups | 2 |" in told
    assert "| Records of test that another split has, too | 3 |" in told
    assert "some may be torn already" in told
    assert "## Leaks" not in card()


def test_what_decided_the_splits_is_told() -> None:
    rules = {
        "strategy": "stratified",
        "seed": 7,
        "stratify_by": "language",
        "group_by": "folder",
        "exact_ratios": True,
        "near_duplicates": 0.8,
        "against": ["abc"],
    }
    told = card(description={"stages": {}, "splits": rules})
    assert (
        "Decided by strategy `stratified`, seed 7, groups of `folder`, strata of `language`, "
        "exact ratios, documents at least 0.8 similar on one side, documents of earlier datasets "
        "on the side they had." in told
    )


def test_what_each_split_has_is_beside_what_was_asked_for() -> None:
    rules = {"strategy": "random", "seed": 0, "splits": [["train", 0.9], ["test", 0.1]]}
    records = {"train": 1_916, "test": 84, "validation": 0}
    told = card(description={"stages": {}, "splits": rules}, records=records)
    assert "| train | 1,916 | 95.8% | 90.0% |" in told
    assert "| test | 84 | 4.2% | 10.0% |" in told
    assert "| validation |" not in told


@pytest.mark.parametrize(
    ("changes", "is_said"),
    [({}, True), ({"exact_ratios": True}, False), ({"strategy": "balanced"}, False)],
)
def test_that_a_hash_gives_shares_on_the_average_only_is_said(
    changes: dict[str, object], is_said: bool
) -> None:
    rules = {"strategy": "group", "seed": 0, "splits": [["train", 1.0]]} | changes
    told = card(description={"stages": {"Split": rules}})
    assert ("`exact_ratios` comes nearer" in told) is is_said


def test_tokens_that_a_stand_in_counted_are_called_approximate() -> None:
    told = card(tokenizer=CountedBy("claude-3-opus", "cl100k_base", approximate=True))
    assert "approximate: `cl100k_base` stands in for `claude-3-opus`" in told


def test_records_without_metadata_are_not_said_to_lead_anywhere() -> None:
    assert "tore-export explain" in card()
    assert "tore-export explain" not in card(made=Made(include_metadata=False))


def test_the_command_and_the_configuration_make_the_same_again() -> None:
    config = TrainingConfig(seed=7, splits={"train": 1.0}, max_workers=3, engine="inline")
    told = card(made=Made.of(config, ["documents/", "/srv/more/"]))
    assert "tore-export training documents/ more/ --config dataset.yaml --output OUTPUT" in told
    (text,) = re.findall(r"with `dataset.yaml`:\n\n```yaml\n(.*?)```", told, re.DOTALL)
    assert TrainingConfig(**yaml.safe_load(text)) == TrainingConfig(seed=7, splits={"train": 1.0})
    assert "tore-export training INPUT --output OUTPUT" in card()


def test_what_a_stage_was_told_is_told_without_the_files_behind_it() -> None:
    options = {
        "tokenizer": {"name": "mine", "content": "sha256:1", "pattern": "`|"},
        "b": {"a": [1]},
    }
    told = card(description={"stages": {"Count": options}})
    assert "- Count: b (a (1)), tokenizer mine sha256:1" in told


def test_entries_of_a_shape_that_is_not_known_any_more_are_removed(tmp_path: Path) -> None:
    (tmp_path / "dataset_info.json").write_text("{}")
    schema = SCHEMA
    layout = Layout(str(tmp_path))
    write_card(layout, schema, summary(), DESCRIPTION, Made(shape="chatml"), Origins())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["README.md"]
    write_card(layout, schema, summary(), DESCRIPTION, Made(), Origins())
    entries = json.loads((tmp_path / "dataset_info.json").read_text())
    assert entries["tore_export"]["file_name"] == "data/train-00000-of-00001.parquet"


def test_what_was_shortened_and_left_out_is_counted() -> None:
    shortened = {"documents": 2, "before": 90, "after": 60, "furniture": 30, "captions": 0}
    told = card(shortened=shortened, left_out={"section.too_long": 1_204})
    assert "| Documents over it | 2 |" in told
    assert "| Saved: furniture | 30 |" in told
    assert "captions" not in told
    assert "| `section.too_long` | 1,204 |" in told
