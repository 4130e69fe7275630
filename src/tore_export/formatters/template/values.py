"""What every value of a template keeps: what it shows, and how it is written."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from jinja2 import Undefined

from tore_export.errors import TemplateError
from tore_export.formatters.template.limits import ACTIVE

__all__ = ["Value", "names_of", "text_of"]


def names_of(words: str) -> frozenset[str]:
    """Return names that are written with spaces between them."""
    return frozenset(words.split())


class Value(ABC):
    """Something a template may look at; `public` names what it may read, `plain` is it as data."""

    __slots__ = ()

    kind_name: ClassVar[str]
    public: ClassVar[frozenset[str]]

    def __str__(self) -> str:
        return self.written("markdown")

    def __repr__(self) -> str:
        return f"<{self.kind_name}>"

    @abstractmethod
    def written(self, style: str) -> str:
        """Return it as `markdown` or as `plaintext`."""

    @abstractmethod
    def plain(self) -> dict[str, Any]:
        """Return it as plain data, for `tojson`."""


def text_of(value: Any) -> str:
    """Return how a value is written: None is nothing, a document's part is Markdown.

    **Raises** TemplateError for what has no text: functions, loops, what is not evaluated yet.
    """
    if isinstance(value, str):
        return str(value)
    if value is None:
        return ""
    if isinstance(value, int | float | Value | Undefined):
        return str(value)
    if isinstance(value, list | tuple | dict | set):
        ACTIVE.get().size(value)
        _refuse_missing(value)
        return str(value)
    raise TemplateError("this cannot be written", found=type(value).__name__)


def _refuse_missing(value: Any) -> None:
    """Let what is not there fail, also within a list."""
    stack = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, list | tuple | set):
            stack.extend(one)
        elif isinstance(one, dict):
            stack.extend(one.values())
        elif isinstance(one, Undefined):
            str(one)
