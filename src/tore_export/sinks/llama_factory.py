"""dataset_info.json: the dataset as LLaMA-Factory is told of it.

An entry a split. One shard is named as a file; of several, which a file name cannot say, the folder is
named as a dataset (`script_url`) that `datasets` loads by its card. Shapes that LLaMA-Factory has no
columns for, ChatML and prompts that are messages, have no entry.

**Source** LLaMA-Factory, `data/README.md`, `src/llamafactory/data/parser.py` (keys) and `loader.py` (how
a name becomes files).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tore_export.sinks.made import Made

__all__ = ["dataset_info", "entry_name"]

_READ = (".jsonl", ".parquet")

_ROLES = {
    "role_tag": "role",
    "content_tag": "content",
    "user_tag": "user",
    "assistant_tag": "assistant",
    "observation_tag": "tool",
    "system_tag": "system",
}

_ENTRIES: Mapping[str, Mapping[str, Any]] = {
    "text": {"columns": {"prompt": "text"}},
    "alpaca": {
        "formatting": "alpaca",
        "columns": {"prompt": "instruction", "query": "input", "response": "output"},
    },
    "prompt_completion": {
        "formatting": "alpaca",
        "columns": {"prompt": "prompt", "response": "completion"},
    },
    "sharegpt": {"formatting": "sharegpt", "columns": {"messages": "conversations"}},
    "messages": {"formatting": "sharegpt", "columns": {"messages": "messages"}, "tags": _ROLES},
}


def entry_name(made: Made, split: str) -> str:
    """Return what a split is called in `dataset:`.

    >>> entry_name(Made(name="pumps"), "train"), entry_name(Made(), "test")
    ('pumps', 'tore_export_test')
    """
    name = made.name or "tore_export"
    return name if split == "train" else f"{name}_{split}"


def dataset_info(made: Made, files: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return the entries, empty for a shape that has none.

    `files` are those of each split, as seen from the folder of dataset_info.json.

    >>> dataset_info(Made(shape="sharegpt"), {"train": ["data/train-00000-of-00001.jsonl"]})
    {'tore_export': {'file_name': 'data/train-00000-of-00001.jsonl', 'formatting': 'sharegpt', \
'columns': {'messages': 'conversations'}}}
    """
    if made.shape not in _ENTRIES or made.conversational:
        return {}
    found: dict[str, Any] = {}
    for split, paths in files.items():
        where: dict[str, Any]
        if len(paths) == 1 and paths[0].endswith(_READ):
            where = {"file_name": paths[0]}
        elif all(path.startswith("data/") for path in paths):
            where = {"script_url": ".", "split": split}
        else:
            continue  # a compressed file outside of a folder with a card
        found[entry_name(made, split)] = where | dict(_ENTRIES[made.shape])
    return found
