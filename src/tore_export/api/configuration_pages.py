"""Configuration as pages: what holds and who said it, a file to begin with, a schema for editors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from inspect import get_annotations
from typing import Any, get_args

from tore_export.api.configuration import Merged
from tore_export.config import ExportConfig, ExportOptions, TrainingConfig
from tore_export.errors import UsageError, nearest

__all__ = ["SCENARIOS", "Scenario", "as_data", "as_yaml", "first_file", "json_schema"]

COMMENTS_AT = 40


@dataclass(frozen=True)
class Scenario:
    """What a first file is made for: a command, and the keys that are set for it."""

    command: str
    promise: str
    model: type[ExportConfig]
    values: Mapping[str, Any]


SCENARIOS = {
    "training": Scenario("training", "a dataset of running text", TrainingConfig, {}),
    "pretraining": Scenario(
        "training",
        "continued pre-training: whole documents, nearly all of them to learn from",
        TrainingConfig,
        {
            "default_tokenizer": "gpt-4o",
            "splits": {"train": 0.98, "validation": 0.01, "test": 0.01},
        },
    ),
    "chunks": Scenario(
        "training",
        "records that fit a context window",
        TrainingConfig,
        {"max_tokens": 2048, "chunk_headings": True, "chunk_table_header": True},
    ),
    "instructions": Scenario(
        "training",
        "instruction tuning: a section is what its heading asks for",
        TrainingConfig,
        {"task": ["section", "question"], "shape": "messages", "max_tokens": 2048},
    ),
    "chat": Scenario(
        "training",
        "dialogues that are there already, in one shape",
        TrainingConfig,
        {"task": ["dialogue"], "shape": "messages", "enable_filtering": False},
    ),
    "cluster": Scenario(
        "training",
        "a dataset, made on a Ray cluster that runs already",
        TrainingConfig,
        {
            "engine": "ray",
            "address": "auto",
            "max_failed_share": 0.05,
            "split_strategy": "group",
            "group_by": "source",
        },
    ),
    "batch": Scenario("batch", "many documents, each to files of its own", ExportConfig, {}),
    "document": Scenario("export", "one document", ExportConfig, {}),
}
"""What `first_file` knows to begin with."""


def as_data(merged: Merged[Any]) -> dict[str, dict[str, Any]]:
    """Return key → its value and where it was said.

    >>> from tore_export.api.configuration import merge_config
    >>> as_data(merge_config(ExportConfig, environment={"TORE_EXPORT_LIMIT": "7"}))["limit"]
    {'value': 7, 'from': 'environment TORE_EXPORT_LIMIT'}
    """
    values = merged.config.model_dump(mode="json")
    return {
        key: {"value": value, "from": merged.said.get(key, "default")}
        for key, value in values.items()
    }


def as_yaml(merged: Merged[Any]) -> str:
    """Return the configuration as a YAML file, with where each value was said behind it."""
    lines = []
    for key, found in as_data(merged).items():
        line = f"{key}: {_flow(found['value'])}"
        lines.append(f"{line:{COMMENTS_AT}}  # {found['from']}\n")
    return "".join(lines)


def first_file(scenario: str) -> str:
    """Return a commented YAML file of all keys; those that the scenario does not set are defaults.

    Defaults are comments, so that a later release may better them.

    **Raises** UsageError for a scenario that is not known.

    >>> print(first_file("chunks")[:53])
    # Configuration of tore-export: records that fit a co
    """
    found = SCENARIOS.get(scenario)
    if found is None:
        raise UsageError(
            "no such scenario",
            found=repr(scenario),
            allowed=", ".join(SCENARIOS),
            hint=nearest(scenario, SCENARIOS),
        )
    return "".join(f"{line}\n" for line in _lines(found))


def _lines(scenario: Scenario) -> Iterator[str]:
    yield f"# Configuration of tore-export: {scenario.promise}."
    yield "#"
    file = "FILE" if scenario.command == "export" else "documents/ --output OUTPUT"
    yield f"#     tore-export {scenario.command} {file} --config THIS_FILE.yaml"
    yield "#"
    yield "# A key behind a # has its default; take the # away to set it. The environment"
    yield "# (TORE_EXPORT_KEY) and the command line win over this file; `tore-export config show` tells"
    yield "# what holds, and who said it."
    own = scenario.values
    for section in (c for c in reversed(scenario.model.__mro__) if issubclass(c, ExportOptions)):
        keys = [key for key in get_annotations(section) if key in scenario.model.model_fields]
        yield ""
        yield f"# --- {(section.__doc__ or '').partition(chr(10))[0]}"
        defaults = scenario.model().model_dump(mode="json")
        for key in keys:
            field = scenario.model.model_fields[key]
            allowed = [str(value) for value in get_args(field.annotation) if isinstance(value, str)]
            yield ""
            yield f"# {field.description}{': ' * bool(allowed)}{', '.join(allowed)}"
            mark = "" if key in own else "#"
            yield f"{mark}{key}: {_flow(own.get(key, defaults[key]))}"


def json_schema(model: type[ExportConfig], title: str) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a configuration file, as editors check by it."""
    schema = model.model_json_schema()
    for field in schema["properties"].values():
        field.pop("title", None)
        field.pop("gt", None)  # pydantic's own word where a bound stands beside two types
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": title}


def _flow(value: Any) -> str:
    """Return a value as YAML on one line."""
    import yaml

    text: str = yaml.safe_dump(
        value, default_flow_style=True, width=2**31, allow_unicode=True, sort_keys=False
    )
    return text.removesuffix("...\n").rstrip("\n")
