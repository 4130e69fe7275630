"""What elements are in Markdown, wherever they stand: code, tables, formulas, images, captions.

Each function writes one element as a block without indentation, "" for nothing; `markdown_elements.py`
puts it where it belongs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from tore_export.documents.schema import Kind
from tore_export.formatters.escape import escape_line, escape_text
from tore_export.formatters.formulas import formula_block, latex_of, one_line
from tore_export.formatters.speakers import speaker_of
from tore_export.formatters.table import html_table, lines_of, pipe_table, table_form

if TYPE_CHECKING:
    from tore_export.formatters.markdown_elements import MarkdownDocument

__all__ = ["WRITERS", "describe_image", "moved"]

_BACKTICKS = re.compile(r"`{3,}")
_LANGUAGE = re.compile(r"[^\s`]+")
_INFO_CARE = re.compile(r"\\(?=[!-/:-@\[-`{-~])|&(?=#?\w)")


def describe_image(text: str, meta: Mapping[str, Any]) -> str:
    """Return what stands for an image: its alternative text, else its caption, else its text."""
    return str(meta.get("alt") or meta.get("caption") or text or "")


def _code(document: MarkdownDocument, i: int, text: str, meta: Mapping[str, Any]) -> str:
    if not text or text.isspace():
        return ""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    fence = "```"
    if fence in text:
        fence = "`" * (max(map(len, _BACKTICKS.findall(text))) + 1)
    language = ""
    if meta and (word := _LANGUAGE.search(str(meta.get("language") or ""))):
        language = _INFO_CARE.sub(r"\\\g<0>", word[0])
    code = text.strip("\n")
    return f"{fence}{language}\n{code}\n{fence}"


def _table(document: MarkdownDocument, i: int, text: str, meta: Mapping[str, Any]) -> str:
    options, cells = document.options, document.columns.cells[i]
    align, rich = meta.get("align") or (), meta.get("rich") or ()
    if not cells:
        shown = document.marked(text, meta.get("spans") or ()) if text else ""
    elif not options.preserve_structure:
        shown = escape_text(lines_of(cells, options.merged_cells))
    elif _table_form(document, rich) == "html":
        shown = html_table(cells, align, rich, images=options.images)
    else:
        mark = partial(document.marked, place="cell") if rich or document.notes else None
        shown = pipe_table(cells, align, options.merged_cells, rich, mark)
    caption = _own_caption(document, Kind.TABLE, meta)
    return f"{caption}\n\n{shown}" if caption and shown else caption or shown


def _table_form(document: MarkdownDocument, rich: Sequence[Mapping[str, Any]]) -> str:
    if document.options.flavor == "commonmark" and document.options.tables == "auto":
        return "html"
    return table_form(document.options.tables, rich)


def _formula(document: MarkdownDocument, i: int, text: str, meta: Mapping[str, Any]) -> str:
    latex = latex_of(text, meta)
    if not latex:
        return ""
    within = meta.get("display") is False
    if document.options.flavor == "commonmark":
        mark = "$" if within else "$$"
        return f"{mark}{escape_text(one_line(latex))}{mark}"
    if within:
        line = one_line(latex)
        return document.marked(line, [{"start": 0, "end": len(line), "kind": "math"}])
    if "$$" in latex:
        return _code(document, i, latex, {"language": "math"})
    return formula_block(latex, apart=document.options.flavor == "academic")


def _image(document: MarkdownDocument, i: int, text: str, meta: Mapping[str, Any]) -> str:
    images = document.options.images
    if images == "skip":
        return ""
    words = describe_image(text, meta)
    url = str(meta.get("url") or "")
    if url.startswith("data:"):
        url = ""
    if images == "embed":
        url = str(meta.get("data") or "") or url
    numbered = document.options.flavor == "academic"
    caption = _own_caption(document, Kind.IMAGE, meta) if numbered else ""
    if url and images in ("link", "embed"):
        title = meta.get("caption") if meta.get("alt") and not caption else None
        shown = _linked_image(document, words, url, str(title or ""))
    elif caption and words == meta.get("caption"):
        shown = ""
    else:
        shown = escape_text(words)
    return f"{shown}\n\n{caption}" if caption and shown else caption or shown


def _linked_image(document: MarkdownDocument, words: str, url: str, title: str) -> str:
    whole = {"start": 0, "end": len(words), "kind": "image", "url": url, "title": title}
    if not url.startswith("data:"):
        return document.marked(words, [whole], "line")
    # an image by its address cannot have such a one
    shown = document.marked(words, [{**whole, "url": "data"}], "line")
    return shown.replace("](data", f"]({''.join(url.split())}")


def _caption(document: MarkdownDocument, i: int, text: str, meta: Mapping[str, Any]) -> str:
    label = ""
    if document.options.flavor == "academic":
        label = document.numbers().label_of_element(i, document.columns.parents[i], text)
    return _labelled(document, label, text, meta.get("spans") or ())


def _own_caption(document: MarkdownDocument, kind: int, meta: Mapping[str, Any]) -> str:
    caption = str(meta.get("caption") or "")
    label = ""
    if document.options.flavor == "academic":
        label = document.numbers().label(kind, caption)
    return _labelled(document, label, caption, ())


def _labelled(document: MarkdownDocument, label: str, text: str, spans: Sequence[Any]) -> str:
    if not text.strip():
        return ""
    if not label:
        return document.marked(text, spans) if spans or document.notes else escape_text(text)
    strong = {"start": 0, "end": len(label), "kind": "strong"}
    return document.marked(f"{label} {text}", [strong, *moved(spans, -len(label) - 1)])


def _key_value(document: MarkdownDocument, i: int, text: str, meta: Mapping[str, Any]) -> str:
    spans = meta.get("spans") or ()
    pairs = meta.get("pairs") or ()
    if spans or not pairs or not document.options.preserve_structure:
        return document.marked(text, spans) if spans else document.text(text, None)
    words: list[str] = []
    spans, size = [], 0
    for pair in pairs:
        key, value = (" ".join(str(part).split()) for part in pair)
        line = f"{key}: {value}".rstrip() if key else value
        if not line:
            continue
        if words:
            spans.append({"start": size - 1, "end": size, "kind": "break"})
        if key:
            spans.append({"start": size, "end": size + len(key) + 1, "kind": "strong"})
        words.append(line)
        size += len(line) + 1
    return document.marked("\n".join(words), spans)


def _term(document: MarkdownDocument, i: int, text: str, meta: Mapping[str, Any]) -> str:
    spans = meta.get("spans") or ()
    if document.options.preserve_structure:
        spans = [{"start": 0, "end": len(text), "kind": "strong"}, *spans]
    return document.marked(text, spans)


def _message(document: MarkdownDocument, i: int, text: str, meta: Mapping[str, Any]) -> str:
    speaker = f"{escape_line(speaker_of(meta), '')}:"
    if document.options.preserve_structure:
        speaker = f"**{speaker}**"
    said = text.strip("\n")
    return f"{speaker}\n\n{said}"


WRITERS: dict[int, Callable[[MarkdownDocument, int, str, Mapping[str, Any]], str]] = {
    int(Kind.CODE): _code,
    int(Kind.TABLE): _table,
    int(Kind.FORMULA): _formula,
    int(Kind.IMAGE): _image,
    int(Kind.CAPTION): _caption,
    int(Kind.KEY_VALUE): _key_value,
    int(Kind.TERM): _term,
    int(Kind.MESSAGE): _message,
}
"""What writes an element of a kind: of the document, its number, its text and its meta."""


def moved(spans: Sequence[Any], by: int) -> list[Any]:
    """Return spans of a text that lost its first `by` characters."""
    if not by:
        return list(spans)
    return [
        {**span, "start": max(span["start"] - by, 0), "end": max(span["end"] - by, 0)}
        for span in spans
    ]
