"""From a template's text to what renders: what it includes, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from jinja2 import (
    BaseLoader,
    Environment,
    Template,
    TemplateNotFound,
    TemplateSyntaxError,
    nodes,
)

from tore_export.errors import TemplateError, nearest
from tore_export.formatters.template.filters import FILTERS
from tore_export.formatters.template.sandbox import EXTENSIONS, Bounded
from tore_export.formatters.template.source import TemplateSource, outside

__all__ = ["compiled", "references"]

_NAMING = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)

_NO_FILTER = re.compile(r"No (filter|test) named '([^']*)'")


class Sources(BaseLoader):
    """Templates by name, from the data of one source."""

    def __init__(self, source: TemplateSource) -> None:
        self._source = source

    def get_source(self, environment: Any, template: str) -> tuple[str, str, Callable[[], bool]]:
        """Return a template's text."""
        if not isinstance(template, str) or outside(template):
            raise TemplateError(
                "the template includes a file outside of its folder",
                found=template,
                allowed="names within the folder of the template",
            )
        text = self._source.files.get(template)
        if text is None:
            raise TemplateNotFound(template)
        return text, template, lambda: True


def references(text: str, name: str) -> tuple[list[tuple[str, int, bool]], bool]:
    """Return the templates that a template names, and whether it makes up names while rendering.

    Each comes with the line it is named in and whether rendering fails without it.

    **Raises** TemplateError for a fault in the syntax.
    """
    try:
        found = list(_named(Environment(extensions=EXTENSIONS)._parse(text, name, name)))
    except (TemplateSyntaxError, RecursionError) as error:
        raise _faulty(error, name) from error
    return [one for one in found if one[0]], not all(one[0] for one in found)


def _named(parsed: nodes.Template) -> Iterator[tuple[str, int, bool]]:
    """Yield names, "" for one that is not known yet."""
    for node in parsed.find_all(_NAMING):
        assert isinstance(node, _NAMING)
        asked = node.template
        several = isinstance(asked, nodes.List | nodes.Tuple)
        needed = not (several or getattr(node, "ignore_missing", False))
        for one in asked.items if isinstance(asked, nodes.List | nodes.Tuple) else [asked]:
            is_name = isinstance(one, nodes.Const) and isinstance(one.value, str)
            yield getattr(one, "value", "") if is_name else "", node.lineno, needed


@lru_cache(maxsize=64)
def compiled(source: TemplateSource) -> Template:
    """Return the template ready to render; compiled once in a process.

    **Raises** TemplateError where it, or one that it names, does not compile.
    """
    environment = Bounded(Sources(source))
    todo, seen = [source.name], set()
    try:
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                environment.get_template(name)
                named = references(source.files[name], name)[0]
                todo += [other for other, _, _ in named if other in source.files]
        return environment.get_template(source.name)
    except (TemplateSyntaxError, SyntaxError, RecursionError, MemoryError, ValueError) as error:
        raise _faulty(error, name) from error


def _faulty(error: BaseException, name: str) -> TemplateError:
    if not isinstance(error, TemplateSyntaxError):
        return TemplateError("the template is nested too deep", where=name, found=error)
    where = f"{error.name or name}:{error.lineno}"
    missing = _NO_FILTER.search(error.message or "")
    if missing is None:
        return TemplateError(error.message or "not Jinja", where=where)
    sort, asked = missing.groups()
    known = list(FILTERS) if sort == "filter" else []
    return TemplateError(
        f"there is no {sort} {asked!r}",
        where=where,
        hint=nearest(asked, known) or "see docs/templates.md",
    )
