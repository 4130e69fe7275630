"""What the terminal shows of an analysis. With console.py the only user of rich."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tore_export.analysis.result import ModelTokens, NamedElement, Suggestion, TokenAnalysis
from tore_export.analysis.words import (
    bin_name,
    cost_lines,
    counted_line,
    element_name,
    limit_line,
    model_name,
    printable,
    saved_line,
)
from tore_export.cli.console import write_data

__all__ = ["print_analysis"]

_BAR = 30
_NAMED = 3
_EIGHTHS = " ▏▎▍▌▋▊▉█"


def print_analysis(analysis: TokenAnalysis) -> None:
    """Print an analysis on stdout, as tables with bars; `head` may take a part of it."""
    from rich.console import Console

    # names are shown as they are: brackets are no markup, and no line is broken in a path
    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
    with console.capture() as shown:
        _print(console, analysis)
    # a terminal that has no bars in its characters shows question marks, and the numbers
    write_data(shown.get().encode(console.encoding, errors="replace"))


def _print(console: Any, analysis: TokenAnalysis) -> None:
    console.print(counted_line(analysis))
    for note in analysis.notes:
        console.print(note)
    for model in analysis.models:
        _print_model(console, model)
    if analysis.suggestions:
        console.print("\nwhat would save tokens", style="bold")
    for suggestion in analysis.suggestions:
        _print_suggestion(console, suggestion)
    if analysis.failed:
        console.print("\nnot read", style="bold")
    for failure in analysis.failed:
        told = failure.detail or f"{failure.source}: {failure.rule}"
        told = told if told.startswith(failure.source) else f"{failure.source}: {told}"
        console.print(printable(told))
    unnamed = analysis.documents["failed"] - len(analysis.failed)
    if unnamed:
        console.print(f"and {unnamed:,} more")


def _print_model(console: Any, model: ModelTokens) -> None:
    console.print(f"\n{model_name(model)}", style="bold")
    is_one = sum(one.documents for one in model.histogram) == 1
    if is_one:
        console.print(f"{model.tokens:,} tokens")
    else:
        figures = ["total", "mean", *model.percentiles]
        table = _table(figures, "r" * len(figures))
        percentiles = (f"{n:,}" for n in model.percentiles.values())
        table.add_row(f"{model.tokens:,}", f"{model.mean:,.1f}", *percentiles)
        console.print(table)
    for line in [limit_line(model), *cost_lines(model)]:
        console.print(line)
    if model.histogram and not is_one:
        console.print()
        most = max(one.documents for one in model.histogram) or 1
        table = _table(["tokens", "documents", ""], "rrl")
        for one in model.histogram:
            table.add_row(bin_name(one), f"{one.documents:,}", _bar(one.documents / most))
        console.print(table)
    if model.kinds:
        console.print()
        table = _table(["kind", "elements", "tokens", "share", ""], "lrrrl")
        for kind in model.kinds:
            bar = _bar(kind.share)
            table.add_row(
                kind.kind, f"{kind.elements:,}", f"{kind.tokens:,}", f"{kind.share:.1%}", bar
            )
        if model.joins:
            table.add_row("joins", "", f"{model.joins:,}", "", "")
        console.print(table)
    if len(model.longest) > 1:
        console.print()
        table = _table(["longest", "", "tokens"], "llr")
        for document in model.longest:
            names = (printable(document.source), printable(document.doc_id))
            table.add_row(*names, f"{document.tokens:,}")
        console.print(table)


def _print_suggestion(console: Any, suggestion: Suggestion) -> None:
    console.print(saved_line(suggestion))
    if suggestion.command:
        console.print(f"    {suggestion.command}")
    for one in suggestion.examples[:_NAMED]:
        console.print(f"    {element_name(one)}, {_figures(suggestion, one)}")


def _figures(suggestion: Suggestion, one: NamedElement) -> str:
    copies = f", {one.copies:,} times" if one.copies > 1 else ""
    saves = "" if suggestion.reason == "large" else f", saves {one.saved:,}"
    return f"{one.tokens:,} tokens{copies}{saves}"


def _table(head: Sequence[str], align: str) -> Any:
    from rich.table import Table

    table = Table(*head, box=None, pad_edge=False, header_style="dim")
    for column, side in zip(table.columns, align, strict=True):
        column.justify = "right" if side == "r" else "left"
        column.overflow = "fold"
    return table


def _bar(share: float) -> str:
    """Return a bar in eighths of a column; what is not nothing is seen.

    >>> _bar(0.5) == "█" * 15, _bar(0.0), _bar(0.0001)
    (True, '', '▏')
    """
    eighths = round(share * _BAR * 8) or (1 if share > 0 else 0)
    whole, rest = divmod(eighths, 8)
    return "█" * whole + _EIGHTHS[rest] * bool(rest)
