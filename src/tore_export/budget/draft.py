"""A document on its way to its budget: what is still kept of it, what that costs, what changes save."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import compress

from tore_export.budget.measure import Measure
from tore_export.budget.structure import Structure, structure_of
from tore_export.documents.columns import Cells, ElementColumns
from tore_export.formatters.formatter import DocumentHead

__all__ = ["Change", "Content", "Draft"]

Content = tuple[str, Cells | None, str | None]
"""Text, cells and meta of an element."""


@dataclass(frozen=True, slots=True)
class Change:
    """An element is dropped (`content` is None) or gets another content; `saving` is an estimate."""

    place: int
    saving: int
    content: Content | None = None


class Draft:
    """One document, of which ever less is kept.

    `costs` estimates the tokens of each element where it stands. Estimates say what is tried; what is
    true is counted on the whole.
    """

    def __init__(self, columns: ElementColumns, head: DocumentHead, measure: Measure) -> None:
        self.columns = ElementColumns([len(columns)], *(list(own) for own in columns.lists()))
        self.head = head
        self.measure = measure
        self.planner = measure.planner(columns, head)
        pieces = self.planner.render(self.columns)
        self.visible = bytearray(map(bool, pieces))
        self.costs = measure.tokenizer.count_batch(_with_gaps(pieces))
        self.structure: Structure = structure_of(self.columns, self.visible)
        self.kept = bytearray(b"\x01") * len(columns)

    def count(self, kept: bytearray, changes: Iterable[Change] = ()) -> int:
        """Return the number of tokens that are written of what is kept, with other contents for some."""
        return self.measure.count(self.chosen(kept, changes), self.head)

    def chosen(self, kept: bytearray, changes: Iterable[Change] = ()) -> ElementColumns:
        """Return what is kept as columns, with other contents for some."""
        columns = self.columns
        contents = {c.place: c.content for c in changes if c.content is not None}
        if contents:
            columns = ElementColumns(columns.counts, *columns.lists())
            columns.texts = list(columns.texts)
            columns.cells = list(columns.cells)
            columns.metas = list(columns.metas)
            for place, (text, cells, meta) in contents.items():
                columns.texts[place] = text
                columns.cells[place] = cells
                columns.metas[place] = meta
        n_kept = kept.count(1)
        if n_kept == len(kept):
            return ElementColumns([n_kept], *columns.lists())
        chosen = ElementColumns([n_kept], *(list(compress(o, kept)) for o in columns.lists()))
        there = set(chosen.ids)
        holder, ids = self.structure.holder, columns.ids
        for at, i in enumerate(compress(range(len(kept)), kept)):
            # a parent that is gone was no container: the element stays where it lay
            if chosen.parents[at] is not None and chosen.parents[at] not in there:
                chosen.parents[at] = ids[holder[i]] if holder[i] >= 0 else None
        return chosen

    def without(self, changes: Iterable[Change]) -> bytearray:
        """Return what is kept after these changes, and after what must hold does."""
        kept = bytearray(self.kept)
        for change in changes:
            if change.content is None:
                kept[change.place] = 0
        return self.structure.settle(kept)

    def take(self, kept: bytearray, changes: Iterable[Change]) -> set[int]:
        """Keep this from now on; return the elements that changed, of those that were visible."""
        touched = {
            i
            for i, (old, new) in enumerate(zip(self.kept, kept, strict=True))
            if old and not new and self.visible[i]
        }
        columns = self.columns
        for change in changes:
            i = change.place
            if change.content is not None and kept[i]:
                touched.add(i)
                columns.texts[i], columns.cells[i], columns.metas[i] = change.content
                self.costs[i] = max(self.costs[i] - change.saving, 0)
        self.kept = kept
        return touched

    def content(self, place: int) -> Content:
        """Return what an element has now."""
        columns = self.columns
        return columns.texts[place] or "", columns.cells[place], columns.metas[place]

    def alone(self, contents: Sequence[tuple[int, Content]]) -> list[int]:
        """Return what each content of an element would cost if it stood for itself."""
        pieces = self.planner.render(self.standing_alone(contents))
        return self.measure.tokenizer.count_batch(pieces)

    def standing_alone(self, contents: Sequence[tuple[int, Content]]) -> ElementColumns:
        """Return elements with these contents, each as a document of its own."""
        columns = self.columns
        return ElementColumns(
            counts=[1] * len(contents),
            ids=[None] * len(contents),
            kinds=[columns.kinds[place] for place, _ in contents],
            texts=[content[0] for _, content in contents],
            levels=[columns.levels[place] for place, _ in contents],
            parents=[None] * len(contents),
            pages=[None] * len(contents),
            confidences=[None] * len(contents),
            cells=[content[1] for _, content in contents],
            metas=[content[2] for _, content in contents],
        )

    def savings(self, contents: Sequence[tuple[int, Content]]) -> list[Change]:
        """Return the changes to other contents that save something."""
        if not contents:
            return []
        before = self.alone([(place, self.content(place)) for place, _ in contents])
        after = self.alone(contents)
        return [
            Change(place, old - new, content)
            for (place, content), old, new in zip(contents, before, after, strict=True)
            if new < old
        ]

    def is_alone(self) -> bytearray:
        """Return for each element 1 if it is kept, visible, and nothing that is depends on it."""
        found = bytearray(k & v for k, v in zip(self.kept, self.visible, strict=True))
        for i in range(len(found)):
            above = self.structure.parent[i]
            if above >= 0 and self.kept[i] and self.visible[i]:
                found[above] = 0
        return found


def _with_gaps(pieces: list[str]) -> list[str]:
    """Return the pieces with the newlines that part them at their ends, where tokens have them."""
    found = []
    gap = ""
    for piece in reversed(pieces):
        if piece:
            body = piece.lstrip("\n")
            found.append(body + gap)
            gap = piece[: len(piece) - len(body)]
        else:
            found.append("")
    found.reverse()
    return found
