"""What can be read and written here: readers, formats with their options, flavours, templates."""

from __future__ import annotations

from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any, Literal, get_args, get_origin, get_type_hints

from tore_export.config import FLAVORS, Flavor, Images, MergedCells, PageMarks, Tables
from tore_export.errors import FormatError
from tore_export.formatters.jsonl import CONTENT, LINES
from tore_export.formatters.registry import FormatterRegistry
from tore_export.formatters.template.source import SHIPPED
from tore_export.sources.detect import readers

__all__ = ["formats"]

_ALLOWED: dict[str, tuple[str, ...]] = {
    "content": CONTENT,
    "flavor": get_args(Flavor),
    "images": get_args(Images),
    "lines": LINES,
    "merged_cells": get_args(MergedCells),
    "page_marks": get_args(PageMarks),
    "tables": get_args(Tables),
    "template": (*SHIPPED, "FILE"),
}


def formats() -> dict[str, Any]:
    """Return all there is as plain data: `readers`, `formats`, `markdown_flavors`, `templates`.

    Installed packages' readers and formats are among them; a format that cannot be loaded is listed
    with its `error`.

    >>> [found["name"] for found in formats()["formats"]][:4]
    ['markdown', 'plaintext', 'jsonl', 'template']
    """
    registry = FormatterRegistry()
    return {
        "readers": [
            {
                "name": reader.name,
                "description": reader.description,
                "suffixes": list(reader.suffixes),
            }
            for reader in readers()
        ],
        "formats": [_format(registry, name) for name in registry.names()],
        "markdown_flavors": [
            {"name": name, "description": description} for name, description in FLAVORS.items()
        ],
        "templates": [
            {"name": name, "file": file, "description": description}
            for name, (file, description) in SHIPPED.items()
        ],
    }


def _format(registry: FormatterRegistry, name: str) -> dict[str, Any]:
    try:
        make = registry.maker(name)
    except FormatError as error:
        return {"name": name, "description": "", "suffix": "", "options": [], "error": str(error)}
    suffix = getattr(make, "suffix", "")
    return {
        "name": name,
        "description": (make.__doc__ or "").strip().split("\n")[0].rstrip("."),
        "suffix": suffix if isinstance(suffix, str) else "",
        "options": _options(make) if is_dataclass(make) else [],
    }


def _options(make: Any) -> list[dict[str, Any]]:
    hints = get_type_hints(make)
    return [
        {
            "name": option.name,
            "default": None if option.default is MISSING else option.default,
            "allowed": _allowed(option, hints[option.name]),
        }
        for option in fields(make)
    ]


def _allowed(option: Field[Any], hint: Any) -> list[str]:
    if option.name in _ALLOWED:
        return list(_ALLOWED[option.name])
    if get_origin(hint) is Literal:
        return [str(value) for value in get_args(hint)]
    if hint is bool:
        return ["true", "false"]
    kinds = [kind for kind in get_args(hint) or (hint,) if kind is not type(None)]
    return [getattr(kind, "__name__", str(kind)) for kind in kinds]
