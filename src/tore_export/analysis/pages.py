"""An analysis to read: as Markdown, and as one HTML page that needs nothing beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from tore_export.analysis.result import ModelTokens, NamedElement, Suggestion, TokenAnalysis
from tore_export.analysis.words import (
    bin_name,
    cost_lines,
    counted_line,
    element_name,
    limit_line,
    model_name,
    saved_line,
)

__all__ = ["as_html", "as_markdown"]

_BAR = 24


def as_markdown(analysis: TokenAnalysis) -> str:
    """Return the analysis as a Markdown page."""
    return "\n".join(_markdown(analysis)).rstrip("\n") + "\n"


def _markdown(analysis: TokenAnalysis) -> Iterator[str]:
    yield "# Tokens"
    yield ""
    yield counted_line(analysis)
    yield ""
    for note in analysis.notes:
        yield f"- {_plain(note)}"
    if analysis.notes:
        yield ""
    for model in analysis.models:
        yield from _markdown_of_model(model)
    if analysis.suggestions:
        yield "## What would save tokens"
        yield ""
    for suggestion in analysis.suggestions:
        yield f"- {_plain(saved_line(suggestion))}"
        if suggestion.command:
            yield f"  `{suggestion.command}`"
        for example in suggestion.examples[:3]:
            yield f"  - {_plain(element_name(example))}: {_plain(_figures(suggestion, example))}"
    if analysis.suggestions:
        yield ""
    if analysis.failed:
        yield "## Not read"
        yield ""
        yield from _table(
            ["document", "why"], [[f.source, f.detail or f.rule] for f in analysis.failed], "ll"
        )


def _markdown_of_model(model: ModelTokens) -> Iterator[str]:
    yield f"## {_plain(model_name(model))}"
    yield ""
    yield from _table(
        ["total", "mean", *model.percentiles],
        [
            [
                f"{model.tokens:,}",
                f"{model.mean:,.1f}",
                *(f"{n:,}" for n in model.percentiles.values()),
            ]
        ],
        "r" * (2 + len(model.percentiles)),
    )
    yield f"- {_plain(limit_line(model))}"
    yield from (f"- {_plain(line)}" for line in cost_lines(model))
    yield ""
    most = max((one.documents for one in model.histogram), default=1) or 1
    yield from _table(
        ["tokens", "documents", ""],
        [
            [bin_name(one), f"{one.documents:,}", "█" * round(_BAR * one.documents / most)]
            for one in model.histogram
        ],
        "rrl",
    )
    if model.kinds:
        rows = [[k.kind, f"{k.elements:,}", f"{k.tokens:,}", f"{k.share:.1%}"] for k in model.kinds]
        if model.joins:
            rows.append(["joins", "", f"{model.joins:,}", ""])
        yield from _table(["kind", "elements", "tokens", "share"], rows, "lrrr")
    yield from _table(
        ["longest", "source", "tokens"],
        [[one.doc_id, one.source, f"{one.tokens:,}"] for one in model.longest],
        "llr",
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], align: str) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'|'.join('---:' if side == 'r' else '---' for side in align)}|"
    for row in rows:
        yield f"| {' | '.join(_plain(cell) for cell in row)} |"
    yield ""


def _plain(text: str) -> str:
    """Return a text that Markdown shows as it is, in one line."""
    line = " ".join(text.split())
    return "".join(f"\\{c}" if c in "\\`*_[]<>|~" else c for c in line)


def _figures(suggestion: Suggestion, example: NamedElement) -> str:
    copies = f", {example.copies:,} times" if example.copies > 1 else ""
    saves = f", saves {example.saved:,}" if suggestion.reason != "large" else ""
    return f"{example.tokens:,} tokens{copies}{saves}"


_STYLE = """
:root { color-scheme: light dark; --ink: #1c1c1a; --soft: #6b6b66; --line: #d9d8d2; --bar: #2f6f8f;
  --over: #b5482a; --page: #fcfcfa; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e7e2; --soft: #a09f98; --line: #3a3a37;
  --bar: #6fb3d2; --over: #e0805f; --page: #191918; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page);
  max-width: 60rem; margin: 2.5rem auto; padding: 0 1.2rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2.5rem;
  border-top: 1px solid var(--line); padding-top: 1rem; }
h3 { font-size: .95rem; margin: 1.4rem 0 .3rem; color: var(--soft); font-weight: 600; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: 500; color: var(--soft); }
th, td { padding: .2rem .6rem .2rem 0; border-bottom: 1px solid var(--line); vertical-align: top;
  overflow-wrap: anywhere; }
.n { text-align: right; white-space: nowrap; } .soft { color: var(--soft); }
.bar { width: 55%; } .bar i { display: block; height: .8rem; background: var(--bar); }
.bar i.over { background: var(--over); } .wide { overflow-x: auto; }
code { font-size: .85em; }
"""


def as_html(analysis: TokenAnalysis) -> str:
    """Return the analysis as one HTML page, with bars of its own and nothing to load."""
    body = "\n".join(_html(analysis))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>Tokens</title>'
        f"<style>{_STYLE}</style></head><body>\n{body}\n</body></html>\n"
    )


def _html(analysis: TokenAnalysis) -> Iterator[str]:
    yield f"<h1>Tokens</h1><p>{escape(counted_line(analysis))}</p>"
    for note in analysis.notes:
        yield f'<p class="soft">{escape(note)}</p>'
    for model in analysis.models:
        yield from _html_of_model(model)
    if analysis.suggestions:
        yield "<h2>What would save tokens</h2>"
    for suggestion in analysis.suggestions:
        yield f"<h3>{escape(saved_line(suggestion))}</h3>"
        if suggestion.command:
            yield f"<p><code>{escape(suggestion.command)}</code></p>"
        yield from _html_table(
            ["element", "", "tokens", "copies", "saved"],
            [
                [
                    element_name(one),
                    one.excerpt or "",
                    f"{one.tokens:,}",
                    f"{one.copies:,}",
                    f"{one.saved:,}",
                ]
                for one in suggestion.examples
            ],
            "llrrr",
        )
    if analysis.failed:
        yield "<h2>Not read</h2>"
        rows = [[one.source, one.detail or one.rule] for one in analysis.failed]
        yield from _html_table(["document", "why"], rows, "ll")


def _html_of_model(model: ModelTokens) -> Iterator[str]:
    yield f"<h2>{escape(model_name(model))}</h2>"
    figures = [f"{model.tokens:,}", f"{model.mean:,.1f}"]
    figures += [f"{n:,}" for n in model.percentiles.values()]
    head = ["total", "mean", *model.percentiles]
    yield from _html_table(head, [figures], "r" * len(head))
    yield "".join(f"<p>{escape(line)}</p>" for line in [limit_line(model), *cost_lines(model)])
    yield "<h3>Documents by their tokens</h3><table>"
    most = max((one.documents for one in model.histogram), default=1) or 1
    for one in model.histogram:
        over = model.context_tokens is not None and one.at_least > model.context_tokens
        yield _bar(bin_name(one), f"{one.documents:,}", one.documents / most, over=over)
    yield "</table>"
    if model.kinds:
        yield "<h3>Tokens by kind of element</h3><table>"
        for kind in model.kinds:
            yield _bar(kind.kind, f"{kind.tokens:,} · {kind.share:.1%}", kind.share)
        if model.joins:
            yield _bar("joins", f"{model.joins:,}", 0)
        yield "</table>"
    yield "<h3>Longest documents</h3>"
    rows = [[one.doc_id, one.source, f"{one.tokens:,}"] for one in model.longest]
    yield from _html_table(["document", "source", "tokens"], rows, "llr")


def _bar(name: str, figure: str, share: float, *, over: bool = False) -> str:
    mark = ' class="over"' if over else ""
    bar = f'<i{mark} style="width:{share:.2%}"></i>'
    return (
        f'<tr><td class="n">{escape(name)}</td><td class="n">{escape(figure)}</td>'
        f'<td class="bar">{bar}</td></tr>'
    )


def _html_table(head: Sequence[str], rows: Sequence[Sequence[str]], align: str) -> Iterator[str]:
    sides = [' class="n"' if side == "r" else "" for side in align]

    def row(cells: Sequence[str], tag: str) -> str:
        made = (
            f"<{tag}{side}>{escape(cell)}</{tag}>" for cell, side in zip(cells, sides, strict=True)
        )
        return f"<tr>{''.join(made)}</tr>"

    yield f'<div class="wide"><table>{row(head, "th")}'
    yield "".join(row(cells, "td") for cells in rows) + "</table></div>"
