"""Task `question`: what a document asks and answers itself.

- A heading that asks, and the text below it.
- A paragraph that asks, and the one behind it with the list, table or code that follows directly.
- `Q:` and `A:` and the like in many languages; an answer reaches to the next question.
- A term and its definition, as in a glossary.
- A key and its value, of a document that has a title.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

from tore_export.documents.columns import decode_meta
from tore_export.documents.schema import CONTAINERS, Kind
from tore_export.records.candidates import Candidates
from tore_export.records.documents import Document, Documents, oneline
from tore_export.records.questions import LABEL, WORD, are_pair, asks, without_number
from tore_export.records.task import Tools
from tore_export.records.tasks.section import sections_of

__all__ = ["TASK", "Pair", "Question"]

_BELONGS = frozenset({Kind.LIST_ITEM, Kind.CODE, Kind.TABLE, Kind.FORMULA, Kind.CHECKBOX})
"""Kinds that belong to the paragraph they directly follow."""

_UNLABELLED = frozenset({Kind.CODE, Kind.TABLE})
_ANNOUNCES = frozenset(":：")
"""What follows these is the answer, and is not there."""

_MOST_CHARACTERS = 500
"""Of a question behind a label."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and its answer; `first` to `last` are the elements of both."""

    question: str
    answer: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Question:
    """Asks what the document asks."""

    name: ClassVar[str] = "question"
    found_none: ClassVar[str] = "no_question"
    looks_up: ClassVar[bool] = False

    def samples(self, documents: Documents, tools: Tools) -> Candidates:
        """Return one sample of each question that is answered, in the order of the document."""
        found = Candidates(self.name)
        for document in documents:
            if document.is_dialogue:
                found.leave_out(document, "is_dialogue")
                continue
            pairs = [*_labelled(document), *_headings(document)]
            if not document.is_raw:
                pairs += _paragraphs(document)
                pairs += _terms(document, tools)
                pairs += _values(document, tools)
            for pair in sorted(pairs, key=lambda pair: (pair.first, pair.last)):
                if pair.answer.rstrip()[-1:] in _ANNOUNCES:
                    found.leave_out(document, "unfinished_answer")
                    continue
                found.add(
                    document,
                    pair.question,
                    pair.answer,
                    elements=document.places(pair.first, pair.last),
                )
        return found


def _headings(document: Document) -> Iterator[Pair]:
    for section in sections_of(document):
        heading = without_number(section.path[-1])
        if asks(heading) and not LABEL.match(heading):
            first = document.first + section.elements[0]
            last = document.first + section.elements[-1] + 1
            yield Pair(heading, section.text.strip("\n"), first, last)


def _paragraphs(document: Document) -> Iterator[Pair]:
    columns = document.columns
    kinds, texts, parents = columns.kinds, columns.texts, columns.parents
    held = _containers(document)
    shown = document.shown(document.first, document.last)
    for at, (i, following) in enumerate(pairwise(shown)):
        if (
            kinds[i] != Kind.PARAGRAPH
            or kinds[following] == Kind.TITLE
            or parents[i] in held
            or texts[i][-1:].isalnum()
            or not asks(texts[i])
            or LABEL.match(texts[i])
            or asks(texts[following])
        ):
            continue
        end = at + 2
        if texts[following].rstrip()[-1:] in _ANNOUNCES and end < len(shown):
            end += kinds[shown[end]] != Kind.TITLE
        while end < len(shown) and (kinds[shown[end]] in _BELONGS or parents[shown[end]] in held):
            end += 1
        last = shown[end - 1] + 1
        question = without_number(oneline(texts[i]))
        yield Pair(question, document.rendered(following, last), i, last)


def _containers(document: Document) -> set[str | None]:
    columns = document.columns
    places = range(document.first, document.last)
    return {columns.ids[i] for i in places if columns.kinds[i] in CONTAINERS} - {None}


def _labelled(document: Document) -> Iterator[Pair]:
    """Yield what stands behind labels, which are found in the text as it is rendered."""
    labels = [one for one in LABEL.finditer(document.text) if _may_be_label(document, one.start())]
    for at, label in enumerate(labels):
        answer = labels[at + 1] if at + 1 < len(labels) else None
        if answer is None or not are_pair(label, answer):
            continue
        asked = document.text[label.end() : answer.start()].split("\n")
        # a line without a letter underlines the one above it
        question = oneline(" ".join(line for line in asked if WORD.search(line))).strip("*_ ")
        following = labels[at + 2].start() if at + 2 < len(labels) else None
        end = _end_of_answer(document, answer.end(), following)
        if question and len(question) <= _MOST_CHARACTERS:
            first = _element_at(document, label.start())
            last = max(first, _element_at(document, end - 1)) + 1
            yield Pair(question, document.text[answer.end() : end].strip(), first, last)


def _may_be_label(document: Document, place: int) -> bool:
    return document.columns.kinds[_element_at(document, place)] not in _UNLABELLED


def _element_at(document: Document, place: int) -> int:
    """Return the element in whose text `place` lies, or the one before it."""
    at = bisect_right(document.starts, place, document.first, document.last) - 1
    return max(document.first, at)


def _end_of_answer(document: Document, start: int, following: int | None) -> int:
    """Return where the answer that begins at `start` ends: before the next label or heading.

    The last one of a run has nothing behind it that would end it: it is its paragraph and what belongs
    to that.
    """
    kinds, starts, ends = document.columns.kinds, document.starts, document.ends
    here = _element_at(document, start)
    if document.is_raw:
        if following is not None:
            return _title_in(document, start, following)
        blank = document.text.find("\n\n", start)
        return len(document.text) if blank < 0 else blank
    stop = here + 1
    while stop < document.last and kinds[stop] != Kind.TITLE:
        if following is not None and starts[stop] >= following:
            break
        if following is None and kinds[stop] not in _BELONGS:
            break
        stop += 1
    if following is not None and stop < document.last and starts[stop] < following:
        following = None  # a heading comes first
    shown = document.shown(here, stop)
    return min(ends[shown[-1]], len(document.text) if following is None else following)


def _title_in(document: Document, start: int, end: int) -> int:
    """Return where the first of Markdown's headings begins between two places, else the second."""
    found = document.text.find("\n#", start, end)
    return end if found < 0 else found


def _terms(document: Document, tools: Tools) -> Iterator[Pair]:
    """Yield terms with their definitions, of which one term may have several, and several terms one."""
    columns = document.columns
    shown = document.shown(document.first, document.last)
    ids, parents, kinds = columns.ids, columns.parents, columns.kinds
    at = 0
    while at < len(shown):
        terms = at
        while at < len(shown) and kinds[shown[at]] == Kind.TERM:
            at += 1
        below = at
        held: set[str] = set()
        while at < len(shown):
            i = shown[at]
            identity, parent = ids[i], parents[i]
            if kinds[i] != Kind.DEFINITION and (parent is None or parent not in held):
                break
            if identity is not None:
                held.add(identity)
            at += 1
        if below in (terms, at):
            at = max(at, terms + 1)
            continue
        first, last = shown[terms], shown[at - 1] + 1
        term = " / ".join(oneline(columns.texts[i]).rstrip(":：") for i in shown[terms:below])
        question = term
        if not asks(term):
            chosen_by = f"{document.doc_id}\0{first - document.first}"
            question = tools.phrases.say(document.language, "meaning", chosen_by, term=term)
        yield Pair(question, document.rendered(shown[below], last), first, last)


def _values(document: Document, tools: Tools) -> Iterator[Pair]:
    title = document.title
    if not title:
        return
    columns = document.columns
    for i in document.shown(document.first, document.last):
        if columns.kinds[i] != Kind.KEY_VALUE:
            continue
        pairs: list[Any] = decode_meta(columns.metas[i]).get("pairs") or []
        for number, (named, given) in enumerate(pairs):
            key, value = oneline(str(named)).rstrip(":： "), str(given).strip()
            if not key or not value:
                continue
            chosen_by = f"{document.doc_id}\0{i - document.first}\0{number}"
            say = tools.phrases.say
            yield Pair(
                say(document.language, "given", chosen_by, key=key, title=title),
                say(document.language, "given_answer", chosen_by, key=key, value=value),
                i,
                i + 1,
            )


TASK = Question()
