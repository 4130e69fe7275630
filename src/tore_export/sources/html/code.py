"""Text of a page whose white space or notation counts: code and formulas."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tore_export.sources.html.line import unescaped
from tore_export.sources.html.pieces import attributes_of

__all__ = ["code_language", "formula_of", "preformatted"]

_LANGUAGE = re.compile(
    r"(?:^|\s)(?:language-|lang-|highlight-source-|highlight-|brush:\s*|sourceCode\s+)([\w+#.-]+)"
)
_NO_LANGUAGE = frozenset({"default", "none", "notranslate", "plaintext", "text", "wrapper"})
_LINES = frozenset({"div", "li", "p", "tr"})
_TEX = re.compile(r"annotation [^>]*application/x-(?:tex|latex)", re.IGNORECASE)


def code_language(rest: str, pieces: Sequence[str] = ()) -> str | None:
    """Return the language that a tag, or the `<code>` right within it, says its text is in.

    `rest` are the tag's attributes, `pieces` those of the element.

    >>> code_language('class="highlight-source-python"')
    'python'
    >>> code_language("", ["pre>", 'code data-lang="c">'])
    'c'
    """
    inner = pieces[1].partition(">")[0] if len(pieces) > 1 else ""
    for attributes in (rest, inner if inner.startswith("code ") else ""):
        if "class=" not in attributes and "data-lang" not in attributes:
            continue
        said = attributes_of(attributes)
        if language := said.get("data-lang") or said.get("data-language"):
            return language
        found = _LANGUAGE.search(said.get("class", ""))
        if found and found[1] not in _NO_LANGUAGE:
            return found[1]
    return None


def preformatted(pieces: Sequence[str]) -> str:
    r"""Return the text of an element whose white space counts, without a newline at its end.

    >>> preformatted(["pre>a", "b> &lt;", "/b>", "br>  c\n", "/pre> d"])
    'a <\n  c'
    """
    if pieces[0].startswith(("xmp", "plaintext")):
        # nothing in them is mark-up
        return "<".join(pieces[:-1]).partition(">")[2].removesuffix("\n")
    texts = [pieces[0].partition(">")[2]]
    for piece in pieces[1:-1]:
        tag, closed, text = piece.partition(">")
        if not closed:
            continue
        name = tag.partition(" ")[0]
        if name == "br" or (name in _LINES and texts[-1][-1:] not in ("\n", "")):
            texts.append("\n")
        if text:
            texts.append(text)
    return unescaped("".join(texts)).removesuffix("\n")


def formula_of(pieces: Sequence[str]) -> tuple[str, str, bool]:
    """Return a MathML formula's LaTeX, "" if it has none; that or its words; whether it is a block.

    >>> formula_of(['math display="block">', "mi>x", "/mi>", "mo>&lt;", "/mo>", "/math>"])
    ('', 'x<', True)
    """
    said = attributes_of(pieces[0].partition(">")[0].partition(" ")[2])
    latex = said.get("alttext", "")
    words: list[str] = []
    in_annotation = False
    for piece in pieces[:-1]:
        tag, _, text = piece.partition(">")
        if tag.startswith("annotation"):
            in_annotation = True
            if _TEX.match(tag):
                latex = unescaped(text).strip()
        elif tag.startswith("/annotation"):
            in_annotation = False
        elif not in_annotation:
            words.append(text)
    shown = latex or " ".join(unescaped("".join(words)).split())
    return latex, shown, said.get("display") == "block" or said.get("mode") == "display"
