"""From lists of (kind, text) to what the stages and the signals take."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from tore_export.documents.columns import DocumentRows
from tore_export.documents.schema import Kind
from tore_export.quality.prose import Prose, prose_of
from tore_export.quality.score import RULES, measure, score
from tore_export.quality.words import Words, words_of
from tore_export.stages.normalize import Normalize

Document = list[tuple[int, str]]


def table(documents: list[Document]) -> pa.Table:
    """Return a table of the row contract."""
    rows = DocumentRows(unit=0)
    for number, document in enumerate(documents):
        for kind, text in document:
            for column in rows.elements.lists():
                column.append(None)
            rows.elements.kinds[-1] = int(kind)
            rows.elements.texts[-1] = text
        rows.add(f"doc-{number}", "test.jsonl", place=number)
    return rows.to_table()


def paragraphs(*texts: str) -> Document:
    """Return a document of paragraphs."""
    return [(Kind.PARAGRAPH, text) for text in texts]


def prose(*documents: Document) -> Prose:
    """Return the prose of few documents."""
    elements = table(list(documents))["elements"].combine_chunks()
    (found,) = prose_of(elements, pa.repeat(pa.scalar(True), len(elements)))
    return found[1]


def words(*documents: Document) -> Words:
    """Return the words of few documents."""
    return words_of(prose(*documents))


def texts_of(found: Words) -> list[str]:
    """Return words as they are written."""
    text = found.prose.text.tobytes()
    return [text[a:b].decode() for a, b in zip(found.starts, found.ends, strict=True)]


def signals(documents: list[Document]) -> dict[str, np.ndarray]:
    """Measure documents as the pipeline does, after Normalize."""
    elements = Normalize()(table(documents))["elements"].combine_chunks()
    return measure(elements, pa.repeat(pa.scalar(True), len(elements)))


def worst(documents: list[Document], minimum: float = 0.7) -> list[str | None]:
    """Return for each document the rule it falls by; None if it stays."""
    found = score(signals(documents))
    return [
        RULES[rule].name if value < minimum else None
        for value, rule in zip(found.scores, found.worst, strict=True)
    ]
