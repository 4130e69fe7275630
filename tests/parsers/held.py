"""What is held in memory, against the file that its parser saves of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tore_export import (
    ExportAPI,
    ExportWorkflow,
    FinetuningTextExporter,
    TrainingConfig,
    TrainingDataset,
)
from tore_export.api.documents import as_table

CORPORA = Path(__file__).resolve().parents[3] / "shared" / "corpora"
ABSENT = (
    "files of other projects are not beside this one; what parsers make here is read all the same"
)

OF_THE_FILE = {"doc_id", "source", "place"}
"""What tells where a document was read."""


def corpus(folder: str, pattern: str) -> list[Any]:
    """Return the files of a corpus as parameters, or one that is skipped where there are none."""
    found = sorted((CORPORA / folder).rglob(pattern))
    if not found:
        return [pytest.param(None, marks=pytest.mark.skip(reason=ABSENT))]
    return [pytest.param(path, id=path.relative_to(CORPORA).as_posix()) for path in found]


def columns_of(documents: Any) -> dict[str, Any]:
    """Return all that is read of documents, but for where."""
    table = as_table(str(documents) if isinstance(documents, Path) else documents)
    return {name: table[name].to_pylist() for name in table.column_names if name not in OF_THE_FILE}


def told(found: Any) -> Any:
    """Return a JSON value without what tells where it was read."""
    if isinstance(found, dict):
        return {name: told(value) for name, value in found.items() if name not in OF_THE_FILE}
    return [told(value) for value in found] if isinstance(found, list | tuple) else found


def answers(dataset: TrainingDataset) -> dict[str, Any]:
    """Return what is answered, with all that is told of it; how it is asked is drawn by the id."""
    return {
        split: [(row["messages"][1:], told(row["metadata"])) for row in rows]
        for split, rows in dataset.splits.items()
    }


def by_every_face(documents: Any) -> dict[str, Any]:
    """Return what each call of Python makes of one document."""
    given = str(documents) if isinstance(documents, Path) else documents
    api, exporter = ExportAPI(), FinetuningTextExporter()
    records = TrainingConfig(task=("section",), shape="messages", enable_filtering=False)
    batch = api.export_batch([given], ["markdown", "plaintext"]).results
    workflow = ExportWorkflow({"workflow": {"formats": "markdown"}}).execute([given])
    assert workflow.documents is not None
    return {
        "markdown": exporter.export_markdown(given),
        "plaintext": exporter.export_plaintext(given, line_width=40),
        "jsonl": told([json.loads(line) for line in exporter.export_jsonl(given).splitlines()]),
        "document": api.export_document(given, "markdown").content,
        "batch": [[one.content for one in of_format] for of_format in batch.values()],
        "workflow": [one.content for one in workflow.documents.results["markdown"]],
        "answers": answers(api.export_for_training(given, records)),
        "dataset": answers(exporter.export_training_dataset(given, records)),
        "tokens": told(api.get_token_analysis(given).to_dict()["models"]),
        "shortened": exporter.optimize_for_tokens(given, 30, "gpt-4o"),
        "sides": exporter.split_dataset(given, splits={"train": 0.5, "test": 0.5}),
    }
