"""`make demo`: the main job on the sample documents, on Ray, and what came of it."""

from __future__ import annotations

import os
import sys
from importlib.resources import as_file, files

from tore_export.api.single import export_file
from tore_export.api.training import dataset_run
from tore_export.config import ExportConfig, TrainingConfig
from tore_export.errors import ToreExportError
from tore_export.results import RunSummary

__all__ = ["demo"]

MARKDOWN_LINES = 20
LINE_WIDTH = 88
SEED = 5  # with so few documents not every seed fills every split


def demo(output: str) -> RunSummary:
    """Make a dataset of the samples at `output` and print what happened, step by step."""
    with as_file(files("tore_export") / "samples" / "documents") as folder:
        documents = os.path.relpath(folder)
        print(
            f"$ tore-export training {documents} --engine ray \\\n"
            f"      --splits train=0.7,validation=0.15,test=0.15 --seed {SEED} --output {output}\n"
        )
        config = TrainingConfig(
            engine="ray", splits={"train": 0.7, "validation": 0.15, "test": 0.15}, seed=SEED
        )
        summary = dataset_run([documents], output, config, restart=True).execute()
        _print_books(summary)
        _print_splits(summary)
        print("All of it ran as one Ray Data operator:")
        print("  " + (summary.operator or "").replace("->MapBatches", "\n    ->MapBatches") + "\n")
        print(f"$ tore-export {documents}/manuals/hand_pump.tore --format markdown | head\n")
        pump = export_file(f"{documents}/manuals/hand_pump.tore", "markdown", ExportConfig())
        for line in pump.content.splitlines()[:MARKDOWN_LINES]:
            short = line if len(line) <= LINE_WIDTH else f"{line[: LINE_WIDTH - 1]}…"
            print(f"  {short}".rstrip())
    print("\nLoad it:\n")
    print(f'  datasets.load_dataset("{output}")')
    return summary


def _print_books(summary: RunSummary) -> None:
    n = summary.documents
    print(
        f"{n['in']} documents in = {n['kept']} kept + {n['dropped']} dropped + {n['failed']} failed"
    )
    for reason, count in summary.reasons.items():
        print(f"  {count} × {reason}")
    print(f"  each with its numbers in {summary.output}/rejects/\n")


def _print_splits(summary: RunSummary) -> None:
    print(f"{'split':12}{'records':>8}{'tokens':>8}")
    for split, records in summary.records.items():
        print(f"{split:12}{records:8,}{summary.tokens[split]:8,}")
    print()


if __name__ == "__main__":
    try:
        demo(sys.argv[1] if len(sys.argv) > 1 else "demo-output")
    except ToreExportError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
