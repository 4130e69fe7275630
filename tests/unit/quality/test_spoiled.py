"""Clean documents stay, spoiled ones go, at the default minimum of 0.7.

The large tests run on a corpus of real documents, JSON lines `{"elements": [{"type", "text"}]}`, whose
folder TORE_EXPORT_CORPUS names. The tables of evidence were counted on pages whose file name has an
even hash; spoiled documents are made of the others. `pytest -s` shows the shares.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from zlib import crc32

import pytest

from tests.corpora import needs_a_named_corpus
from tests.unit.quality import clean, spoil
from tests.unit.quality.tables import worst
from tore_export.documents.schema import Kind

CLEAN = clean.documents()
VOCABULARY = [word for document in CLEAN for text in spoil.prose(document) for word in text.split()]
FOLDER = os.environ.get("TORE_EXPORT_CORPUS")
KINDS = {
    "Title": Kind.TITLE,
    "NarrativeText": Kind.PARAGRAPH,
    "ListItem": Kind.LIST_ITEM,
    "Table": Kind.TABLE,
    "CodeSnippet": Kind.CODE,
}

Document = list[tuple[int, str]]
Spoil = Callable[[Document, random.Random], Document]


def suitable(kind: str, document: Document) -> bool:
    if kind in spoil.NEEDS_BEYOND_ASCII:
        return spoil.share_beyond_ascii(document) >= 0.005
    return kind not in spoil.NEEDS_SPACES or spoil.has_spaces(document)


def test_clean_documents_in_several_languages_stay() -> None:
    assert worst(CLEAN) == [None] * len(CLEAN)


@pytest.mark.parametrize("kind", spoil.KINDS)
def test_all_of_them_go_once_spoiled(kind: str) -> None:
    dice = random.Random(kind)
    spoiled = [spoil.KINDS[kind](d, dice) for d in CLEAN if suitable(kind, d)]
    assert len(spoiled) >= 60
    assert all(worst(spoiled))


@pytest.mark.parametrize("vocabulary", [VOCABULARY, sorted(set(VOCABULARY))])
def test_words_by_chance_are_no_document(vocabulary: list[str]) -> None:
    dice = random.Random(3)
    assert all(worst([spoil.words_of(vocabulary)(document, dice) for document in CLEAN]))


@pytest.fixture(scope="module")
def real() -> list[tuple[str, Document]]:
    """Source and elements of all documents of the corpus."""
    assert FOLDER is not None
    return [
        (row["source"], [(KINDS[e["type"]], e["text"]) for e in row["elements"]])
        for path in sorted(Path(FOLDER).glob("*.jsonl"))
        for row in map(json.loads, path.read_bytes().splitlines())
    ]


@needs_a_named_corpus
def test_of_a_real_corpus_fewer_than_one_in_fifty_goes(
    real: list[tuple[str, Document]],
) -> None:
    rules = [
        rule
        for start in range(0, len(real), 1000)
        for rule in worst([document for _, document in real[start : start + 1000]])
    ]
    halves = {}
    for odd in (0, 1):
        half = [
            rule
            for (source, _), rule in zip(real, rules, strict=True)
            if crc32(source.encode()) % 2 == odd
        ]
        halves[odd] = sum(rule is not None for rule in half) / len(half)
    print(f"dropped: {halves[0]:.4f} of names the tables have seen, {halves[1]:.4f} of others")
    assert halves[0] < 0.02
    assert halves[1] < 0.02


@needs_a_named_corpus
@pytest.mark.parametrize("kind", [*spoil.KINDS, "words by chance", "each word once"])
def test_of_real_documents_nearly_all_go_once_spoiled(
    real: list[tuple[str, Document]], kind: str
) -> None:
    dice = random.Random(11)
    unseen = [d for source, d in real if crc32(source.encode()) % 2 == 1 and spoil.prose(d)]
    change: Spoil
    if kind in spoil.KINDS:
        change = spoil.KINDS[kind]
    else:
        found = [word for d in unseen for text in spoil.prose(d) for word in text.split()]
        change = spoil.words_of(found if kind == "words by chance" else sorted(set(found)))
    dice.shuffle(unseen)
    chosen = [document for document in unseen if suitable(kind, document)][:500]
    rules = worst([change(document, dice) for document in chosen])
    share = sum(rule is not None for rule in rules) / len(rules)
    print(f"{kind}: {share:.3f} of {len(rules)} dropped")
    assert share >= 0.95
