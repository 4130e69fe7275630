"""The Markdown parser as it is set up here: GitHub's dialect, at a bounded cost, and nothing lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, partial
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.parser_block import ParserBlock
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline, image, link
from markdown_it.token import Token

__all__ = ["MAX_NESTING", "parser"]

MAX_NESTING = 30
"""Blocks within each other (a list counts as two, with its item); what lies deeper is text."""

MAX_BRACKETS = 200
"""Brackets that are open at one place of a paragraph; one with more is text without any mark."""

_BRACKET = re.compile(r"[\[\]]")
_MARKS = re.compile(r"[&*<\[\\_`~$]|  \n")
_LINE_END = re.compile(r" ?\n[ \t]*")
_FORMULA = re.compile(
    r"\$\$(?P<display>(?:[^$\\]|\\.)+)\$\$"
    r"|\$`(?P<ticked>[^`$]+)`\$"
    r"|\$(?P<plain>(?:[^\s$\\]|\\.)(?:(?:[^$\\]|\\.)*(?:[^\s$\\]|\\.))?)\$(?![A-Za-z0-9$])",
    re.S,
)
"""Formulas within a line as GitHub has them: what else stands between dollars is money or a variable."""

_NOT_BEFORE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789$")
_FOOTNOTE = re.compile(r"\[\^([^\]\s\[]{1,200})\]")


@cache
def parser() -> MarkdownIt:
    """Return the parser: CommonMark with GFM's tables, strikethrough and task lists, footnotes and `$`.

    **Source** CommonMark 0.31, GitHub Flavored Markdown 0.29, and GitHub's documentation for footnotes
    and formulas, of which a letter or digit right before or after takes the dollars for text.
    """
    from mdit_py_plugins.dollarmath import dollarmath_plugin
    from mdit_py_plugins.footnote import footnote_plugin

    found = _Parser()
    found.use(footnote_plugin, inline=False, move_to_end=False)
    found.inline.ruler.at("footnote_ref", _footnote_reference)
    found.inline.ruler.at("link", partial(_closed, link))
    found.inline.ruler.at("image", partial(_closed, image))
    found.use(dollarmath_plugin, allow_labels=False, allow_blank_lines=False)
    found.inline.ruler.at("math_inline", _formula)
    return found


class _Parser(MarkdownIt):
    """Leaves addresses as they are: what a browser should not open is still what the text says."""

    def __init__(self) -> None:
        super().__init__("zero")
        self.inline = _Inlines()
        self.block = _Blocks()
        self.configure(
            "commonmark",
            options_update={
                "maxNesting": MAX_NESTING,
                "tasklists": True,
                "strikethrough_single_tilde": True,
            },
        )
        self.enable(["table", "strikethrough"])

    def validateLink(self, url: str) -> bool:  # noqa: N802
        return True

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        return url

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        return link


class _Blocks(ParserBlock):
    """Keeps the text of what is nested too deep, which the library would leave out."""

    def tokenize(self, state: StateBlock, startLine: int, endLine: int) -> None:  # noqa: N803
        if state.level < MAX_NESTING:
            super().tokenize(state, startLine, endLine)
            return
        line = startLine
        while line < endLine and (
            line == startLine or state.isEmpty(line) or state.sCount[line] >= state.blkIndent
        ):
            line += 1
        state.line = line
        lines = state.getLines(startLine, line, state.blkIndent, False).split("\n")
        content = "\n".join(filter(None, map(str.strip, lines)))
        if content:
            state.push("paragraph_open", "p", 1)
            state.push("inline", "", 0).content = content
            state.push("paragraph_close", "p", -1)


class _Inlines(ParserInline):
    """Takes a text without any mark as it is: most are like that, and so is one of brackets alone."""

    def parse(self, src: str, md: MarkdownIt, env: Any, tokens: list[Token]) -> list[Token]:
        if _MARKS.search(src) and not _is_bracketed(src):
            return super().parse(src, md, env, tokens)
        if "\n" in src:
            src = _LINE_END.sub("\n", src)
        tokens.append(Token("text", "", 0, content=src))
        return tokens


def _is_bracketed(src: str) -> bool:
    """Tell whether brackets lie in brackets deeper than in any text; each one is looked through anew."""
    if src.count("[") <= MAX_BRACKETS:
        return False
    depth = deepest = 0
    for bracket in _BRACKET.findall(src):
        depth = depth + 1 if bracket == "[" else max(depth - 1, 0)
        deepest = max(deepest, depth)
    return deepest > MAX_BRACKETS


def _closed(rule: Callable[[StateInline, bool], bool], state: StateInline, silent: bool) -> bool:
    """Look for a link or an image only where a bracket closes it: in vain, that takes long."""
    if state.src[state.pos] not in "[!" or state.html_terminator_last("]") < state.pos:
        return False
    return rule(state, silent)


def _footnote_reference(state: StateInline, silent: bool) -> bool:
    """Take `[^label]` for a reference if there is such a footnote; look no further than a label."""
    if state.src[state.pos] != "[" or not (known := state.env.get("footnotes")):
        return False
    found = _FOOTNOTE.match(state.src, state.pos, state.posMax)
    if found is None or f":{found[1]}" not in known["refs"]:
        return False
    if not silent:
        state.push("footnote_ref", "", 0).meta = {"label": found[1]}
    state.pos = found.end()
    return True


def _formula(state: StateInline, silent: bool) -> bool:
    """Take `$x$`, `` $`x`$ `` or `$$x$$` for a formula."""
    src, start = state.src, state.pos
    if src[start] != "$":
        return False
    found = _FORMULA.match(src, start, state.posMax)
    if found is None or not (latex := found[found.lastgroup or 0].strip()):
        return False
    if found.lastgroup == "plain":
        before = start - 1
        while before > 0 and src[before] == "_":
            before -= 1  # a mark of emphasis, or part of a name
        if before >= 0 and src[before] in _NOT_BEFORE:
            return False
    if not silent:
        kind = "math_inline_double" if found.lastgroup == "display" else "math_inline"
        state.push(kind, "math", 0).content = " ".join(latex.split())
    state.pos = found.end()
    return True
