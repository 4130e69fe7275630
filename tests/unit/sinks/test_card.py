from __future__ import annotations

import pyarrow as pa
import yaml

from tore_export.records.shapes import text as text_shape
from tore_export.results import RunSummary
from tore_export.sinks.card import features_of, render_card
from tore_export.storage.layout import Layout

DESCRIPTION = {"stages": {"Split": {"seed": 0, "splits": [["train", 1.0]]}}}


def summary(**changes: object) -> RunSummary:
    values: dict[str, object] = {
        "documents": {"in": 3, "kept": 2, "dropped": 1, "failed": 0},
        "reasons": {"filter_quality.top_2_gram": 1},
        "records": {"train": 2, "test": 0},
        "tokens": {"train": 30, "test": 0},
        "output": "out",
        "engine": "inline",
        "shards": ("out/data/train-00000-of-00001.parquet", "out/rejects/rejects-0.jsonl"),
    }
    return RunSummary(**{**values, **changes})


def head(text: str) -> dict[str, object]:
    found: dict[str, object] = yaml.safe_load(text.split("---")[1])
    return found


def test_the_yaml_names_the_files_of_each_split_that_has_rows() -> None:
    card = render_card(Layout("out"), text_shape.schema(True), summary(), DESCRIPTION)
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
    card = render_card(Layout("./out/"), text_shape.schema(True), resumed, DESCRIPTION)
    assert head(card)["configs"][0]["data_files"] == [
        {"split": "train", "path": ["data/train-00000-of-00001.parquet"]}
    ]


def test_the_card_tells_the_books_the_reasons_and_the_stages() -> None:
    card = render_card(Layout("out"), text_shape.schema(True), summary(), DESCRIPTION)
    assert "| 3 | 2 | 1 | 0 |" in card
    assert "`filter_quality.top_2_gram` | 1" in card
    assert "- Split: seed 0, splits ((train 1.0))" in card


def test_a_dataset_without_rows_names_no_files() -> None:
    nothing = summary(records={"train": 0}, reasons={}, shards=())
    assert head(render_card(Layout("out"), text_shape.schema(True), nothing, DESCRIPTION)) == {
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
