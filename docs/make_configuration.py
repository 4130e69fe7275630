"""Write the tables of keys in configuration.md from the models, so that there is one source of both.

    python docs/make_configuration.py            write
    python docs/make_configuration.py --check    say whether anything would change

What a key is comes from its field in config/, how it is said on the command line from the command
line itself. Only what stands between the marks is written; the rest of the page is by hand.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main
from pydantic import BaseModel

from tore_export.api.configuration import OPTION_OF_KEY
from tore_export.cli.export_cli import application
from tore_export.config import (
    BatchExportOptions,
    ExportConfig,
    ExportOptions,
    TrainingConfig,
    WorkflowConfig,
)

PAGE = Path(__file__).with_name("configuration.md")
COMMANDS = ("export", "batch", "training")  # whose options are keys; elsewhere a name may mean more
_KEY = re.compile(
    r"(?<![\w/`])([a-z]+(?:_[a-z]+)+(?:\.[a-z]+)?)(?![\w`])"
)  # names within a sentence
HEAD = "| Key | Values | Default | Command line | Meaning |\n|---|---|---|---|---|\n"
SEE = {
    "against": "splits.md",
    "batch_size": "running.md#memory",
    "chunk_min_fill": "chunks.md",
    "conversational": "training.md#shapes",
    "default_tokenizer": "tokens.md#names",
    "enable_filtering": "quality.md",
    "engine": "running.md#engines",
    "images": "markdown.md",
    "include_metadata": "output.md#columns-of-a-row",
    "markdown_flavor": "markdown.md",
    "max_document_bytes": "inputs.md#limits",
    "max_tokens": "chunks.md",
    "min_quality_score": "quality.md",
    "near_duplicates": "splits.md",
    "phrases": "training.md#the-words-that-are-added",
    "shape": "training.md#shapes",
    "split_strategy": "splits.md",
    "tables": "markdown.md",
    "task": "training.md#tasks",
    "template": "templates.md",
    "token_optimization": "budgets.md",
}
"""Where a page has more to say about a key than its field."""


def tables() -> dict[str, str]:
    """Return name → table, as it stands between its marks."""
    batch = BatchExportOptions.model_fields.keys() - ExportOptions.model_fields.keys()
    datasets = [key for key in TrainingConfig.model_fields if key not in ExportConfig.model_fields]
    return {
        "keys of every command": _table(ExportConfig, [*ExportConfig.model_fields]),
        "keys of datasets": _table(TrainingConfig, datasets),
        "keys of workflow": _table(WorkflowConfig, [*WorkflowConfig.model_fields]),
        "of batch alone": _table(BatchExportOptions, sorted(batch)),
    }


def page_with(tables: dict[str, str], page: str) -> str:
    """Return the page with each table between its marks; every pair of marks has to be there."""
    for name, table in tables.items():
        marked = re.compile(rf"(<!-- begin: {name} -->\n).*?(<!-- end: {name} -->\n)", re.DOTALL)
        if len(marked.findall(page)) != 1:
            raise SystemExit(f"{PAGE.name}: no marks, or several, of {name!r}")
        begin, end = (f"<!-- {what}: {name} -->\n" for what in ("begin", "end"))
        page = f"{page.partition(begin)[0]}{begin}{table}{end}{page.partition(end)[2]}"
    return page


def _table(model: type[BaseModel], keys: list[str]) -> str:
    properties = model.model_json_schema()["properties"]
    rows = "".join(_row(key, model, properties[key]) for key in keys)
    return f"{HEAD}{rows}"


def _row(key: str, model: type[BaseModel], schema: dict[str, Any]) -> str:
    field = model.model_fields[key]
    meaning = _KEY.sub(r"`\1`", field.description or "")
    if meaning.partition(" ")[0].isalpha():
        meaning = f"{meaning[:1].upper()}{meaning[1:]}"
    if key in SEE:
        page = SEE[key]
        meaning += f"; see [{page.partition('#')[0]}]({page})"
    default = field.get_default(call_default_factory=True)
    options = _options(key) if model is not WorkflowConfig else ""
    cells = (f"`{key}`", _values(schema), f"`{spelled(default)}`", options, f"{meaning}.")
    return "".join(f"| {cell.replace('|', chr(92) + '|')} " for cell in cells) + "|\n"


def spelled(value: object) -> str:
    """Return a default as the table spells it.

    >>> spelled({"train": 0.9, "test": 0.1}), spelled(("text",)), spelled(None)
    ('train=0.9,test=0.1', '["text"]', 'null')
    """
    if isinstance(value, BaseModel):
        value = value.model_dump(exclude_defaults=True)
    if isinstance(value, dict):
        return ",".join(f"{name}={share:g}" for name, share in value.items()) or "{}"
    if isinstance(value, tuple):
        return json.dumps(list(value))
    return value if isinstance(value, str) else json.dumps(value)


def _values(schema: dict[str, Any]) -> str:
    """Return in words what a value may be."""
    found = list(dict.fromkeys(_kinds(schema)))
    if {"a whole number", "text"} <= {*found}:
        return "a size, as `256MB`"
    if "a list" in found or "a mapping" in found:
        found = [kind for kind in found if kind != "text"]  # what the command line writes for it
    if "null" in found:
        found = [kind for kind in found if kind != "null"] + ["`null`"]
    return " or ".join(found)


def _kinds(schema: dict[str, Any]) -> Iterator[str]:
    if "anyOf" in schema:
        for one in schema["anyOf"]:
            yield from _kinds(one)
    elif "enum" in schema:
        yield ", ".join(f"`{value}`" for value in schema["enum"])
    elif "const" in schema:
        yield f"`{schema['const']}`"
    elif schema.get("type") in ("integer", "number"):
        yield _number(schema)
    else:
        kinds = {"boolean": "`true`, `false`", "string": "text", "array": "a list", "null": "null"}
        yield kinds.get(schema.get("type", ""), "a mapping")


def _number(schema: dict[str, Any]) -> str:
    """Return in words what a number may be.

    >>> _number({"type": "number", "exclusiveMinimum": 0, "maximum": 1})
    'a number above 0 and at most 1'
    """
    kind = "a whole number" if schema["type"] == "integer" else "a number"
    bounds = {"minimum": "at least", "exclusiveMinimum": "above", "maximum": "at most"}
    words = [f"{word} {schema[bound]:g}" for bound, word in bounds.items() if bound in schema]
    return " ".join((kind, " and ".join(words))).strip()


def _options(key: str) -> str:
    """Return the options that set a key, in the order in which the commands name them."""
    option = OPTION_OF_KEY.get(key, key.replace("_", "-"))
    commands: Any = vars(typer.main.get_command(application()))["commands"]
    found = [
        word
        for name in COMMANDS
        for parameter in commands[name].params
        if f"--{option}" in parameter.opts
        for word in (*parameter.opts, *parameter.secondary_opts)
        if word.startswith("--")
    ]
    return ", ".join(f"`{word}`" for word in dict.fromkeys(found))


def main() -> int:
    """Write the page, or with --check only tell whether it is up to date."""
    page = PAGE.read_text(encoding="utf-8")
    wanted = page_with(tables(), page)
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(wanted, encoding="utf-8")
    elif wanted != page:
        sys.stderr.write(
            f"{PAGE.name} is not what the code says: run python docs/{Path(__file__).name}\n"
        )
    return int("--check" in sys.argv[1:] and wanted != page)


if __name__ == "__main__":
    sys.exit(main())
