"""What the terminal shows: progress, summaries, errors. The only user of rich.

Data goes to stdout, everything here to stderr. Without a terminal progress is plain lines.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tore_export.errors import ToreExportError
from tore_export.observe.progress import OnProgress, Progress
from tore_export.results import RunSummary

if TYPE_CHECKING:
    from rich.table import Table

__all__ = [
    "interruptible",
    "print_error",
    "print_optimization",
    "print_summary",
    "progress_display",
    "write_data",
]

PLAIN_LINE_SECONDS = 5.0


def print_error(error: ToreExportError) -> None:
    """Print an error as one line."""
    print(f"error: {str(error).strip()}", file=sys.stderr)


def write_data(data: bytes) -> None:
    """Write to stdout. Who reads it may have enough before its end, as `head` does: that is no error."""
    rest = memoryview(data)
    try:
        while rest:  # without a buffer (PYTHONUNBUFFERED) a write may be a part of it
            rest = rest[sys.stdout.buffer.write(rest) :]
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # what is still buffered goes nowhere, or Python would complain at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def progress_display(*, quiet: bool = False) -> Iterator[OnProgress]:
    """Show progress while the block runs: a live line on a terminal, plain lines elsewhere."""
    if quiet:
        yield lambda progress: None
    elif sys.stderr.isatty():
        with _live() as show:
            yield show
    else:
        yield _plain()


def _plain() -> OnProgress:
    last_time, last_phase = time.monotonic(), ""

    def show(progress: Progress) -> None:
        nonlocal last_time, last_phase
        now = time.monotonic()
        is_news = progress.phase in ("start", "done") and progress.phase != last_phase
        if is_news or now - last_time >= PLAIN_LINE_SECONDS:
            last_time, last_phase = now, progress.phase
            print(f"{progress.phase}: {_told(progress)}", file=sys.stderr, flush=True)

    return show


def _told(progress: Progress) -> str:
    left = progress.seconds_left
    parts = [
        f"{progress.documents:,} documents",
        f"{progress.n_bytes / 1e6:,.1f} of {progress.total_bytes / 1e6:,.1f} MB",
        f"{progress.bytes_per_second / 1e6:.1f} MB/s",
        f"{'about ' if progress.approximate else ''}{progress.tokens:,} tokens",
        f"{progress.rejected:,} rejected",
    ]
    if left is not None and progress.phase == "documents":
        parts.append(f"{_clock(left)} left")
    return ", ".join(parts)


def _clock(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


@contextmanager
def _live() -> Iterator[OnProgress]:
    from rich.console import Console
    from rich.progress import BarColumn, SpinnerColumn, TextColumn
    from rich.progress import Progress as Bars

    columns: list[Any] = [
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        TextColumn("{task.percentage:>3.0f}%"),
        TextColumn("{task.fields[told]}"),
    ]
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("start", total=None, told="")

        def show(progress: Progress) -> None:
            bars.update(
                task,
                description=progress.phase,
                total=progress.total_bytes or None,
                completed=progress.n_bytes,
                told=_told(progress),
            )

        yield show


def print_summary(summary: RunSummary) -> None:
    """Print the account of a run."""
    from rich.console import Console
    from rich.table import Table

    # names are shown as they are: brackets are no markup, and no line is broken in a path
    console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    documents = summary.documents
    if summary.nothing_to_do:
        console.print(f"nothing to do: {summary.output} is complete")
    balance = (
        f"{documents['in']:,} documents in = {documents['kept']:,} kept"
        f" + {documents['dropped']:,} dropped + {documents['failed']:,} failed"
    )
    console.print(balance)
    if summary.reasons:
        table = Table("why", "documents", box=None, pad_edge=False, header_style="dim")
        table.columns[1].justify = "right"
        for name, count in summary.reasons.items():
            table.add_row(name, f"{count:,}")
        console.print(table)
    if summary.records:
        console.print(_written(summary))
    if summary.tokenizer is not None and summary.tokenizer.stands_in:
        console.print(f"tokens are approximate: {summary.tokenizer.stands_in}")
    if summary.shortened:
        console.print(_told_shortened(summary.shortened))
    if summary.left_out:
        rules = ", ".join(f"{rule} {n:,}" for rule, n in summary.left_out.items())
        console.print(f"{sum(summary.left_out.values()):,} samples left out: {rules}")
    if summary.warnings:
        console.print(f"{summary.warnings:,} elements could only be read as their bare text")
    if summary.report is not None:
        console.print(f"report: {summary.report}")
    rate = summary.n_bytes / 1e6 / summary.seconds if summary.seconds else 0.0
    resumed = f", {summary.resumed_units} of {summary.units} units resumed"
    console.print(
        f"{summary.output}  ({summary.seconds:.1f} s on {summary.engine}, {rate:.1f} MB/s"
        f"{resumed if summary.resumed_units and not summary.nothing_to_do else ''})"
    )


def _written(summary: RunSummary) -> Table:
    """Return what was written as a table: records by split, or files by format."""
    from rich.table import Table

    is_dataset = any(summary.tokens.values())
    heads = ("split", "records", "share", "tokens") if is_dataset else ("format", "files")
    table = Table(*heads, box=None, pad_edge=False, header_style="dim")
    for column in table.columns[1:]:
        column.justify = "right"
    total = max(sum(summary.records.values()), 1)
    for name, n in summary.records.items():
        told = (name, f"{n:,}", f"{n / total:.1%}", f"{summary.tokens.get(name, 0):,}")
        table.add_row(*told[: len(heads)])
    return table


def _told_shortened(counts: Mapping[str, int]) -> str:
    steps = ", ".join(
        f"{name} {saved:,}"
        for name, saved in counts.items()
        if saved and name not in ("documents", "before", "after")
    )
    return (
        f"{counts['documents']:,} documents shortened,"
        f" {counts['before']:,} to {counts['after']:,} tokens: {steps}"
    )


def print_optimization(optimization: Mapping[str, Any]) -> None:
    """Print what was done to bring a document within its budget, a line a step."""
    about = "about " if optimization["approximate"] else ""
    before, after = optimization["n_tokens_before"], optimization["n_tokens"]
    budget = f"{optimization['max_tokens']:,} by {optimization['tokenizer']}"
    if not optimization["steps"]:
        print(f"{about}{after:,} tokens, within {budget}: nothing was dropped", file=sys.stderr)
        return
    print(f"{about}{before:,} tokens shortened to {after:,}, within {budget}", file=sys.stderr)
    for step in optimization["steps"]:
        n_elements = step["n_elements"]
        print(
            f"  {step['name']:<12} {step['tokens_saved']:>10,} tokens saved,"
            f" {n_elements:,} element{'s' if n_elements != 1 else ''}",
            file=sys.stderr,
        )


@contextmanager
def interruptible() -> Iterator[None]:
    """Let SIGTERM end the block as Ctrl-C does: files closed, Ray down, a resumable state left."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
