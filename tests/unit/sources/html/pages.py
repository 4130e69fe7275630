"""Read HTML that a test writes."""

from __future__ import annotations

from tore_export.documents.columns import DocumentRows
from tore_export.documents.element import Element
from tore_export.sources.builder import Builder
from tore_export.sources.html.reader import append_page
from tore_export.sources.unit import Limits

LIMITS = Limits()


def page(body: str) -> str:
    return f"<!doctype html><body>{body}</body>"


def elements(html: str, limits: Limits = LIMITS) -> list[Element]:
    rows = DocumentRows(0)
    build = Builder(rows.elements, limits)
    append_page(html.encode(), build, limits)
    rows.elements.counts.append(len(build))
    return rows.elements.to_elements()[0]


def shown(html: str) -> list[tuple[str, str]]:
    """Return kind and text of each element."""
    return [(element.kind.name, element.text) for element in elements(html)]


def one(html: str, limits: Limits = LIMITS) -> Element:
    """Return the only element."""
    (element,) = elements(html, limits)
    return element
