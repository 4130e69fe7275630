"""How a formatter writes most elements, said once a kind, not once an element.

Most are a text that needs little care, with something before it and something behind it. Who has them
in columns writes those at a stroke and gives the formatter the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from tore_export.documents.columns import ElementColumns
from tore_export.formatters.care import Care
from tore_export.formatters.formatter import TextFormatter

__all__ = ["CellForm", "ColumnForm", "ColumnFormatter"]


@dataclass(frozen=True)
class CellForm:
    """How the texts of cells are written in pipe tables."""

    care: str
    """A regular expression, as those of care.py, that finds every text `write` changes."""

    write: Callable[[str], str]
    """What is done with those."""


@dataclass(frozen=True)
class ColumnForm:
    """How texts are written at a stroke, and what stands around them.

    That holds for an element without `meta`, whose text is not empty and by the `care` of its kind
    needs none or is easy, and which no other element holds. A list item is the first of a list, too, or
    like the one right before it, of the same level and parent; its lines are indented by its mark.
    """

    care: Mapping[int, Care]
    """What is to be done about the texts of a kind; those without an entry are never easy."""

    before: Callable[[int, int | None], str]
    """What stands before an element of a kind and level, other than a list item."""

    first_item: str
    """What stands before the first item of a list that lies in no other."""

    next_item: str
    """What stands before one like it; where others lie between them, `pieces` says it."""

    after: Mapping[int, str]
    """What stands behind the elements of some kinds."""

    cells: CellForm | None = None
    """Where tables without `meta` are pipe tables, how their cells are written."""


@runtime_checkable
class ColumnFormatter(TextFormatter, Protocol):
    """A formatter of running text that may have a form for whole columns."""

    @property
    def column_form(self) -> ColumnForm | None:
        """How most elements are written; None where each must be looked at."""

    def pieces(
        self, columns: ElementColumns, plain: Sequence[bool] | None = None
    ) -> tuple[list[str], dict[int, str]]:
        """Return what `render` does before newlines are taken from the first piece of a document.

        Beside it, for list items by their place, what stands before the next one if that is like it.
        """
