"""Text and its spans as Markdown: emphasis, code, links, formulas and whatever else a line holds.

Marks of Markdown's own are used where CommonMark's rules for them hold beyond doubt, inline HTML where
they do not (`a**"b"**c` would be no emphasis). Two rules make that certain: no mark of ours lies
within another one of the same character, and none touches one. What stands between the marks is
escaped as one text, in which each mark is a character that is no other's partner.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from tore_export.formatters.atoms import code_span, destination
from tore_export.formatters.escape import (
    MARK,
    class_of,
    escape_cell,
    escape_item,
    escape_line,
    escape_text,
)
from tore_export.formatters.spans import ATOMS, PlacedSpan, nested

__all__ = ["IMAGES", "marked"]

IMAGES = ("alt", "link", "embed", "skip")

_ESCAPES: dict[str, Callable[[str, str], str]] = {
    "text": escape_text,
    "item": escape_item,
    "line": escape_line,
    "cell": escape_cell,
}
_DELIMITERS = {"strong": ("**", "__"), "emphasis": ("*", "_"), "strike": ("~~",)}
_TAGS = {
    "strong": "strong",
    "emphasis": "em",
    "strike": "del",
    "underline": "u",
    "subscript": "sub",
    "superscript": "sup",
    "footnote": "sup",
}
_OUTSIDE = frozenset({"space", "mark"})

_DOLLAR = re.compile(r"(?<!\\)(?:\\\\)*\$")
_BESIDE = re.compile(r"[A-Za-z0-9_$]")
_AUTOLINK = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,31}:[!#-;=?-\[\]^_a-z{}~]+")


def marked(
    text: str,
    spans: Iterable[Any],
    place: str = "text",
    *,
    flavor: str = "github",
    images: str = "alt",
    notes: Mapping[str, str] | None = None,
) -> str:
    r"""Return Markdown that shows `text` with its spans at a place: text, item, line or cell.

    A `line` is a heading's, a `cell` that of a pipe table, an `item` stands behind a list's mark.
    `notes` are the footnotes the document holds, from a label to its `label_of`; a reference to
    another one is text, and so are spans of kinds nobody knows. Spans that cross are cut.

    >>> marked("see the docs", [{"start": 4, "end": 12, "kind": "link", "url": "a (b)"}])
    'see [the docs](a%20%28b%29)'
    >>> strong, code = ({"start": 1, "end": 3, "kind": kind} for kind in ("strong", "code"))
    >>> marked('a"`b', [strong]), marked('a"`b', [code])
    ('a<strong>"`</strong>b', 'a`` "` ``b')
    """
    if "\r" in text:
        text = text.replace("\r\n", " \n").replace("\r", "\n")  # as long as before
    writer = _Writer(text, place, flavor, images, notes or {})
    writer.write(nested(text, spans, writer.means, paragraphs=place in ("text", "item")))
    return writer.finish()


class _Mark:
    """What is written at one place among the words; `kind` only of what opens or closes a span."""

    __slots__ = ("kind", "shown")

    def __init__(self, shown: str, kind: str = "") -> None:
        self.shown = shown
        self.kind = kind


@lru_cache(maxsize=32)
def _cutter(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


class _Writer:
    """One text on its way: `parts` are marks, and words that are yet to be escaped."""

    def __init__(
        self, text: str, place: str, flavor: str, images: str, notes: Mapping[str, str]
    ) -> None:
        self.text = text
        self.place = place
        self.rich = flavor != "commonmark"
        self.images = images
        self.notes = notes
        self.parts: list[str | _Mark] = []
        self.open: list[tuple[PlacedSpan, int, _Mark]] = []  # where in `parts` they begin
        self.pairs: list[tuple[int, int, _Mark, _Mark]] = []  # where they begin and end
        self.done = 0
        self.link_end = 0
        self.outside = self.inside = _cutter(MARK)

    def means(self, span: Mapping[str, Any]) -> bool:
        """Tell whether a span is written as anything but its words."""
        kind = span["kind"]
        if kind == "image" and self.images in ("alt", "skip"):
            return self.images == "skip"
        if kind in ("link", "image"):
            url = span.get("url")
            return isinstance(url, str) and bool(url.strip()) and not url.startswith("data:")
        if kind == "math":
            return self.rich
        if kind == "break":
            return self.place in ("text", "item")
        if kind == "footnote":
            return span.get("label") in self.notes
        return kind == "code" or kind in _TAGS

    def write(self, spans: list[PlacedSpan]) -> None:
        """Take the text apart into words and marks."""
        kinds = {span[2] for span in spans}
        # what would pair with a mark of ours wherever it stands, and brackets where they would
        ticks = "`" if "code" in kinds or "math" in kinds else ""
        apart = MARK + ticks + ("$" if "math" in kinds else "")
        self.outside = _cutter(f"[{apart}]" + (r"|\[(?=\^)" if self.notes else ""))
        self.inside = _cutter(rf"[{apart}\[\]]|\A\^")  # `[^` would begin a footnote's label
        for at, span in enumerate(spans):
            start, end, kind, said = span
            self.close_until(start)
            self.words(start)
            if kind in ATOMS and (kind != "footnote" or self.rich):
                self.atom(span)
            elif kind == "link" and self.is_autolink(span, spans[at + 1 : at + 2]):
                self.parts.append(_Mark(f"<{said['url']}>"))
                self.done = end
            else:
                opener = _Mark("[" if kind == "link" else "", kind)
                self.open.append((span, len(self.parts), opener))
                self.parts.append(opener)
                if kind == "link":
                    self.link_end = end
        self.close_until(len(self.text))
        self.words(len(self.text))

    def words(self, end: int) -> None:
        """Append the words up to a place; what must be escaped wherever it stands, as marks."""
        words = self.text[self.done : end]
        cutter = self.inside if end <= self.link_end else self.outside
        done = 0
        for found in cutter.finditer(words):
            if done < found.start():
                self.parts.append(words[done : found.start()])
            self.parts.append(_Mark(MARK if found[0] == MARK else f"\\{found[0]}"))
            done = found.end()
        if done < len(words):
            self.parts.append(words[done:])
        self.done = max(end, self.done)

    def close_until(self, place: int) -> None:
        """Close the spans that end at a place or before it."""
        while self.open and self.open[-1][0][1] <= place:
            (_, end, kind, said), begin, opener = self.open.pop()
            self.words(end)
            if begin + 1 == len(self.parts):
                self.parts.pop()  # there is nothing inside
                continue
            closer = _Mark(f"]({self.target(said)})" if kind == "link" else "", kind)
            self.pairs.append((begin, len(self.parts), opener, closer))
            self.parts.append(closer)

    def atom(self, span: PlacedSpan) -> None:
        """Append a span that holds no others."""
        start, end, kind, said = span
        words = self.text[start:end]
        if kind == "break":
            self.line_break(start)
            return
        self.done = end
        if kind == "code":
            self.parts.append(_Mark(code_span(words, in_cell=self.place == "cell")))
        elif kind == "math":
            self.math(words)
        elif kind == "footnote":
            self.parts.append(_Mark(f"[^{self.notes[said['label']]}]"))
        elif self.images != "skip":
            self.parts.append(_Mark(f"![{self.plain(words)}]({self.target(said)})"))

    def line_break(self, start: int) -> None:
        """Append a mark before the newline, unless it is the first or last of its paragraph."""
        parts = self.parts
        if parts and isinstance(parts[-1], str):
            parts[-1] = parts[-1].rstrip(" \t")
            if not parts[-1]:
                parts.pop()
        if not parts or (isinstance(parts[-1], str) and parts[-1][-1] == "\n"):
            return
        if self.text.startswith("\n", start) and _FOLLOWED.match(self.text, start + 1):
            parts.append(_Mark("\\"))

    def math(self, words: str) -> None:
        """Append a formula between dollars, or in GitHub's other spelling where those would fail."""
        latex = " ".join(words.split())
        if self.place == "cell":
            latex = latex.replace("\\|", "\\Vert ").replace("|", "\\|").rstrip()
        # letters right beside them take GitHub's dollars for text
        beside = self.text[max(0, self.done - len(words) - 1) : self.done + 1]
        free = not _BESIDE.search(beside.replace(words, " ", 1))
        if latex and free and not _DOLLAR.search(latex) and latex[-1] != "\\":
            self.parts.append(_Mark(f"${latex}$"))
        elif latex and "`" not in latex:
            self.parts.append(_Mark(f"$`{latex}`$"))
        else:
            self.done -= len(words)  # is text, then
            self.words(self.done + len(words))

    def is_autolink(self, span: PlacedSpan, after: list[PlacedSpan]) -> bool:
        """Tell whether a link shows its own address and nothing else."""
        start, end, _, said = span
        if said.get("title") or (after and after[0][0] < end):
            return False
        words = self.text[start:end]
        return words == said["url"] and bool(_AUTOLINK.fullmatch(words))

    def target(self, said: Mapping[str, Any]) -> str:
        """Return a link's address, with its title."""
        url, title = destination(said["url"]), said.get("title")
        return f'{url} "{self.plain(title)}"' if title and isinstance(title, str) else url

    def plain(self, words: str) -> str:
        """Return words as they stand, without spans, between brackets or quotes."""
        parts = re.split(rf'([\[\]"`{MARK}])', " ".join(words.split()))
        chunks = escape_line(MARK.join(parts[::2]), "*_~").split(MARK)
        marks = [mark if mark == MARK else f"\\{mark}" for mark in parts[1::2]]
        line = "".join(chunk + mark for chunk, mark in zip(chunks, [*marks, ""], strict=True))
        return line.replace("|", "\\|") if self.place == "cell" else line

    def finish(self) -> str:
        """Return the words escaped, with the marks between them."""
        ours = self.decide()
        words = "".join(MARK if isinstance(part, _Mark) else part for part in self.parts)
        chunks = iter(_ESCAPES[self.place](words, ours).split(MARK))
        woven = [next(chunks)]
        for mark in (part for part in self.parts if isinstance(part, _Mark)):
            shown, chunk = mark.shown, next(chunks)
            if shown[:1] == "[" and woven[-1].endswith("!"):
                woven[-1] = f"{woven[-1][:-1]}\\!"  # else it would be an image
            if shown == "\\" and (chunk[:1] != "\n" or chunk[:2] == "\n\n"):
                shown = ""  # what it would break from is left out
            if shown[:2] == "[^" and chunk[:1] in (":", "(", "["):
                chunk = f"\\{chunk}"  # else a definition, or a link
            woven += (shown, chunk)
        return "".join(woven)

    def decide(self) -> str:
        """Choose how each mark of emphasis is written; return the characters that are used."""
        used = ""
        around: list[tuple[int, str]] = []  # where marks around close, and their characters
        for begin, end, opener, closer in sorted(self.pairs, key=lambda pair: pair[0]):
            if opener.shown:
                continue
            while around and around[-1][0] < begin:
                around.pop()
            taken = {character for _, character in around}
            tag = _TAGS[opener.kind]
            opener.shown, closer.shown = f"<{tag}>", f"</{tag}>"
            for delimiter in _DELIMITERS.get(opener.kind, ()) if self.rich or tag != "del" else ():
                if delimiter[0] not in taken and self.holds(delimiter[0], begin, end):
                    opener.shown = closer.shown = delimiter
                    around.append((end, delimiter[0]))
                    used += delimiter[0]
                    break
        if any("]:" in part.shown for part in self.parts if isinstance(part, _Mark)):
            used += "]"
        return used

    def holds(self, character: str, begin: int, end: int) -> bool:
        """Tell whether a delimiter opens where a span begins and closes where it ends."""
        before, first = self.beside(begin, -1), self.beside(begin, 1)
        last, after = self.beside(end, -1), self.beside(end, 1)
        previous = self.parts[begin - 1] if begin else None
        if isinstance(previous, _Mark) and previous.shown.endswith(character):
            return False
        if character == "_":
            return before in _OUTSIDE and after in _OUTSIDE
        opens = first == "other" or before in _OUTSIDE
        return opens and (last == "other" or after in _OUTSIDE)

    def beside(self, at: int, step: int) -> str:
        """Return the class of what stands beside a mark."""
        at += step
        if not 0 <= at < len(self.parts):
            return "space"
        part = self.parts[at]
        if isinstance(part, _Mark):
            return "unsure" if part.shown == MARK else "mark"
        character = part[0 if step > 0 else -1]
        return "mark" if character == "\n" and self.place == "cell" else class_of(character)


_FOLLOWED = re.compile(r"[ \t]*[^ \t\n]")
