"""Formatters by name: the built-in ones, and those that other packages bring along."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from importlib import import_module
from typing import Any

from tore_export.errors import FormatError, nearest
from tore_export.formatters.formatter import Formatter

__all__ = ["ENTRY_POINTS", "FormatterRegistry"]

ENTRY_POINTS = "tore_export.formatters"
"""The entry-point group in which a package names its formatters."""

_BUILT_IN = {
    "markdown": ("tore_export.formatters.markdown", "Markdown"),
    "plaintext": ("tore_export.formatters.plaintext", "PlainText"),
    "jsonl": ("tore_export.formatters.jsonl", "JsonLines"),
    "template": ("tore_export.formatters.template.formatter", "Template"),
}


class FormatterRegistry:
    """Finds formatters by name: built-in ones, those of installed packages, and registered ones.

    A package adds its own without touching this code: an entry point of the group
    `tore_export.formatters` whose value is a frozen dataclass that is a Formatter. It is loaded when
    it is first asked for. A name that is taken already stays with the one that has it.

    >>> FormatterRegistry().get("markdown", flavor="commonmark").suffix
    '.md'
    """

    def __init__(self) -> None:
        self._registered: dict[str, Callable[..., Formatter]] = {}

    def register(self, name: str, formatter: Callable[..., Formatter]) -> None:
        """Add a formatter; `formatter(**options)` makes one. Raises FormatError if the name is taken."""
        if name in self.names():
            raise FormatError("a format of this name is there already", where=name)
        self._registered[name] = formatter

    def names(self) -> list[str]:
        """Return all names, the built-in ones first."""
        return list(dict.fromkeys([*_BUILT_IN, *self._registered, *_entry_points()]))

    def get(self, name: str, **options: Any) -> Formatter:
        """Return the formatter `name` with its options set.

        **Raises** FormatError if there is no such format, it has no such option, or the option has
        no such value; it names the nearest there is.
        """
        make = self.maker(name)
        known = [field.name for field in fields(make)] if is_dataclass(make) else list(options)
        for option in options:
            if option not in known:
                raise FormatError(
                    f"the format {name} has no such option",
                    found=option,
                    allowed=", ".join(known),
                    hint=nearest(option, known),
                )
        return make(**options)

    def options(self, name: str) -> tuple[str, ...]:
        """Return the names of the options that the formatter `name` has; none that are not fields.

        **Raises** FormatError if there is no such format.
        """
        make = self.maker(name)
        return tuple(field.name for field in fields(make)) if is_dataclass(make) else ()

    def maker(self, name: str) -> Callable[..., Formatter]:
        """Return what makes the formatter `name`: mostly its class, whose fields are its options.

        **Raises** FormatError if there is no such format, or its package cannot be loaded.
        """
        if name in _BUILT_IN:
            module, attribute = _BUILT_IN[name]
            found: Callable[..., Formatter] = getattr(import_module(module), attribute)
            return found
        if name in self._registered:
            return self._registered[name]
        points = _entry_points()
        if name not in points:
            names = self.names()
            raise FormatError(
                "unknown format",
                found=name,
                allowed=", ".join(names),
                hint=nearest(name, names),
            )
        try:
            loaded: Callable[..., Formatter] = points[name].load()
        except (ImportError, AttributeError) as error:
            raise FormatError(
                "the package that brings this format cannot be loaded",
                where=name,
                found=f"{points[name].value}: {error}",
            ) from error
        return loaded


def _entry_points() -> dict[str, Any]:
    from importlib.metadata import entry_points

    return {point.name: point for point in entry_points(group=ENTRY_POINTS)}
