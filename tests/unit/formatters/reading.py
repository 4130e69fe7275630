"""The oracle: what a CommonMark and GFM parser that is not ours reads in a text."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import strategies as st
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

from tore_export.formatters.spans import nested

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
FULL_PARSER = (
    MarkdownIt("commonmark")
    .enable(["table", "strikethrough"])
    .use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)
    .use(footnote_plugin, inline=False, move_to_end=False)
)
PLAIN_PARSER = MarkdownIt("commonmark")
for _parser in (FULL_PARSER, PLAIN_PARSER):
    # an address that a browser should not open is an address
    _parser.validateLink = lambda url: True

FRAGMENTS = [
    *"*_`~<>[]()!#+-=|:.&\\\n\n\n  \t\"'/@x1a9é。€●",
    *("**", "__", "``", "```", "~~", "~~~", "---", "***", "===", "\n\n", "  \n", "\\\n", "    "),
    *("# ", "## ", "- ", "+ ", "* ", "> ", "1. ", "1) ", "2. ", "12. ", "• ", "[ ] ", "[x] "),
    *("[a](b)", "![a](b)", "[a]: b", "[^1]: n", "[a]", "<b>", "</b>", "<!-- x", "<a@b.c>"),
    *(
        "<https://a.b>",
        "<?x",
        "<pre>",
        "&amp;",
        "&#35;",
        "&copy",
        "&nosuch;",
        "| - |",
        ":-:",
        "|-|",
    ),
    *("word", " word ", "snake_case", " 5 * 3 ", "don't", "C:\\dir", "https://a.b/c_d_e", "a_"),
]
texts = st.lists(st.sampled_from(FRAGMENTS), max_size=10).map("".join)


def shown(token: Any) -> str:
    """Return the text an inline token shows, with every mark it holds made visible."""
    parts = []
    for child in token.children or []:
        if child.type in ("text", "text_special"):
            parts.append(child.content)
        elif child.type == "softbreak" or (child.type, child.content) == ("html_inline", "<br>"):
            parts.append("\n")
        else:
            parts.append(f"⟦{child.type}⟧")
    return "".join(parts)


def tidy(text: str) -> str:
    """Return text modulo outer white space of it and its lines, which Markdown does not keep."""
    text = re.sub(r"\r\n?", "\n", text)
    return "\n".join(line.strip() for line in text.strip().split("\n"))


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs that blank lines part a text into."""
    return [part for part in re.split(r"\n{2,}", tidy(text)) if part]


def read(text: str, parser: MarkdownIt = PARSER) -> list[tuple[Any, ...]]:
    """Return the blocks of a Markdown text, each with the lists and quotations it lies in.

    ("heading", level, text), ("text", where, text), ("code", where, language, code),
    ("row", where, cells), ("rule",), ("html", where, html). `where` names the containers from the
    outermost; "-" and "1." are items, "+" is a further block of the item before. ("item", where, "")
    is one that holds nothing.
    """
    found: list[tuple[Any, ...]] = []
    where: list[str] = []
    row: list[str] = []
    tokens = parser.parse(text)

    def place() -> tuple[str, ...]:
        return (*(mark.rstrip("+") for mark in where[:-1]), *where[-1:])

    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type in ("bullet_list_open", "ordered_list_open", "blockquote_open"):
            where.append(
                {"b": "-", "o": "1.", "l": ">"}[token.type[0 if token.type[1] != "l" else 1]]
            )
        elif token.type in ("bullet_list_close", "ordered_list_close", "blockquote_close"):
            where.pop()
        elif token.type == "list_item_open":
            where[-1] = where[-1].rstrip("+")
        elif token.type == "list_item_close" and before.type == "list_item_open":
            found.append(("item", place(), ""))
        elif token.type == "inline":
            if before is not None and before.type == "heading_open":
                found.append(("heading", int(before.tag[1]), tidy(shown(token))))
            elif before is not None and before.type in ("th_open", "td_open"):
                row.append(tidy(shown(token)))
            else:
                found.append(("text", place(), tidy(shown(token))))
        elif token.type == "tr_close":
            found.append(("row", place(), tuple(row)))
            row = []
        elif token.type in ("fence", "code_block"):
            found.append(("code", place(), token.info, token.content))
        elif token.type == "hr":
            found.append(("rule",))
        elif token.type == "html_block":
            found.append(("html", place(), token.content))
        if token.type in ("paragraph_close", "fence", "table_close") and where:
            where[-1] = where[-1].rstrip("+") + "+" if where[-1] != ">" else ">"
    return found


_KINDS = {"strong": "strong", "em": "emphasis", "s": "strike", "link": "link"}
_TAGS = {
    "strong": "strong",
    "em": "emphasis",
    "del": "strike",
    "u": "underline",
    "sub": "subscript",
    "sup": "superscript",
    "code": "code",
}
_TAG = re.compile(r"<(/?)([a-z]+)>")


def characters(token: Any) -> list[tuple[str, frozenset[str] | None]]:
    """Return the characters an inline token shows, each with the kinds of the marks around it.

    A newline has None: it is no matter whether it lies in a mark.
    """
    found: list[tuple[str, frozenset[str] | None]] = []
    around: list[str] = []
    for child in token.children or []:
        kind, _, side = child.type.rpartition("_")
        tag = _TAG.fullmatch(child.content) if child.type == "html_inline" else None
        if side == "open" or (tag and not tag[1] and tag[2] in _TAGS):
            around.append(_TAGS[tag[2]] if tag else _KINDS[kind])
        elif side == "close" or (tag and tag[1] and tag[2] in _TAGS):
            assert around.pop() == (_TAGS[tag[2]] if tag else _KINDS[kind])
        elif child.type in ("softbreak", "hardbreak") or child.content == "<br>":
            found.append(("\n", None))
        else:
            more = {
                "text": (),
                "text_special": (),
                "code_inline": ("code",),
                "math_inline": ("math",),
                "image": ("image",),
                "footnote_ref": ("footnote",),
            }.get(child.type, (f"⟦{child.type}⟧",))
            kinds = frozenset({*around, *more})
            content = child.content
            if child.type == "math_inline" and content[0] == content[-1] == "`":
                content = content[1:-1]  # GitHub's other spelling
            found += [(character, kinds) for character in content]
    assert not around
    return found


Characters = list[tuple[str, frozenset[str] | None]]


def lines_tidied(marks: Characters) -> list[Characters]:
    """Part characters at blank lines, and drop white space at the ends of lines but that of code."""
    lines: list[Characters] = [[]]
    for character, kinds in marks:
        in_code = kinds is not None and "code" in kinds
        if character == "\n" and not in_code:
            lines.append([])
        else:
            lines[-1].append((" " if character == "\n" else character, kinds))
    found: list[Characters] = [[]]
    for line in lines:
        bare = [
            at
            for at, (character, kinds) in enumerate(line)
            if not character.isspace() or (kinds is not None and "code" in kinds)
        ]
        if not bare:
            found.append([])
            continue
        if found[-1]:
            found[-1].append(("\n", None))
        found[-1] += line[bare[0] : bare[-1] + 1]
    return [part for part in found if part]


def marked_characters(text: str, spans: Any = ()) -> list[Characters]:
    """Return the paragraphs of a text, each character with the kinds of the spans around it."""
    marks: list[set[str]] = [set() for _ in text]
    for start, end, kind, _ in nested(text, spans, lambda _: True, paragraphs=True):
        for at in range(start, end):
            if kind != "break":
                marks[at].add(kind)
    return lines_tidied([(c, frozenset(m)) for c, m in zip(text, marks, strict=True)])


def tree(text: str, parser: MarkdownIt = FULL_PARSER) -> list[Any]:
    """Return the blocks of a Markdown text within each other.

    ("heading", level, characters), ("text", characters), ("code", language, text), ("rule",),
    ("table", rows of characters), ("math", latex), ("html", html), ("quote", blocks),
    ("note", label, blocks), ("list", start or None, items), each a list of blocks.
    """
    root: list[Any] = []
    into = [root]
    row: list[Any] = []
    opened = None
    for token in parser.parse(text):
        kind = token.type
        before = "" if opened is None else opened.type
        if kind in ("bullet_list_open", "ordered_list_open"):
            start = int(token.attrs.get("start", 1)) if kind[0] == "o" else None
            into[-1].append(("list", start, []))
            into.append(into[-1][-1][2])
        elif kind in ("blockquote_open", "footnote_reference_open", "footnote_open"):
            node = ("quote", []) if kind[0] == "b" else ("note", token.meta["label"], [])
            into[-1].append(node)
            into.append(node[-1])
        elif kind in ("list_item_open", "table_open"):
            into[-1].append([] if kind[0] == "l" else ("table", []))
            into.append(into[-1][-1] if kind[0] == "l" else into[-1][-1][1])
        elif kind in (
            "bullet_list_close",
            "ordered_list_close",
            "blockquote_close",
            "footnote_reference_close",
            "footnote_close",
            "list_item_close",
            "table_close",
        ):
            into.pop()
        elif kind == "tr_close":
            into[-1].append(row)
            row = []
        elif kind == "inline":
            (marks,) = lines_tidied(characters(token)) or [[]]
            if before in ("th_open", "td_open"):
                row.append(marks)
            elif before.startswith("heading"):
                into[-1].append(("heading", int(opened.tag[1]), marks))
            else:
                into[-1].append(("text", marks))
        elif kind in ("fence", "code_block"):
            into[-1].append(("code", token.info, token.content))
        elif kind == "hr":
            into[-1].append(("rule",))
        elif kind == "math_block":
            into[-1].append(("math", token.content.strip()))
        elif kind == "html_block":
            into[-1].append(("html", token.content))
        opened = token
    return root
