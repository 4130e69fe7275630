"""The dataset card: README.md, whose YAML tells `datasets` which files and columns there are.

**Source** Hugging Face Hub, "Dataset cards" and "Manual configuration" (`configs`, `dataset_info`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from tore_export.results import RunSummary
from tore_export.sinks.card_account import account, stages
from tore_export.sinks.card_loading import loading
from tore_export.sinks.llama_factory import dataset_info
from tore_export.sinks.made import Made
from tore_export.sinks.origins import Origins
from tore_export.storage.files import delete, join, stat, write_bytes
from tore_export.storage.layout import Layout

__all__ = ["features_of", "render_card", "write_card"]

_LICENCE = re.compile(r"[a-z0-9][a-z0-9.\-]*")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_MOST_LANGUAGES = 20


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
    layout: Layout,
    schema: pa.Schema,
    summary: RunSummary,
    description: Mapping[str, Any],
    made: Made | None = None,
    origins: Origins | None = None,
) -> str:
    """Return the card's text. It holds no time, host or path of the machine it was made on."""
    import yaml

    made, origins = made or Made(), origins or Origins()
    files = _files(layout, summary)
    head = _about(made, origins) | {"tags": ["tore-export"]}
    if files and not layout.is_file:
        head |= _data(files, schema, summary)
    yaml_text = yaml.safe_dump(head, sort_keys=False, allow_unicode=True, width=100)
    lines = [f"# {made.name or 'Dataset made by tore-export'}", ""]
    lines += account(summary, made, origins, description)
    if files:
        lines += ["## Load it", "", *loading(made, files)]
    lines += [*_again(made), *stages(description)]
    return f"---\n{yaml_text}---\n\n" + "\n".join(lines)


def write_card(
    layout: Layout,
    schema: pa.Schema,
    summary: RunSummary,
    description: Mapping[str, Any],
    made: Made,
    origins: Origins,
) -> None:
    """Write the card beside the data, and dataset_info.json where LLaMA-Factory knows the shape."""
    import msgspec

    text = render_card(layout, schema, summary, description, made, origins)
    write_bytes(join(layout.root, "README.md"), text.encode())
    entries = dataset_info(made, _files(layout, summary))
    path = join(layout.root, "dataset_info.json")
    if entries:
        write_bytes(path, msgspec.json.format(msgspec.json.encode(entries), indent=2) + b"\n")
    else:
        delete(path)


def _files(layout: Layout, summary: RunSummary) -> dict[str, list[str]]:
    """Return the files of each split that has rows, as seen from the card's folder."""
    splits = [split for split, rows in summary.records.items() if rows]
    if layout.is_file:
        suffix = layout.suffix or ""
        paths = {split: layout.shard(split, 0, 1, suffix) for split in splits}
        return {split: [f"../{path.rpartition('/')[2]}"] for split, path in paths.items()}
    # by name: an earlier run may have spelled the output's path otherwise
    names = [shard.rpartition("/")[2] for shard in summary.shards]
    return {
        split: [f"data/{name}" for name in names if name.startswith(f"{split}-")]
        for split in splits
    }


def _about(made: Made, origins: Origins) -> dict[str, Any]:
    head: dict[str, Any] = {}
    if made.license is not None:
        if _LICENCE.fullmatch(made.license):
            head["license"] = made.license
        else:
            head |= {"license": "other", "license_name": made.license}
    if made.name is not None:
        head["pretty_name"] = made.name
    languages = [name for name in sorted(origins.languages) if _LANGUAGE.fullmatch(name)]
    if languages:
        head["language"] = languages[:_MOST_LANGUAGES]
    return head


def _data(files: Mapping[str, list[str]], schema: pa.Schema, summary: RunSummary) -> dict[str, Any]:
    sizes = {shard.rpartition("/")[2]: _size(shard) for shard in summary.shards}
    return {
        "configs": [
            {
                "config_name": "default",
                "data_files": [{"split": split, "path": paths} for split, paths in files.items()],
            }
        ],
        "dataset_info": {
            "config_name": "default",
            "features": features_of(schema),
            "splits": [
                {
                    "name": split,
                    "num_bytes": sum(sizes[path.rpartition("/")[2]] for path in paths),
                    "num_examples": summary.records[split],
                }
                for split, paths in files.items()
            ],
        },
    }


def _size(shard: str) -> int:
    found = stat(shard)
    return found.size if found else 0


def _again(made: Made) -> Iterator[str]:
    """Yield the command and the configuration that make the dataset again."""
    import yaml

    inputs = " ".join(made.inputs) or "INPUT"
    config = " --config dataset.yaml" if made.config else ""
    yield from ("## Make it again", "", "```bash")
    yield from (f"tore-export training {inputs}{config} --output OUTPUT", "```", "")
    if made.config:
        text = yaml.safe_dump(dict(made.config), sort_keys=False, allow_unicode=True, width=100)
        yield from (
            "with `dataset.yaml`:",
            "",
            "```yaml",
            *text.rstrip("\n").split("\n"),
            "```",
            "",
        )
