"""Code, formulas, images and check boxes of a page."""

from __future__ import annotations

from typing import Any, ClassVar

from tore_export.documents.schema import Kind
from tore_export.sources.html.code import code_language, formula_of, preformatted
from tore_export.sources.html.pieces import attributes_of
from tore_export.sources.html.walk import Handler, Walk
from tore_export.sources.links import is_link

__all__ = ["MediaWalk"]


class MediaWalk(Walk):
    """A walk that knows what stands in a text without being one."""

    def _pre(self, rest: str, text: str, number: int) -> str:
        name = self.pieces[number].partition(">")[0].partition(" ")[0]
        pieces = self.over(number, name)
        code = preformatted(pieces)
        language = code_language(rest, pieces[:2]) or self.language
        if self.begins_block():
            if code.strip():
                meta = {"language": language} if language else {}
                self.note(self.lists.add(Kind.CODE, code, meta=meta))
            self.language = None
        elif code.strip() and self.cell is not None:
            self.cell.lines.append((code.strip("\n"), []))
        return pieces[-1].partition(">")[2] if pieces[-1].startswith("/") else ""

    def _math(self, rest: str, text: str, number: int) -> str:
        pieces = self.over(number, "math")
        latex, words, is_block = formula_of(pieces)
        self._formula(latex, words, is_block)
        return pieces[-1].partition(">")[2]

    def _script_formula(self, rest: str, text: str, number: int) -> str:
        pieces = self.over(number, "script")
        latex = "<".join(pieces[:-1]).partition(">")[2].strip()
        self._formula(latex, latex, "mode=display" in rest)
        return pieces[-1].partition(">")[2]

    def _formula(self, latex: str, words: str, is_block: bool) -> None:
        if not words:
            return
        if is_block and self.cell is None and not self.heading and self.kind is Kind.PARAGRAPH:
            self.flush()
            meta = {"display": True, **({"latex": latex} if latex else {})}
            self.note(self.lists.add(Kind.FORMULA, words, meta=meta))
            return
        shown = words.replace("&", "&amp;").replace("<", "&lt;")
        if latex:
            self.line.put({"kind": "math"}, shown)
        else:
            self.line.parts.append(shown)

    def _image(self, rest: str, text: str, number: int) -> str:
        said = attributes_of(rest)
        template: dict[str, Any] = {"kind": "image"}
        url = said.get("src", "")
        if not is_link(url) and is_link(said.get("data-src")):
            url = said["data-src"]
        if is_link(url):
            template["url"] = url
        elif self.limits.keep_images and url[:5].lower() == "data:":
            template["data"] = url
        alt = said.get("alt", "").strip()
        if alt or len(template) > 1:
            if said.get("title"):
                template["title"] = said["title"]
            self.line.put(template, alt.replace("&", "&amp;").replace("<", "&lt;"))
        return text

    def _input(self, rest: str, text: str, number: int) -> str:
        said = attributes_of(rest)
        is_box = said.get("type", "").lower() == "checkbox"
        if is_box and self.cell is None and self.line.is_blank:
            self.lists.check("checked" in said)
        return text

    handlers: ClassVar[dict[str, Handler]] = {
        **dict.fromkeys(("pre", "listing", "xmp", "plaintext"), _pre),
        "img": _image,
        "input": _input,
        "math": _math,
        "script": _script_formula,
    }
