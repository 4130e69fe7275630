"""The dataset card: README.md, whose YAML tells `datasets` which files and columns there are.

**Source** Hugging Face Hub, "Dataset cards" and "Manual configuration" (`configs`, `dataset_info`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from tore_export.results import RunSummary
from tore_export.storage.files import join, stat, write_bytes
from tore_export.storage.layout import Layout

__all__ = ["features_of", "render_card", "write_card"]


def features_of(schema: pa.Schema) -> list[dict[str, Any]]:
    """Return a schema as the card's YAML spells features.

    A column that is null throughout one shard and a string in the next loads only if its type is
    said.

    >>> features_of(pa.schema([("text", pa.string()), ("pages", pa.list_(pa.int32()))]))
    [{'name': 'text', 'dtype': 'string'}, {'name': 'pages', 'list': 'int32'}]
    """
    return [{"name": field.name, **_feature(field.type)} for field in schema]


def _feature(kind: pa.DataType) -> dict[str, Any]:
    if pa.types.is_struct(kind):
        return {"struct": [{"name": f.name, **_feature(f.type)} for f in kind.fields]}
    if pa.types.is_list(kind):
        inner = _feature(kind.value_type)
        return {"list": inner.get("dtype") or inner.get("struct") or inner}
    names = {"double": "float64", "float": "float32"}
    return {"dtype": names.get(str(kind), str(kind))}


def render_card(
    layout: Layout, schema: pa.Schema, summary: RunSummary, description: Mapping[str, Any]
) -> str:
    """Return the card's text. It holds no time, host or path of the machine it was made on."""
    import yaml

    splits = [split for split, rows in summary.records.items() if rows]
    head: dict[str, Any] = {"tags": ["tore-export"]}
    if splits and not layout.is_file:
        files = {
            split: [
                # by name: an earlier run may have spelled the output's path otherwise
                f"data/{name}"
                for name in (shard.rpartition("/")[2] for shard in summary.shards)
                if name.startswith(f"{split}-")
            ]
            for split in splits
        }
        head["configs"] = [
            {
                "config_name": "default",
                "data_files": [{"split": s, "path": files[s]} for s in splits],
            }
        ]
        head["dataset_info"] = {
            "config_name": "default",
            "features": features_of(schema),
            "splits": [
                {
                    "name": split,
                    "num_bytes": sum(_size(shard) for shard in summary.shards if _of(shard, split)),
                    "num_examples": summary.records[split],
                }
                for split in splits
            ],
        }
    yaml_text = yaml.safe_dump(head, sort_keys=False, allow_unicode=True, width=100)
    return f"---\n{yaml_text}---\n\n{_body(summary, description)}"


def _of(shard: str, split: str) -> bool:
    return shard.rpartition("/")[2].startswith(f"{split}-")


def _size(shard: str) -> int:
    found = stat(shard)
    return found.size if found else 0


def _body(summary: RunSummary, description: Mapping[str, Any]) -> str:
    documents = summary.documents
    lines = [
        "# Dataset made by tore-export",
        "",
        "## Documents",
        "",
        "| in | kept | dropped | failed |",
        "|---:|---:|---:|---:|",
        f"| {documents['in']:,} | {documents['kept']:,} "
        f"| {documents['dropped']:,} | {documents['failed']:,} |",
        "",
    ]
    if summary.reasons:
        lines += ["| Why they went away | Documents |", "|---|---:|"]
        lines += [f"| `{name}` | {n:,} |" for name, n in sorted(summary.reasons.items())]
        lines += ["", "Each is a row of `rejects/`, with value and threshold.", ""]
    lines += ["## Splits", "", "| Split | Records | Tokens |", "|---|---:|---:|"]
    lines += [
        f"| {split} | {rows:,} | {summary.tokens.get(split, 0):,} |"
        for split, rows in summary.records.items()
        if rows
    ]
    if summary.tokenizer is not None and summary.tokenizer.approximate:
        by, model = summary.tokenizer.encoding, summary.tokenizer.name
        lines += ["", f"All numbers of tokens are approximate: `{by}` stands in for `{model}`."]
    if summary.shortened:
        lines += ["", "## Shortened to their budget", "", *_shortened(summary.shortened)]
    lines += ["", "## Stages", ""]
    for name, options in description["stages"].items():
        told = ", ".join(f"{key} {_told(value)}" for key, value in sorted(options.items()))
        lines.append(f"- {name}: {told}")
    return "\n".join([*lines, ""])


def _shortened(counts: Mapping[str, int]) -> list[str]:
    said = [("Documents over it", counts["documents"]), ("Tokens before", counts["before"])]
    said += [
        (f"Saved: {name}", saved)
        for name, saved in counts.items()
        if saved and name not in ("documents", "before", "after")
    ]
    said.append(("Tokens after", counts["after"]))
    return ["| | |", "|---|---:|", *(f"| {name} | {n:,} |" for name, n in said)]


def _told(value: Any) -> str:
    if isinstance(value, list):
        return "(" + " ".join(_told(item) for item in value) + ")"
    if (
        isinstance(value, dict) and "content" in value
    ):  # a tokenizer's file: its pattern would be Markdown to the card
        return f"{value['name']} {value['content']}"
    return str(value)


def write_card(
    layout: Layout, schema: pa.Schema, summary: RunSummary, description: Mapping[str, Any]
) -> None:
    """Write the card beside the data."""
    text = render_card(layout, schema, summary, description)
    write_bytes(join(layout.root, "README.md"), text.encode())
