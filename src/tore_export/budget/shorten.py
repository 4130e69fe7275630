"""Shorten one document: the steps in their order, each no further than needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tore_export.budget.boilerplate import boilerplate_lines, link_addresses, long_captions
from tore_export.budget.draft import Change, Draft
from tore_export.budget.fill import put_back
from tore_export.budget.importance import importance_of
from tore_export.budget.measure import Measure
from tore_export.budget.repeats import furniture, repeats
from tore_export.budget.result import OptimizationStep
from tore_export.budget.search import smallest_enough
from tore_export.budget.tables import plain_rows, simple_tables
from tore_export.documents.columns import ElementColumns
from tore_export.errors import DocumentError
from tore_export.formatters.formatter import DocumentHead

__all__ = ["Shortened", "shorten"]

_REDUCTIONS: tuple[tuple[str, Callable[[Draft], list[Change]]], ...] = (
    ("furniture", furniture),
    ("repeats", repeats),
    ("tables", simple_tables),
    ("tables", plain_rows),
    ("boilerplate", boilerplate_lines),
    ("boilerplate", link_addresses),
    ("boilerplate", long_captions),
)


@dataclass(frozen=True, slots=True)
class Shortened:
    """One document within its budget, as columns, and the steps that brought it there."""

    columns: ElementColumns
    n_tokens_before: int
    n_tokens: int
    steps: tuple[OptimizationStep, ...]


def shorten(
    columns: ElementColumns,
    head: DocumentHead,
    max_tokens: int,
    measure: Measure,
    n_tokens: int | None = None,
) -> Shortened:
    """Return the one document in `columns` within `max_tokens`; it itself where it is that already.

    `n_tokens` is what is written of it, where that is known. Within a step the change that saves most
    comes first, and as soon as it is enough no other is made.

    **Raises** DocumentError where even nothing of it is too much, as a template may have it.
    """
    before = measure.count(columns, head) if n_tokens is None else n_tokens
    if before <= max_tokens:
        return Shortened(columns, before, before, ())
    draft = Draft(columns, head, measure)
    left = before
    touched: dict[str, set[int]] = {}
    saved: dict[str, int] = {}
    for name, find in _REDUCTIONS:
        now = _reduce(draft, find(draft), left, max_tokens, touched.setdefault(name, set()))
        saved[name] = saved.get(name, 0) + left - now
        left = now
        if left <= max_tokens:
            break
    else:
        now = _least_important(draft, left, max_tokens, touched.setdefault("importance", set()))
        if now > max_tokens:
            now = _drop_all(draft, touched["importance"])
        saved["importance"] = left - now
        left = now
    if left > max_tokens:
        raise DocumentError(
            "cannot be shortened to the budget: so much is written of no element at all",
            rule="over_budget",
            where=head.source or head.doc_id,
            found=f"{left:,} tokens",
            allowed=f"{max_tokens:,}",
            hint="raise max_tokens, or shorten the template",
        )
    steps = tuple(
        OptimizationStep(name, len(touched[name]), saved[name]) for name in saved if saved[name]
    )
    chosen = draft.chosen(draft.kept)
    if not any(k & v for k, v in zip(draft.kept, draft.visible, strict=True)):
        chosen = ElementColumns([0])
    return Shortened(chosen, before, left, steps)


def _reduce(
    draft: Draft, changes: list[Change], left: int, max_tokens: int, touched: set[int]
) -> int:
    """Make as many of the changes as are needed, and return what is left."""
    if not changes:
        return left
    changes.sort(key=lambda change: (-change.saving, -change.place))

    def count(n: int) -> int:
        return draft.count(draft.without(changes[:n]), changes[:n])

    n, now = smallest_enough([c.saving for c in changes], left, max_tokens, count)
    if now >= left:
        return left
    touched |= draft.take(draft.without(changes[:n]), changes[:n])
    return now


def _least_important(draft: Draft, left: int, max_tokens: int, touched: set[int]) -> int:
    """Drop the least important elements, cut the last one, and return what is left."""
    structure, visible, kept = draft.structure, draft.visible, draft.kept
    importance = importance_of(draft.columns, structure, kept)
    order = [
        i
        for i in range(len(kept))
        if kept[i] and visible[i] and not structure.leads[i] and structure.bound[i] < 0
    ]
    # what holds others is before them in the document, and at least as important
    order.sort(key=lambda i: (importance[i], -i))

    def kept_after(n: int) -> bytearray:
        found = bytearray(kept)
        for i in order[:n]:
            found[i] = 0
        return structure.settle(found)

    n, now = smallest_enough(
        _savings(draft, order), left, max_tokens, lambda n: draft.count(kept_after(n))
    )
    found, cuts = kept_after(n), list[Change]()
    if now <= max_tokens:
        found, now, cuts = put_back(draft, found, now, max_tokens, order[:n][::-1])
    touched |= draft.take(found, cuts)
    return now


def _drop_all(draft: Draft, touched: set[int]) -> int:
    """Drop what is left, also what is seen only now that nothing else is; return what that leaves."""
    nothing = bytearray(len(draft.kept))
    touched |= draft.take(nothing, ())
    return draft.count(nothing)


def _savings(draft: Draft, order: list[int]) -> list[int]:
    """Return what each element in the order costs, with the headings and captions that go with it."""
    structure, costs = draft.structure, draft.costs
    savings = [0] * len(order)
    last = [-1] * len(draft.kept)
    for at, i in enumerate(order):
        last[i] = at
    for i, owner in enumerate(structure.bound):
        if owner >= 0:
            last[i] = last[owner]
    for i in range(len(last) - 1, -1, -1):
        above = structure.parent[i]
        if above >= 0 and last[i] > last[above]:
            last[above] = last[i]
        if last[i] >= 0 and draft.kept[i]:
            savings[last[i]] += costs[i]
    return savings
