"""What a rich cell of a docling table holds: one line with spans, or blocks as HTML."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

from tore_export.sources.docling.inline import joined, marks_of, said_text, text_of
from tore_export.sources.docling.tree import Tree
from tore_export.sources.docling.types import DoclingItem
from tore_export.sources.links import is_link

__all__ = ["RichContent", "html_of_spans"]

_TAGS = {
    "strong": "strong",
    "emphasis": "em",
    "strike": "s",
    "underline": "u",
    "subscript": "sub",
    "superscript": "sup",
    "code": "code",
}


class RichContent:
    r"""The content below pointers, taken from the tree.

    `text` is its words, a line a block; `spans` lie over it where it is one line; `html` is there where
    it is more than that.

    >>> items = {"#/texts/0": DoclingItem("text", text="a"), "#/texts/1": DoclingItem("text", text="b")}
    >>> content = RichContent(Tree(items, []), ["#/texts/0", "#/texts/1"])
    >>> content.text, content.html
    ('a\nb', '<p>a</p><p>b</p>')
    """

    __slots__ = ("_lines", "_parts", "_run", "_todo", "_tree", "html", "spans", "text")

    def __init__(self, tree: Tree, pointers: list[str]) -> None:
        self._tree = tree
        self._lines: list[tuple[str, list[dict[str, Any]]]] = []
        self._parts: list[str] = []
        self._run: list[DoclingItem] = []
        self._todo: list[str | Callable[[], None]] = list(reversed(pointers))
        while self._todo:
            step = self._todo.pop()
            item = tree.take(step) if isinstance(step, str) else None
            if item is not None and _is_run(item):
                if self._run and not _goes_on(self._run[-1], item):
                    self._end_run()
                self._run.append(item)
                continue
            self._end_run()
            if item is not None:
                self._add(item)
            elif not isinstance(step, str):
                step()
        self._end_run()
        self.text = "\n".join(text for text, _ in self._lines)
        self.spans: list[dict[str, Any]] = []
        self.html: str | None = None
        if len(self._lines) == 1 and len(self._parts) == 3 and self._parts[0] == "<p>":
            self.spans = self._lines[0][1]
        elif self._parts:
            self.html = "".join(self._parts)

    def _end_run(self) -> None:
        if self._run:
            self._block("p", joined(self._run))
            self._run = []

    def _add(self, item: DoclingItem) -> None:
        label = item.label
        if label in ("list", "ordered_list"):
            self._list(item)
        elif label == "inline":
            self._block("p", joined(self._tree.parts(item)))
        elif item.data is not None:
            self._table(item)
        elif label in ("picture", "chart"):
            url = item.image.uri if item.image else None
            if is_link(url):
                self._parts.append(f'<img src="{escape(url or "")}">')
        else:
            self._text(item)

    def _text(self, item: DoclingItem) -> None:
        label = item.label
        children = list(item.children or ())
        if not item.text and children and self._is_inline(children[0].to):
            group = self._tree.take(children.pop(0).to)
            line = joined(self._tree.parts(group)) if group else ("", [])
        elif label in ("formula", "code"):
            text = item.text or item.orig or ""
            kind = "math" if label == "formula" else "code"
            line = (text, [{"start": 0, "end": len(text), "kind": kind}])
        else:
            line = text_of(item)
        if label in ("checkbox_selected", "checkbox_unselected"):
            line = joined([DoclingItem(label, text=line[0])])
        if label == "code":
            self._parts.append(f"<pre><code>{_lines_kept(line[0])}</code></pre>")
            self._lines.append(line)
        elif label == "list_item":
            # its element is open by now, and ends before the next one
            self._parts.append(html_of_spans(*line))
            self._lines.append(line)
        else:
            if label in ("title", "section_header", "field_heading") and line[0]:
                line[1].insert(0, {"start": 0, "end": len(line[0]), "kind": "strong"})
            self._block("p", line)
        self._todo.extend(ref.to for ref in reversed(children))

    def _is_inline(self, pointer: str) -> bool:
        item = self._tree.look(pointer)
        return item is not None and item.label == "inline"

    def _block(self, tag: str, line: tuple[str, list[dict[str, Any]]]) -> None:
        text, spans = line
        # a blank line in a text parts paragraphs; spans across it keep them together
        pieces = [(piece, spans) for piece in ([text] if spans else text.split("\n\n")) if piece]
        for piece in pieces:
            self._parts += [f"<{tag}>", html_of_spans(*piece), f"</{tag}>"]
            self._lines.append(piece)

    def _list(self, group: DoclingItem) -> None:
        children = [ref.to for ref in group.children or ()]
        first = next((item for ref in children if (item := self._tree.look(ref))), None)
        tag = "ol" if first is not None and first.enumerated else "ul"
        self._parts.append(f"<{tag}>")
        steps: list[str | Callable[[], None]] = []
        is_open = False
        for pointer in children:
            item = self._tree.look(pointer)
            if item is not None and (item.label == "list_item" or not is_open):
                steps.append(self._literally("</li><li>" if is_open else "<li>"))
                is_open = True
            steps.append(pointer)
        steps.append(self._literally(f"</li></{tag}>" if is_open else f"</{tag}>"))
        self._todo.extend(reversed(steps))

    def _table(self, item: DoclingItem) -> None:
        placed = self._tree.placed(item.data) if item.data else None
        self._parts.append("<table>")
        steps: list[str | Callable[[], None]] = []
        for row in placed or ():
            steps.append(self._literally("<tr>"))
            for cell, down, right in row:
                tag = "th" if cell.column_header or cell.row_header else "td"
                spans = f' rowspan="{down}"' * (down > 1) + f' colspan="{right}"' * (right > 1)
                steps.append(self._literally(f"<{tag}{spans}>"))
                if cell.ref is not None:
                    steps.append(cell.ref.to)
                else:
                    steps.append(self._literally(_lines_kept(cell.text or ""), cell.text or ""))
                steps.append(self._literally(f"</{tag}>"))
            steps.append(self._literally("</tr>"))
        steps.append(self._literally("</table>"))
        self._todo.extend(reversed(steps))

    def _literally(self, html: str, text: str = "") -> Callable[[], None]:
        def put() -> None:
            self._parts.append(html)
            if text:
                self._lines.append((text, []))

        return put


def _is_run(item: DoclingItem) -> bool:
    return item.label in ("text", "paragraph") and not item.children


def _goes_on(before: DoclingItem, item: DoclingItem) -> bool:
    """Tell whether two texts of a cell, which come without their paragraphs, are runs of one.

    They are where their formatting differs and the second does not look like a beginning.
    """
    marks, marks_before = marks_of(item), marks_of(before)
    if marks == marks_before or not said_text(before) or not said_text(item):
        return False
    raised = any(kind in ("subscript", "superscript") for kind, _ in (*marks, *marks_before))
    return raised or not said_text(item).lstrip()[:1].isupper()


def html_of_spans(text: str, spans: list[dict[str, Any]]) -> str:
    """Return a text with its spans as HTML in one line.

    >>> html_of_spans("a < b", [{"start": 0, "end": 1, "kind": "strong"}])
    '<strong>a</strong> &lt; b'
    """
    if not spans:
        return _lines_kept(text)
    parts: list[str] = []
    ends: list[tuple[int, str]] = []
    at = 0
    for span in spans:
        while ends and ends[-1][0] <= span["start"]:
            end, tag = ends.pop()
            parts += [_lines_kept(text[at:end]), tag]
            at = end
        parts.append(_lines_kept(text[at : span["start"]]))
        at = span["start"]
        opening, closing = _tags(span)
        parts.append(opening)
        ends.append((span["end"], closing))
    while ends:
        end, tag = ends.pop()
        parts += [_lines_kept(text[at:end]), tag]
        at = max(at, end)
    parts.append(_lines_kept(text[at:]))
    return "".join(parts)


def _tags(span: dict[str, Any]) -> tuple[str, str]:
    kind = span["kind"]
    if kind == "link":
        return f'<a href="{escape(span["url"])}">', "</a>"
    if kind == "math":
        return "$", "$"
    tag = _TAGS.get(kind)
    # a newline within a text is written as a break, with its span or without
    return (f"<{tag}>", f"</{tag}>") if tag else ("", "")


def _lines_kept(text: str) -> str:
    return escape(text, quote=False).replace("\n", "<br>")
