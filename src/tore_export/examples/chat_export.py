"""Dialogues of several forms, brought to one.

python -m tore_export.examples.chat_export dialogues.jsonl
"""

from __future__ import annotations

import sys

from tore_export import ExportAPI, TrainingConfig

__all__ = ["main"]


def main(dialogues: str) -> None:
    """Print dialogues, whatever form they have, as lists of messages."""
    config = TrainingConfig(task=("dialogue",), shape="messages", enable_filtering=False)
    dataset = ExportAPI().export_for_training(dialogues, config)
    for split, rows in dataset.splits.items():
        for row in rows:
            print(split, [(turn["role"], turn["content"]) for turn in row["messages"]])
    print(dataset.documents, dataset.reasons)


if __name__ == "__main__":
    main(*sys.argv[1:])
