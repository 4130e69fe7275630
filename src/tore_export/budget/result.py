"""What became of a document that was shortened, step by step."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from tore_export.documents.element import Element

__all__ = ["STEPS", "OptimizationResult", "OptimizationStep"]

STEPS = ("furniture", "repeats", "tables", "boilerplate", "importance")
"""The steps in the order they are taken; docs/budgets.md says what each does."""


@dataclass(frozen=True, slots=True)
class OptimizationStep:
    """One step that saved something: how many elements it touched, and the tokens that saved."""

    name: str
    n_elements: int
    tokens_saved: int


@dataclass(frozen=True, slots=True)
class OptimizationResult:
    """A shortened document. The steps' savings add up to `n_tokens_before - n_tokens` exactly.

    `n_tokens` is what is written of `elements`, by `tokenizer`; `approximate` says that this stands in
    for a tokenizer that is not public. A document that was within its budget has no steps.
    """

    elements: tuple[Element, ...]
    n_tokens_before: int
    n_tokens: int
    max_tokens: int
    steps: tuple[OptimizationStep, ...]
    tokenizer: str
    approximate: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain data; the kinds of elements are numbers."""
        found = asdict(self)
        return found | {"elements": list(found["elements"]), "steps": list(found["steps"])}

    def account(self) -> dict[str, Any]:
        """Return the result as plain data, without the elements."""
        return replace(self, elements=()).to_dict() | {"elements": len(self.elements)}
