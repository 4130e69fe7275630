"""An analysis as a picture: documents by their tokens, tokens by kind, and the longest documents."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from tore_export.analysis.result import ModelTokens, TokenAnalysis
from tore_export.analysis.words import cost_lines, counted_line, limit_line, model_name

__all__ = ["as_picture"]

_INK, _SOFT, _BAR, _OVER = "#1c1c1a", "#6b6b66", "#2f6f8f", "#b5482a"
_MOST_KINDS, _MOST_LONGEST, _MOST_MODELS = 10, 8, 6
_FEWEST_BINS = 6  # one document's bin is no wall
_SETTINGS = {
    "svg.hashsalt": "tore-export",  # the same analysis gives the same bytes
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "text.color": _INK,
    "text.parse_math": False,
    "axes.labelcolor": _SOFT,
    "axes.edgecolor": _SOFT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": _SOFT,
    "ytick.color": _INK,
}


def as_picture(analysis: TokenAnalysis, kind: str) -> bytes:
    """Draw the analysis, a row of three figures a model; `kind` is svg, png or pdf."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    models = analysis.models[:_MOST_MODELS]
    with rc_context(_SETTINGS):
        height = 0.5 + 4.1 * len(models)
        figure = Figure(figsize=(13, height), facecolor="white", layout="constrained")
        FigureCanvasAgg(figure)
        rows: Any = figure.subfigures(len(models), 1, squeeze=False)
        figure.suptitle(counted_line(analysis), x=0.012, ha="left", fontsize=10, color=_SOFT)
        for row, model in zip(rows[:, 0], models, strict=True):
            _draw_model(row, model)
        stream = io.BytesIO()
        figure.savefig(stream, format=kind, dpi=150, metadata=_undated(kind))
    return stream.getvalue()


def _undated(kind: str) -> dict[str, None]:
    return {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind, {})


def _draw_model(row: Any, model: ModelTokens) -> None:
    told = " · ".join([f"{model.tokens:,} tokens", limit_line(model), *cost_lines(model)])
    row.suptitle(f"{model_name(model)}\n\n", x=0.012, ha="left", fontsize=12, fontweight="bold")
    row.text(0.012, 0.9, told, ha="left", va="top", fontsize=8.5, color=_SOFT)
    left, middle, right = row.subplots(1, 3, width_ratios=(5, 4, 4))
    _draw_histogram(left, model)
    kinds = model.kinds[:_MOST_KINDS]
    _draw_bars(
        middle,
        "tokens by kind of element",
        [kind.kind.replace("_", " ") for kind in kinds],
        [kind.tokens for kind in kinds],
        [f"{kind.share:.1%}" for kind in kinds],
    )
    longest = model.longest[:_MOST_LONGEST]
    _draw_bars(
        right,
        "longest documents",
        [
            _short(f"{one.source} {one.doc_id}" if _is_row(one.source) else one.source)
            for one in longest
        ],
        [one.tokens for one in longest],
        [f"{one.tokens:,}" for one in longest],
        limit=model.context_tokens,
    )


def _draw_histogram(axes: Any, model: ModelTokens) -> None:
    axes.set_title("documents by their tokens", loc="left", fontsize=9, color=_SOFT)
    bins = model.histogram
    if not bins:
        _say_nothing(axes)
        return
    limit = model.context_tokens
    # the bin that begins at the limit holds those over it, but for documents of just that many
    over = [limit is not None and one.at_least >= limit for one in bins]
    axes.bar(
        range(len(bins)),
        [one.documents for one in bins],
        width=0.92,
        color=[_OVER if is_over else _BAR for is_over in over],
    )
    # ticks stand at the bounds of the bins: a bin begins at its power of two
    bounds = [one.at_least for one in bins] + [bins[-1].below]
    axes.set_xticks([place - 0.5 for place in range(len(bounds))], map(_round, bounds))
    axes.tick_params(axis="x", labelsize=8)
    axes.set_xlim(-0.6, max(len(bins), _FEWEST_BINS) - 0.4)
    axes.set_ylabel("documents")
    axes.yaxis.get_major_locator().set_params(integer=True)
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.margins(y=0.12)
    if limit is not None:
        _draw_limit(axes, limit, bins[-1].below, _place(limit, bins))


def _place(limit: int, bins: Sequence[Any]) -> float | None:
    """Return where a number of tokens lies among bins that are powers of two; None beyond them."""
    from math import log2

    for place, one in enumerate(bins):
        if one.at_least <= limit < one.below:
            return place - 0.5 + (log2(limit / one.at_least) if one.at_least else 0.0)
    return None


def _draw_limit(axes: Any, limit: int, end: int, place: float | None) -> None:
    if place is None:
        side = "all documents fit" if limit >= end else "all are over it"
        axes.text(
            0.99,
            0.98,
            f"context {limit:,}: {side}",
            transform=axes.transAxes,
            ha="right",
            va="top",
            fontsize=8,
            color=_SOFT,
        )
        return
    axes.axvline(place, color=_OVER, linewidth=1.2, linestyle=(0, (4, 2)))
    right = place > axes.get_xlim()[1] * 0.6
    axes.annotate(
        f"context {limit:,}",
        (place, 0.99),
        xycoords=("data", "axes fraction"),
        xytext=(-4 if right else 4, 0),
        textcoords="offset points",
        ha="right" if right else "left",
        va="top",
        fontsize=8,
        color=_OVER,
    )


def _draw_bars(
    axes: Any,
    title: str,
    names: list[str],
    values: list[int],
    figures: list[str],
    limit: int | None = None,
) -> None:
    axes.set_title(title, loc="left", fontsize=9, color=_SOFT)
    if not values or not max(values):
        _say_nothing(axes)
        return
    colors = [_OVER if limit is not None and value > limit else _BAR for value in values]
    bars = axes.barh(range(len(values)), values, height=0.72, color=colors)
    axes.bar_label(bars, figures, padding=3, fontsize=8, color=_SOFT)
    axes.set_yticks(range(len(names)), names, fontsize=8)
    axes.set_ylim(max(len(names), 4) - 0.4, -0.6)
    axes.set_xlim(0, max(values) * 1.22)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(axis="y", length=0)


def _say_nothing(axes: Any) -> None:
    axes.text(0.0, 0.9, "nothing is known", transform=axes.transAxes, fontsize=8, color=_SOFT)
    axes.set_axis_off()


def _is_row(source: str) -> bool:
    return source.endswith((".jsonl", ".ndjson", ".parquet", ".gz", ".zst"))


def _short(name: str, most: int = 34) -> str:
    """Return a name that fits, its end being what tells it apart.

    >>> _short("archive/2024/reports/annual-report-of-the-mill.json", 20)
    '…rt-of-the-mill.json'
    """
    kept = "".join(c if c.isprintable() else "?" for c in name)
    return kept if len(kept) <= most else "…" + kept[-(most - 1) :]


def _round(n: int) -> str:
    """Return a power of two as it is spoken of.

    >>> _round(512), _round(2048), _round(1 << 20)
    ('512', '2k', '1M')
    """
    for size, letter in ((1 << 20, "M"), (1 << 10, "k")):
        if n >= size:
            return f"{n // size}{letter}"
    return str(n)
