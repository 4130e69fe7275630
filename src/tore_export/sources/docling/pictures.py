"""Pictures of docling: what stands for them in words, their address, the numbers of a chart."""

from __future__ import annotations

from typing import Any

from tore_export.sources.docling.types import DoclingItem, DoclingTable, PictureClass
from tore_export.sources.links import embeds, is_link
from tore_export.sources.unit import Limits

__all__ = ["picture_meta", "table_of_chart"]


def picture_meta(item: DoclingItem, limits: Limits) -> dict[str, Any]:
    """Return `alt`, `url` and, where it is asked for, `data` of a picture.

    The alternative text is its description, else what a classifier takes it for.

    >>> picture_meta(DoclingItem("picture", annotations=[]), Limits())
    {}
    """
    meta: dict[str, Any] = {}
    alt = _description(item) or _class_name(item)
    if alt:
        meta["alt"] = alt
    uri = item.image.uri if item.image else None
    if uri and embeds(uri):
        if limits.keep_images:
            meta["data"] = uri
    elif is_link(uri):
        meta["url"] = uri
    return meta


def table_of_chart(item: DoclingItem) -> DoclingTable | None:
    """Return the numbers a chart was drawn from, if they are known."""
    if item.meta and item.meta.tabular_chart and item.meta.tabular_chart.chart_data:
        return item.meta.tabular_chart.chart_data
    return next((said.chart_data for said in item.annotations or () if said.chart_data), None)


def _description(item: DoclingItem) -> str:
    if item.meta and item.meta.description and item.meta.description.text:
        return item.meta.description.text.strip()
    said = (said.text for said in item.annotations or () if said.kind == "description")
    return next((text.strip() for text in said if text), "")


def _class_name(item: DoclingItem) -> str:
    guesses: list[PictureClass] = []
    if item.meta and item.meta.classification:
        guesses = item.meta.classification.predictions or []
    else:
        for said in item.annotations or ():
            guesses = guesses or said.predicted_classes or []
    best = max(guesses, key=lambda guess: guess.confidence or 0, default=None)
    name = best.class_name if best else None
    return name.replace("_", " ").strip().capitalize() if name else ""
