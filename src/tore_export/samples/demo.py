"""`make demo`: the main job on the sample documents, on Ray, and what came of it."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections import Counter
from importlib.resources import as_file, files
from pathlib import Path

from tore_export.api.single import export_file
from tore_export.api.training import dataset_run
from tore_export.config import ExportConfig, TrainingConfig
from tore_export.errors import ToreExportError
from tore_export.plan.inputs import find_inputs
from tore_export.results import RunSummary
from tore_export.sources.detect import reader_of
from tore_export.sources.opened import Opened
from tore_export.sources.unit import Limits

__all__ = ["demo"]

LINE_WIDTH = 88
SEED = 5  # with so few documents not every seed fills every split
MODEL = "gpt-4o"
MAX_TOKENS = 128


def demo(output: str) -> RunSummary:
    """Make a dataset of the samples at `output` and print what happened, step by step."""
    with as_file(files("tore_export") / "samples" / "documents") as folder:
        documents = os.path.relpath(folder)
        print(
            f"$ tore-export training {documents} --engine ray \\\n"
            f"      --tokenizer {MODEL} --max-tokens {MAX_TOKENS} "
            "--chunk-headings --chunk-table-header \\\n"
            f"      --splits train=0.7,validation=0.15,test=0.15 --seed {SEED} --output {output}\n"
        )
        config = TrainingConfig(
            engine="ray",
            default_tokenizer=MODEL,
            max_tokens=MAX_TOKENS,
            chunk_headings=True,
            chunk_table_header=True,
            splits={"train": 0.7, "validation": 0.15, "test": 0.15},
            seed=SEED,
        )
        summary = dataset_run([documents], output, config, restart=True).execute()
        _print_kinds(folder)
        _print_books(summary)
        _print_splits(summary)
        print("All of it ran as one Ray Data operator:")
        print("  " + (summary.operator or "").replace("->MapBatches", "\n    ->MapBatches") + "\n")
        _print_chunks(output, "manuals/water_mill.html")
        _print_command(*("analyze", documents, "--tokenizer", MODEL), part="head -n 29")
        _print_command(
            f"{documents}/manuals/water_mill.html",
            *("--optimize-tokens", "--max-tokens", "120", "--model", MODEL),
        )
        _print_document(f"{documents}/reports/mill_scale.json", "markdown", "head -n 24")
        _print_document(f"{documents}/manuals/water_mill.html", "plaintext", "tail -n 26")
        _print_dialogues(documents, f"{output}-chat")
    print("Load them:\n")
    print(f'  datasets.load_dataset("{output}")')
    print(f'  datasets.load_dataset("{output}-chat")')
    return summary


def _print_kinds(folder: Path) -> None:
    """Print how many files each reader takes."""
    taken: Counter[str] = Counter()
    for file in find_inputs([str(folder)]):
        with Opened(file) as opened:
            taken[reader_of(opened, Limits()).name] += 1
    files = ", ".join(f"{count} {name}" for name, count in sorted(taken.items()))
    print(f"{taken.total()} files: {files}")


def _print_books(summary: RunSummary) -> None:
    n = summary.documents
    print(
        f"{n['in']} documents in = {n['kept']} kept + {n['dropped']} dropped + {n['failed']} failed"
    )
    for reason, count in summary.reasons.items():
        print(f"  {count} × {reason}")
    print(f"  each with its numbers in {summary.output}/rejects/\n")


def _print_document(path: str, output_format: str, part: str) -> None:
    """Print some of a document's lines, as the command line in a pipe does."""
    print(f"$ tore-export {path} --format {output_format} | {part}\n")
    lines = export_file(path, output_format, ExportConfig()).content.splitlines()
    n_lines = int(part.rpartition(" ")[2])
    for line in lines[:n_lines] if part.startswith("head") else lines[-n_lines:]:
        short = line if len(line) <= LINE_WIDTH else f"{line[: LINE_WIDTH - 1]}…"
        print(f"  {short}".rstrip())
    print()


def _print_chunks(output: str, source: str) -> None:
    """Print the records of one document: how much of it each is, and where it begins."""
    import pyarrow.dataset as ds

    rows = ds.dataset(f"{output}/data", format="parquet").to_table(
        filter=ds.field("source") == source
    )
    print(f"{source} became {rows.num_rows} records, none of more than {MAX_TOKENS} tokens:\n")
    for row in rows.to_pylist():
        chunk = row["metadata"]["chunk"]
        own = [line for line in row["text"].splitlines() if line.strip() and line[0] != "#"]
        place = f"{chunk['number']} of {chunk['of']}, characters {chunk['start']} to {chunk['end']}"
        print(f"  {row['n_tokens']:3} tokens  {place:36} {own[0].strip()[: LINE_WIDTH - 51]}…")
    print()


def _print_dialogues(documents: str, output: str) -> None:
    """Make a dataset of dialogues, check it, and follow one record back to its page."""
    import pyarrow.dataset as ds

    print(
        f"$ tore-export training {documents} --task section,question,table \\\n"
        f"      --shape messages --tokenizer {MODEL} --near-duplicates 0.7 --output {output}\n"
    )
    config = TrainingConfig(
        task=("section", "question", "table"),
        shape="messages",
        default_tokenizer=MODEL,
        near_duplicates=0.7,
        engine="inline",
    )
    _print_splits(dataset_run([documents], output, config, restart=True).execute())
    _print_command("validate", output)
    rows = ds.dataset(f"{output}/data", format="parquet").to_table(
        filter=ds.field("source") == "manuals/hand_pump.tore"
    )
    row = next(row for row in rows.to_pylist() if row["metadata"]["task"] == "table")
    print(f"One record of {row['source']}:\n")
    for message in row["messages"]:
        print(textwrap.indent(f"{message['role']}: {message['content']}", "  "))
    print()
    _print_command("explain", f"{row['doc_id']}#{row['metadata']['record']}", output)


def _print_command(*arguments: str, part: str = "") -> None:
    """Run the command line and print what it writes; in a pipe, some of stdout's lines."""
    said = f"$ tore-export {' '.join(arguments)}{f' | {part}' if part else ''}"
    broken = textwrap.wrap(said, LINE_WIDTH, subsequent_indent=" " * 6, break_on_hyphens=False)
    print(" \\\n".join(broken) + "\n", flush=True)
    command = [sys.executable, "-m", "tore_export", *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True, encoding="utf-8")
    lines = done.stdout.splitlines()
    lines = lines[: int(part.rpartition(" ")[2])] if part else lines + done.stderr.splitlines()
    for line in lines:
        short = line if len(line) <= LINE_WIDTH else f"{line[: LINE_WIDTH - 1]}…"
        print(f"  {short}".rstrip())
    print()


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
