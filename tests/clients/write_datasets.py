"""Write a dataset of each task in each shape that holds it, by the command line, and a list of them.

Beside them lies what the guide to instruction tuning writes.

    .venv/bin/python tests/clients/write_datasets.py FOLDER

The documents are the samples that the package ships and the dialogues beside this file. Where
TORE_EXPORT_CORPUS names a folder, they are the first 5,000 documents there, and the dialogues those of
../shared/corpora/sft where that is.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

from cases import GUIDES, LIST

from tore_export.cli.main import run
from tore_export.config import ShapeName, TrainingConfig
from tore_export.errors import ConfigError
from tore_export.records.tasks.registry import task_names

HERE = Path(__file__).resolve().parent
CORPUS = os.environ.get("TORE_EXPORT_CORPUS")
DIALOGUES = HERE.parents[2] / "shared" / "corpora" / "sft"
MOST_DOCUMENTS = 5_000

TEMPLATES = {
    "prompt_template": str(HERE / "prompt.txt.j2"),
    "answer_template": str(HERE / "answer.txt.j2"),
}
COMMON: dict[str, Any] = {
    "engine": "inline",
    "splits": {"train": 0.8, "validation": 0.2},
    "min_quality_score": 0.5,
}


def wanted() -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield the name, the configuration and the suffix of each dataset."""
    for task in task_names():
        for shape in get_args(ShapeName):
            for conversational in (False, True):
                form = "conversational" if conversational else shape
                options = {"task": [task], "shape": shape, "conversational": conversational}
                if task == "template":
                    options |= TEMPLATES
                yield f"{task}-{form}", options, ""
    several = {"task": ["section", "question", "table"]}
    for shape in get_args(ShapeName):
        yield f"lines-{shape}", several | {"shape": shape, "shard_format": "jsonl"}, ""
    shards = several | {"shard_size": 1_000_000 if CORPUS else 20_000}
    yield "shards-messages", shards | {"shape": "messages", "shard_format": "jsonl.zst"}, ""
    yield "shards-alpaca", shards | {"shape": "alpaca"}, ""
    yield "shards-text", shards | {"shape": "text", "shard_format": "jsonl"}, ""
    yield "system-sharegpt", several | {"shape": "sharegpt", "system_prompt": "Be brief."}, ""
    yield "system-messages", several | {"shape": "messages", "system_prompt": "Be brief."}, ""
    bare: dict[str, Any] = {"include_metadata": False, "shard_format": "jsonl"}
    for task in ("section", "dialogue"):
        yield f"bare-{task}", bare | {"task": [task], "shape": "messages"}, ""
    yield "file-messages", several | {"shape": "messages"}, ".jsonl"
    yield "file-text", {"task": ["text"], "shape": "text"}, ".parquet"
    yield "file-sharegpt", several | {"shape": "sharegpt"}, ".parquet"
    yield "file-alpaca", several | {"shape": "alpaca"}, ".jsonl"


def documents_of(options: dict[str, Any]) -> list[str]:
    if options["task"] == ["dialogue"]:
        return [str(DIALOGUES if CORPUS and DIALOGUES.is_dir() else HERE / "dialogues.jsonl")]
    return [CORPUS or str(files("tore_export") / "samples" / "documents")]


def write(name: str, options: dict[str, Any], suffix: str, folder: Path) -> dict[str, Any] | None:
    """Write a dataset and return its entry in the list; None where the shape does not hold the task."""
    config = COMMON | options | ({"limit": MOST_DOCUMENTS} if CORPUS else {})
    try:
        checked = TrainingConfig.model_validate(config)
    except ConfigError:
        return None
    told, output = folder / f"{name}.yaml", folder / f"{name}{suffix}"
    told.write_text(json.dumps(config), "utf-8")  # JSON is YAML
    command = ["training", *documents_of(options), "--config", str(told), "--output", str(output)]
    said = io.TextIOWrapper(io.BytesIO())
    with contextlib.redirect_stdout(said):
        code = run([*command, "--quiet", "--json"])
    if code not in (0, 3):
        raise SystemExit(f"{name}: exit code {code}: tore-export {' '.join(command)}")
    summary = json.loads(said.buffer.getvalue())
    records = {split: rows for split, rows in summary["records"].items() if rows}
    if not records:
        raise SystemExit(f"{name}: no record was made")
    print(f"{name:28} {sum(records.values()):7,} records", flush=True)
    return {
        "name": name,
        "tasks": options["task"],
        "form": "conversational" if checked.conversational else checked.shape,
        "shard_format": checked.shard_format,
        "include_metadata": checked.include_metadata,
        "output": str(output),
        "records": records,
    }


def write_the_guides(folder: Path) -> None:
    """Write the dataset of the guide to instruction tuning, by the command that stands there."""
    page = (HERE.parents[1] / "docs" / "guides.md").read_text("utf-8")
    shown = re.findall(r"^\$ (tore-export training .*?[^\\])$", page, re.MULTILINE | re.DOTALL)
    (command,) = [one for one in shown if "--output instructions/" in one]
    guides = folder / GUIDES
    shutil.copytree(str(files("tore_export") / "samples" / "documents"), guides / "documents")
    with contextlib.chdir(guides):
        code = run([*shlex.split(command.replace("\\\n", " "))[1:], "--quiet"])
    if code not in (0, 3):
        raise SystemExit(f"the guide: exit code {code}: {command}")


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write_the_guides(folder)
    listed, n_refused = [], 0
    for one in wanted():
        entry = write(*one, folder)
        if entry is None:
            n_refused += 1
            continue
        listed.append(entry)
        (folder / LIST).write_text(json.dumps(listed, indent=2), "utf-8")
    print(f"{len(listed)} datasets; {n_refused} tasks and shapes do not go together")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
