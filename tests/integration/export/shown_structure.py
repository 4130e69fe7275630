"""What a document says, as one list: from rendered HTML, and from elements. The two are to agree.

Headings with level, items with depth, number and box, quotes, tables cell by cell, code with its
language, rules and text. Each container ends with `end`; white space in text counts as one space.
"""

from __future__ import annotations

from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from tore_export.documents.element import Element
from tore_export.documents.schema import CONTAINERS, Kind

Entry = tuple[Any, ...]

_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "center", "details", "div", "dl", "dd"}
    | {"dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5"}
    | {"h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table"}
    | {"tbody", "td", "tfoot", "th", "thead", "tr", "ul"}
)
_UNSEEN = frozenset({"script", "style", "head", "template", "-comment"})


def words(text: str) -> str:
    return " ".join(text.split())


class _Page:
    def __init__(self) -> None:
        self.found: list[Entry] = []
        self.parts: list[str] = []
        self.depth = 0

    def flush(self, *kind: Any) -> None:
        text = words("".join(self.parts))
        self.parts.clear()
        if text:
            self.found.append((*kind, text) if kind else ("text", text))

    def walk(self, node: LexborNode) -> None:
        """Recursive: examples of a specification are small."""
        child = node.first_child
        while child is not None:
            self.visit(child)
            child = child.next

    def visit(self, node: LexborNode) -> None:
        tag = node.tag
        if tag in _UNSEEN:
            return
        if tag == "-text":
            self.parts.append(node.text_content or "")
        elif tag == "br":
            self.parts.append(" ")
        elif tag == "img":
            self.parts.append(node.attributes.get("alt") or "")
        elif tag not in _BLOCKS:
            self.walk(node)
        else:
            self.flush()
            self.block(tag, node)
            self.flush()

    def block(self, tag: str, node: LexborNode) -> None:
        if tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            self.walk(node)
            self.flush("heading", int(tag[1]))
        elif tag in ("ul", "ol"):
            said = node.attributes.get("start")
            number = 1 if said is None else int(said)
            for item in node.iter():
                if item.tag == "li":
                    self.item(item, number if tag == "ol" else None)
                    number += 1
                else:
                    self.visit(item)
        elif tag == "li":
            self.item(node, None)
        elif tag == "blockquote":
            self.quote(node)
        elif tag == "pre":
            code = node.css_first("code")
            names = ((code.attributes.get("class") if code else None) or "").split()
            language = names[0].removeprefix("language-") if names else ""
            self.found.append(("code", language, node.text(deep=True).removesuffix("\n")))
        elif tag == "table":
            rows = [
                [_text(cell) for cell in row.iter() if cell.tag in ("td", "th")]
                for row in node.css("tr")
            ]
            if any(any(row) for row in rows):
                self.found.append(("table", rows))
        elif tag == "hr":
            self.found.append(("rule",))
        else:
            self.walk(node)

    def quote(self, node: LexborNode) -> None:
        at = len(self.found)
        self.found.append(("quote",))
        self.walk(node)
        self.flush()
        if len(self.found) == at + 1:
            self.found.pop()
        else:
            self.found.append(("end",))

    def item(self, node: LexborNode, number: int | None) -> None:
        box = next((box for box in node.css("input") if _is_of(box, node)), None)
        checked = None if box is None else "checked" in box.attributes
        self.found.append(("item", self.depth, number, checked))
        self.depth += 1
        self.walk(node)
        self.flush()
        self.depth -= 1
        self.found.append(("end",))


def _is_of(box: LexborNode, item: LexborNode) -> bool:
    parent = box.parent
    while parent is not None and parent.tag != "li":
        parent = parent.parent
    return parent is not None and parent.mem_id == item.mem_id


def _text(node: LexborNode) -> str:
    page = _Page()
    page.walk(node)
    page.flush()
    return " ".join(words(entry[-1]) for entry in page.found if isinstance(entry[-1], str))


def structure_of_html(html: str) -> list[Entry]:
    page = _Page()
    body = LexborHTMLParser(html).body
    if body is not None:
        page.walk(body)
    page.flush()
    return page.found


def structure_of_elements(elements: list[Element]) -> list[Entry]:
    found: list[Entry] = []
    open_: list[str | None] = []
    for element in elements:
        while open_ and open_[-1] != element.parent:
            open_.pop()
            found.append(("end",))
        kind, meta = element.kind, element.meta
        text = words(element.text)
        if kind in (Kind.LIST_ITEM, Kind.CHECKBOX):
            number = meta.get("number") if meta.get("ordered") else None
            found.append(("item", element.level, number, meta.get("checked")))
        elif kind == Kind.QUOTE:
            found.append(("quote",))
        elif kind == Kind.TITLE:
            found.append(("heading", element.level, text))
        elif kind == Kind.CODE:
            found.append(("code", meta.get("language", ""), element.text))
        elif kind == Kind.TABLE:
            rows = [[words(cell.text) for cell in row] for row in element.cells or ()]
            found.append(("table", rows))
        elif kind == Kind.RULE:
            found.append(("rule",))
        elif kind == Kind.IMAGE:
            if alt := words(str(meta.get("alt") or "")):
                found.append(("text", alt))
        elif text and kind not in CONTAINERS:
            found.append(("text", text))
        if kind in CONTAINERS:
            open_.append(element.id)
            if text:
                found.append(("text", text))
    found.extend(("end",) for _ in open_)
    return found
