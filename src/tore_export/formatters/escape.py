r"""Escaping for Markdown: what merely looks like a mark stays text, with the fewest backslashes.

A mark is escaped only where a CommonMark or GFM parser could take it for one: `snake_case`, `5 * 3`,
`*args` without a partner, `a < b` and `AT&T` are written as they are. Where parsers or versions of
Unicode disagree (whether a symbol is punctuation), a mark counts as one if it is for any of them.

Everything rests on one property of the insertions: a backslash is put only before ASCII
punctuation, and is ASCII punctuation itself, so no insertion changes what its neighbours may be.
"""

from __future__ import annotations

import re
import unicodedata
from html.entities import html5

from tore_export.formatters.care import INDENT, MARK

__all__ = [
    "MARK",
    "class_of",
    "escape_cell",
    "escape_item",
    "escape_line",
    "escape_text",
]

_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_SPACE, _MARK, _EITHER, _OTHER = range(4)


class _Classes(dict[str, int]):
    """Character to its class: white space, punctuation, what some parsers take for these, the rest."""

    def __missing__(self, character: str) -> int:
        category = unicodedata.category(character)
        if category == "Zs" or character in "\t\n\f\r":
            found = _SPACE
        elif category[0] == "P" or character in _PUNCTUATION:
            found = _MARK
        elif category[0] == "S" or character.isspace():
            found = _EITHER
        else:
            found = _OTHER
        self[character] = found
        return found


_CLASSES = _Classes({MARK: _EITHER})

_BACKSLASH = re.compile(rf"\\(?=[!-/:-@\[-`{{-~\n{MARK}]|\Z)")
_BACKTICKS = re.compile(r"`+")
_FENCE = re.compile(rf"^{INDENT}```", re.M)
_TILDE_FENCE = re.compile(rf"^({INDENT})(~{{3,}})", re.M)
_RUNS = {
    "*": re.compile(r"\*+"),
    # those at the edge of a word; this spelling begins with the mark, for speed
    "_": re.compile(r"_(?:(?<![A-Za-z0-9_]_)_*+|(?<!__)_*+(?![A-Za-z0-9]))"),
    "~": re.compile(r"~+"),
}
_DOLLARS = re.compile(r"\$+")
_TAG = re.compile(r"<(?=[A-Za-z/!?]|[^\s<>]+@)")
_TAG_OR_MARK = re.compile(rf"<(?=[A-Za-z/!?]|[^\s<>]*{MARK}|[^\s<>]+@)")
_ENTITY = re.compile(r"&(?=(#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]*);)")
# A text is looked at with two newlines before it: "\n\n" then is where a paragraph begins, and a
# pattern that begins with "\n" is searched for much faster than one with "^".
_BLOCK = re.compile(
    rf"\n(?:(?<=\n\n)()|(?<!\n\n)){INDENT}(?=[-+*#>=|:<0-9])(?:"
    r"(?="
    r"#{1,6}(?:[ \t\n]|\Z)"
    r"|>"
    r"|[-+*](?:[ \t\n]|\Z)"
    r"|-(?:[ \t]*-){2,}[ \t]*(?:\n|\Z)"  # a thematic break
    r"|<[A-Za-z/!?]"
    r")"
    # an ordered item, which within a paragraph only number 1 begins; or below a line, what makes
    # that a heading or the head of a table
    r"|(?(1)[0-9]{1,9}(?=[.)](?:[ \t\n]|\Z))"
    r"|(?:0{0,8}1(?=[.)](?:[ \t\n]|\Z))|(?=(?:=+[ \t]*|[-|:][-|: \t]*)(?:\n|\Z))))"
    r")"
)
_THEMATIC = re.compile(rf"\n{INDENT}([*_])(?:[ \t]*\1){{2,}}(?=[ \t]*(?:\n|\Z))")
_DEFINITION = re.compile(rf"\n{INDENT}(?=\[)")
_BLANK_LINES = re.compile(r"\n[ \t]*\n[ \t\n]*")
_LINE_END = re.compile(r"(?<![ \t])[ \t]*+[\r\n][ \t\r\n]*")
_SPACES_AT_END = re.compile(r"(?<! ) {2,}+(?=\n)")
_CLOSING = re.compile(r"(?:(?<=[ \t])|\A)(?=#+\Z)")
_TASK = re.compile(r"\[[ xX]\](?=[ \t])")
_RULE = re.compile(r"[-*][-* \t]*$", re.M)


def class_of(character: str) -> str:
    """Return what emphasis takes a character for: `space`, `mark`, `other`, or `unsure`.

    It is `unsure` where parsers or versions of Unicode disagree, and for `MARK`.
    """
    return ("space", "mark", "unsure", "other")[_CLASSES[character]]


def escape_text(text: str, ours: str = "") -> str:
    r"""Return Markdown that shows `text`, as a paragraph or, where it has blank lines, as several.

    Single newlines stay where they are; runs of blank lines become one. `MARK` in it stands for
    a mark of ours, and `ours` holds those of `*_~` that are among them, and `]` if one has `]:` in it:
    what could act together with one is escaped as well, here and in the other functions.

    >>> print(escape_text("# 1 *is* not <b>\n- nor_this\n2 * 3"))
    \# 1 \*is\* not \<b>
    \- nor_this
    2 * 3
    """
    text = text.strip(" \t\r\n")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\n\n" in text or " \n" in text or "\t\n" in text:
        text = _BLANK_LINES.sub("\n\n", text)
        if "  \n" in text:
            text = _SPACES_AT_END.sub("", text)
    text = f"\n\n{_escape_inline(text, ours)}"
    if text.count("*") > 2 or text.count("_") > 2:
        # each of them: what was left of a run could close emphasis, now that a mark stands before it
        text = _THEMATIC.sub(lambda found: found[0].replace(found[1], f"\\{found[1]}"), text)
    text = _BLOCK.sub(_insert, text)
    if "]" in ours:
        text = _DEFINITION.sub(_insert, text)
    elif "]:" in text:
        last = text.rfind("]:")
        text = _DEFINITION.sub(_insert, text[:last]) + text[last:]
    text = text[2:]
    if "~" in text:
        text = _TILDE_FENCE.sub(lambda found: found[1] + "\\~" * len(found[2]), text)
    return text


def escape_item(text: str, ours: str = "") -> str:
    r"""Return Markdown that shows `text` behind the mark of a list item.

    >>> escape_item("[x] is no box"), escape_item("--")
    ('\\[x] is no box', '\\--')
    """
    text = escape_text(text, ours)
    # behind a "-" even two of them would make a rule
    return f"\\{text}" if _TASK.match(text) or _RULE.match(text) else text


def escape_line(text: str, ours: str = "") -> str:
    r"""Return Markdown that shows `text` on one line, as a heading.

    >>> escape_line("C #"), escape_line("- a\nb")
    ('C \\#', '- a b')
    """
    line = _LINE_END.sub(" ", text.strip(" \t\r\n"))
    return _CLOSING.sub(r"\\", _escape_inline(line, ours))


def escape_cell(text: str, ours: str = "") -> str:
    r"""Return Markdown that shows `text` in a cell of a pipe table.

    >>> escape_cell("a|b\n*c*")
    'a\\|b<br>\\*c\\*'
    """
    text = text.strip(" \t\r\n")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _escape_inline(text, ours, broken="\n" in text)
    return text.replace("|", "\\|").replace("\n", "<br>")


def _escape_inline(text: str, ours: str = "", *, broken: bool = False) -> str:
    """Escape what acts within a line; all that could be emphasis where newlines become `<br>`."""
    if "\\" in text:
        text = _BACKSLASH.sub(_insert, text)
    if "`" in text:
        # a run opens code if one of the same length follows; single escaped ticks could pair with
        # others, so it is all or none
        if "``" not in text:
            paired = text.count("`") > 1
        else:
            runs = [len(run) for run in _BACKTICKS.findall(text)]
            paired = len(set(runs)) < len(runs) or ("```" in text and bool(_FENCE.search(text)))
        if paired:
            text = text.replace("`", "\\`")
    for mark in "*_~":
        if mark in text:
            if broken:
                text = text.replace(mark, f"\\{mark}")
            elif mark in ours or text.count(mark) > 1:
                text = _escape_pairs(text, mark, mark in ours)
    if "$" in text:
        text = _escape_dollars(text)
    if "<" in text:
        if MARK in text:
            text = _TAG_OR_MARK.sub(_prepend, text)
        else:
            last = max(text.rfind(">"), 0)  # without its end it is no tag
            text = _TAG.sub(_prepend, text[:last]) + text[last:]
    if "&" in text:
        text = _ENTITY.sub(_escape_entity, text)
    if "](" in text:
        first, last = (0, len(text)) if MARK in text else (text.find("["), text.rfind(")"))
        if 0 <= first < last:
            inner = text[first:last].replace("](", "\\](")
            text = f"{text[:first]}{inner}{text[last:]}"
    return text


def _escape_pairs(text: str, mark: str, alone: bool) -> str:
    """Escape the runs of `mark` that could open emphasis which a later one closes, and those."""
    runs = []
    size = first_opener = len(text)
    last_closer = -1
    # what stands around a run at the beginning or end of the text is a space
    framed = f" {text} "
    for found in _RUNS[mark].finditer(text):
        start, end = found.span()
        before, after = _CLASSES[framed[start]], _CLASSES[framed[end + 1]]
        if mark == "_":
            opens = after != _SPACE and before != _OTHER
            closes = before != _SPACE and after != _OTHER
        else:
            opens = after != _SPACE and (after != _MARK or before != _OTHER)
            closes = before != _SPACE and (before != _MARK or after != _OTHER)
        if opens and start < first_opener:
            first_opener = start
        if closes:
            last_closer = start
        runs.append((start, end, opens, closes))
    if alone:
        first_opener, last_closer = -1, size  # a mark of ours may be its partner
    if first_opener >= last_closer:
        return text
    parts, done = [], 0
    for start, end, opens, closes in runs:
        if (opens and start < last_closer) or (closes and start > first_opener):
            parts += [text[done:start], f"\\{mark}" * (end - start)]
            done = end
    parts.append(text[done:])
    return "".join(parts)


def _escape_dollars(text: str) -> str:
    """Escape dollars between which a reader of formulas could see one."""
    opened = closed = False
    size = len(text)
    for found in _DOLLARS.finditer(text):
        start, end = found.span()
        before, after = text[start - 1 : start], text[end : end + 1]
        if opened and before and not before.isspace() and not after.isdigit():
            closed = True
            break
        opened = opened or end - start > 1 or (end < size and not after.isspace())
    return text.replace("$", "\\$") if closed or text.count("$$") > 1 else text


def _insert(found: re.Match[str]) -> str:
    # much faster than a template, which re takes apart at every call
    return found[0] + "\\"


def _prepend(found: re.Match[str]) -> str:
    return "\\" + found[0]


def _escape_entity(found: re.Match[str]) -> str:
    name = found[1]
    return "\\&" if name[0] == "#" or f"{name};" in html5 else "&"
