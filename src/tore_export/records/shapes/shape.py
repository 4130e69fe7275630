"""What a shape is: the one thing to write for a new way of writing records.

A shape is a module of this package with a class like `Shape`, and a line in registry.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from tore_export.records.dialogue import Dialogue
from tore_export.records.fault import Fault

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Shape"]


class Shape(Protocol):
    """How a training record is written, checked and read."""

    @property
    def name(self) -> str:
        """What configurations and messages call it."""

    @property
    def schema(self) -> pa.Schema:
        """The columns that say what is trained on; those about it are none of a shape's."""

    def write(self, samples: pa.Table) -> tuple[pa.Table, list[Fault | None]]:
        """Return samples as rows of the shape, and of each what is wrong with it.

        A sample that the shape cannot hold without loss has a fault, and so has one of which comes a row
        that `faults` finds fault with; the row in its place is nothing to be kept.

        **Rows** 1:1, of `schema`. **Reads** columns of SAMPLE.
        """

    def faults(self, row: Mapping[str, Any]) -> Iterator[Fault]:
        """Yield what is wrong with a decoded row, whoever made it; its other columns are left alone."""

    def read(self, row: Mapping[str, Any]) -> Dialogue:
        """Return the dialogue that a row is.

        **Raises** DocumentError, by the rule of the first fault, for a row that has one, and by the rule
        `unsupported_field` where the row is well and says more than a dialogue can hold.
        """
