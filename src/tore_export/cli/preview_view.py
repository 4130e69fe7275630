"""What the terminal shows of a preview: the source beside what comes of it, tokens in colours.

Without a terminal it is plain text, one below the other.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import IO, Any

from tore_export.api.preview import DocumentPreview, PreviewPart, SourceElement

__all__ = ["print_preview"]

LINES_SHOWN = 40
SIDE_BY_SIDE = 80  # columns of a terminal, from which on there is room for two
TOKENS = ("black on #b5dcf7", "black on #f7e3a8")
WIDEST_LINE = 2_000


def print_preview(documents: Sequence[DocumentPreview], stream: IO[str] | None = None) -> None:
    """Print a preview on `stream`, stdout where none is given."""
    from rich.console import Console

    stream = stream or sys.stdout
    # a file gets whole lines: no width is known that they would have to be broken at
    width = None if stream.isatty() else WIDEST_LINE
    console = Console(file=stream, highlight=False, markup=False, emoji=False, width=width)
    for number, document in enumerate(documents, 1):
        if number > 1:
            console.print()
        _print_head(console, document, f"{number} of {len(documents)}")
        if console.is_terminal and console.width >= SIDE_BY_SIDE:
            _print_beside(console, document)
        else:
            _print_below(console, document)


def _print_head(console: Any, document: DocumentPreview, place: str) -> None:
    title = f"  {_clean(document.title)}" if document.title else ""
    console.print(
        f"{place}  {_clean(document.source)}  {_clean(document.doc_id)}{title}", style="bold"
    )
    console.print(", ".join(_figures(document)))
    if document.reject is not None:
        console.print(_why(document.reject), style="bold red")
    if document.left_out:
        rules = ", ".join(f"{rule} {n:,}" for rule, n in document.left_out.items())
        console.print(f"samples that would be left out: {rules}", style="yellow")


def _figures(document: DocumentPreview) -> Iterator[str]:
    yield f"{document.n_elements:,} elements"
    if document.n_tokens is not None:
        yield f"{document.n_tokens:,} tokens"
    if document.quality_score is not None:
        yield f"quality {document.quality_score:.2f}"
    if document.reject is None:
        yield f"{document.n_results:,} result{'' if document.n_results == 1 else 's'}"
        if document.split is not None:
            yield f"split {document.split}"


def _why(reject: dict[str, Any]) -> str:
    done = "would fail" if reject["failed"] else "would be dropped"
    told = f"{done} by {reject['stage']}.{reject['rule']}"
    if reject["value"] is not None:
        told += f": {reject['value']:.4g}"
    if reject["threshold"] is not None:
        told += f", threshold {reject['threshold']:g}"
    if reject["detail"]:
        told += f" ({_clean(reject['detail'])})"
    return told


def _print_beside(console: Any, document: DocumentPreview) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, expand=True, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("source", ratio=1, overflow="fold")
    table.add_column("result", ratio=1, overflow="fold")
    table.add_row("\n".join(_source_lines(document)), _results(document))
    console.print(table)


def _print_below(console: Any, document: DocumentPreview) -> None:
    console.print("--- source", style="dim")
    console.print("\n".join(_source_lines(document)))
    console.print("--- result", style="dim")
    console.print(_results(document))


def _source_lines(document: DocumentPreview) -> list[str]:
    lines: list[str] = []
    for number, element in enumerate(document.elements):
        if len(lines) >= LINES_SHOWN:
            lines.append(f"… {document.n_elements - number:,} more elements")
            return lines
        lines += _element_lines(element)
    more = document.n_elements - len(document.elements)
    return [*lines, f"… {more:,} more elements"] if more else lines


def _element_lines(element: SourceElement) -> Iterator[str]:
    depth = "" if element.level is None else f" {element.level}"
    page = "" if element.page is None else f" p.{element.page}"
    first, *rest = _clean(element.text).split("\n")
    yield f"{element.kind}{depth}{page}: {first}"
    yield from (f"  {line}" for line in rest[: LINES_SHOWN // 2])
    if len(rest) > LINES_SHOWN // 2:
        yield f"  … {len(rest) - LINES_SHOWN // 2:,} more lines"


def _results(document: DocumentPreview) -> Any:
    from rich.text import Text

    shown = Text(no_wrap=False)
    many = len(document.results) > 1
    for number, parts in enumerate(document.results, 1):
        if number > 1:
            shown.append("\n\n")
        for place, part in enumerate(parts):
            if place:
                shown.append("\n")
            if many or len(parts) > 1:
                of = f"#{number} " if many and not place else ""
                shown.append(f"{of}{part.name}\n", style="bold")
            _append_part(shown, part)
    more = document.n_results - len(document.results)
    if more > 0:
        shown.append(f"\n\n… {more:,} more results", style="dim")
    shown.rstrip()  # rich ends a text with a line end, unless it has one
    return shown


def _append_part(shown: Any, part: PreviewPart) -> None:
    """Append the first lines of a text, each token in the other colour than the one before."""
    left = LINES_SHOWN
    n_shown = 0
    for number, piece in enumerate(part.pieces or (part.text,)):
        lines = piece.split("\n")
        taken = "\n".join(lines[:left])
        shown.append(_clean(taken), style=TOKENS[number % 2] if part.pieces else "")
        n_shown += len(taken)
        left -= len(lines) - 1
        if left <= 0:
            break
    if n_shown < part.n_characters:
        shown.append(f"\n… {part.n_characters - n_shown:,} more characters", style="dim")


def _clean(text: str) -> str:
    """Return a text without what a terminal would act on; its lines stay."""
    return "".join(c if c.isprintable() or c == "\n" else "·" for c in text.expandtabs(4))
