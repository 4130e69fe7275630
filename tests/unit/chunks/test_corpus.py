"""Chunks of real documents: a whole corpus at six bounds, and the shared corpora with all repeats."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import reduce
from pathlib import Path

import pyarrow as pa
import pytest

from tests.corpora import needs_a_named_corpus, needs_corpora
from tests.unit.chunks.checks import reference_of
from tests.unit.tokens.material import CLAUDE_2, MISTRAL_1
from tore_export.chunks import Chunker
from tore_export.config import TrainingConfig
from tore_export.plan.build import dataset_plan
from tore_export.stages.chunk import Chunk
from tore_export.stages.count_tokens import CountTokens
from tore_export.tokens.manager import TokenizerManager

SHARED = Path(__file__).parents[4] / "shared" / "corpora"
BOUNDS = (8, 16, 128, 512, 4096, 32768)


def rendered(folder: str, **options: object) -> Iterator[pa.Table]:
    """Yield tables of documents as the stage Chunk gets them."""
    plan = dataset_plan([folder], "out", TrainingConfig(enable_filtering=False, **options))
    for unit in plan.units:
        for table in plan.read(unit):
            yield reduce(lambda rows, stage: stage(rows), plan.stages[:-2], table)


def check_table(table: pa.Table, stage: Chunk) -> int:
    """Hold the chunks of a table to bound, count and text; return how many there are."""
    chunker = Chunker(TokenizerManager().get(stage.tokenizer), stage.max_tokens)
    count = reference_of(chunker)
    n_chunks = 0
    done = stage(CountTokens(stage.tokenizer)(table))
    for row in done.select(["text", "chunks", "reject", "blocks"]).to_pylist():
        if row["reject"] is not None:
            assert row["reject"]["stage"] != "chunk"
            continue
        own, elements = [], set()
        for chunk in row["chunks"]:
            assert chunk["n_tokens"] == count(chunk["text"]) <= stage.max_tokens
            own.append(chunk["text"][chunk["own_start"] : chunk["own_end"]])
            assert own[-1] == row["text"][chunk["start"] : chunk["end"]]
            if chunk["first_element"] is not None:
                elements |= set(range(chunk["first_element"], chunk["last_element"] + 1))
        assert "".join(own) == row["text"]
        n_chunks += len(own)
        if len(own) > 1:
            shown = {i for i, block in enumerate(row["blocks"]) if block["start"] < block["end"]}
            assert shown <= elements
    return n_chunks


@pytest.mark.slow
@needs_a_named_corpus
@pytest.mark.parametrize("encoding", ["cl100k_base", "o200k_base"])
def test_every_document_of_the_corpus_is_cut_within_each_bound_and_whole(encoding):
    n_chunks = dict.fromkeys(BOUNDS, 0)
    for table in rendered(os.environ["TORE_EXPORT_CORPUS"], default_tokenizer=encoding):
        for n in BOUNDS:
            n_chunks[n] += check_table(table, Chunk(encoding, n))
    assert sorted(n_chunks.values(), reverse=True) == list(n_chunks.values())


@pytest.mark.slow
@needs_a_named_corpus
@pytest.mark.parametrize("name", ["cl100k_base", CLAUDE_2, MISTRAL_1])
def test_so_are_the_first_thousand_with_all_that_is_repeated_and_other_tokenizers(name):
    for table in rendered(os.environ["TORE_EXPORT_CORPUS"], limit=1_000):
        for n in (16, 128, 512):
            tokenizer = TokenizerManager().portable(name)
            check_table(
                table, Chunk(tokenizer, n, overlap=n // 8, headings=True, table_header=True)
            )


@needs_corpora
@pytest.mark.parametrize(
    ("folder", "options"),
    [
        ("unstructured/expected-structured-output", {}),
        ("docling/docling", {"tables": "html"}),
        ("unstructured/example-docs", {"default_format": "plaintext"}),
    ],
)
def test_documents_of_other_systems_are_cut_within_their_bound_and_whole(folder, options):
    stage = Chunk("o200k_base", 64, overlap=8, headings=True, table_header=True)
    tables = rendered(str(SHARED / folder), limit=60, **options)
    assert sum(check_table(table, stage) for table in tables)
