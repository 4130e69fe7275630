"""Analyse tokens: of one document or a million, of files, of standard input, of datasets."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import IO

import pyarrow as pa

from tore_export.analysis.prices import PriceTable, load_prices
from tore_export.analysis.result import TokenAnalysis
from tore_export.analysis.summarize import Model, summarize
from tore_export.api.documents import Elements, as_table
from tore_export.api.standard_input import STDIN, with_standard_input
from tore_export.api.training import as_seen_by_workers, engine_starter
from tore_export.api.training_rows import facts_of_rows, shape_of
from tore_export.api.written_datasets import dataset_at, facts_of_dataset
from tore_export.config import ExportConfig
from tore_export.engine.run import Run
from tore_export.errors import PreflightError, UsageError
from tore_export.observe.progress import OnProgress
from tore_export.plan.analysis import analysis_plan, analysis_stages, encodings_of
from tore_export.plan.check import check_output
from tore_export.plan.inputs import find_inputs
from tore_export.plan.rendering import limits_of
from tore_export.sinks.analysis import facts_schema, measured_facts, read_facts
from tore_export.sources.unit import InputFile
from tore_export.storage.layout import Layout
from tore_export.tokens.manager import TokenizerManager

__all__ = ["analyze", "analyze_elements"]


def analyze(
    paths: Sequence[str],
    tokenizers: Sequence[str] = (),
    config: ExportConfig | None = None,
    *,
    prices: str | PriceTable | None = None,
    output: str | None = None,
    use_facts: bool = True,
    restart: bool = False,
    on_progress: OnProgress | None = None,
    stdin: IO[bytes] | None = None,
) -> TokenAnalysis:
    """Analyse the tokens of what lies at `paths`: files, folders, globs, URIs, datasets, `-`.

    `tokenizers` are models or encodings, by default that of the configuration; each encoding is counted
    once. `prices` is a price table or its file. With `output`, a folder, the facts of each document are
    kept there, and the same call goes on where it was stopped; else they are removed at the end. Of a
    dataset that this project wrote, facts are read instead of text where they say the same and
    `use_facts` holds. Dialogues and other training rows are counted as trainers read them.

    **Raises** PreflightError, ConfigError or TokenizerError before anything is counted; RunError where
    too many documents fail, or the disk refuses.
    """
    config = config or ExportConfig()
    tokenizers = _each_once(tokenizers or config.default_tokenizer)
    models = [_model(name) for name in tokenizers]
    table = prices if isinstance(prices, PriceTable) else load_prices(prices)
    inputs = " ".join(paths) if STDIN not in paths else "INPUT"
    with ExitStack() as files:
        folder = files.enter_context(tempfile.TemporaryDirectory(prefix="tore-export-"))
        read = list(files.enter_context(with_standard_input(paths, stdin)))
        # facts are those of all rows
        whole_only = config.limit is None and not (config.include or config.exclude)
        facts, notes, rest = _known(read, tokenizers, use_facts=use_facts and whole_only)
        n_known, n_tables = sum(found.num_rows for found in facts), len(facts)
        if rest:
            documents, rows = _apart(rest, config)
            if rows:  # then files are named, and those that are left out are left out
                config = config.model_copy(update={"include": (), "exclude": ()})
            facts += _facts_of_rows(rows, tokenizers, config)
            if rows and config.limit is not None:
                left = config.limit - sum(found.num_rows for found in facts[n_tables:])
                documents = documents if left else []
                config = config.model_copy(update={"limit": left or None})
            if rows:
                files_of = "1 file" if len(rows) == 1 else f"{len(rows):,} files"
                notes.append(f"{files_of} of training rows, counted as trainers read them")
            if documents:
                run_output = output or os.path.join(folder, "state")
                _check_output(output, paths, config)
                told = on_progress and _saying_approximate(on_progress, models[0].approximate)
                run = _run(documents, run_output, tokenizers, config, told, restart=restart)
                run.execute()
                facts.append(read_facts(Layout(run_output), list(encodings_of(tokenizers))))
    whole = pa.concat_tables([facts_schema(list(encodings_of(tokenizers))).empty_table(), *facts])
    return summarize(
        whole,
        models,
        table,
        format=config.default_format,
        counted_from="text" if not n_known else "text and facts" if rest else "facts",
        inputs=inputs,
        notes=notes,
    )


def analyze_elements(
    elements: Elements,
    tokenizers: Sequence[str] = (),
    config: ExportConfig | None = None,
    *,
    prices: str | PriceTable | None = None,
) -> TokenAnalysis:
    """Analyse the tokens of documents at hand, in this process. **Raises** as `analyze` does."""
    config = config or ExportConfig()
    tokenizers = _each_once(tokenizers or config.default_tokenizer)
    table = as_table(elements, limits_of(config))
    for stage in analysis_stages(tokenizers, config):
        table = stage(table)
    return summarize(
        measured_facts(table, list(encodings_of(tokenizers))),
        [_model(name) for name in tokenizers],
        prices if isinstance(prices, PriceTable) else load_prices(prices),
        format=config.default_format,
    )


def _each_once(names: str | Sequence[str]) -> tuple[str, ...]:
    """Return names without repeats; one name may stand for a list of it."""
    return tuple(dict.fromkeys([names] if isinstance(names, str) else names))


def _model(name: str) -> Model:
    tokenizer = TokenizerManager().get(name)
    return Model(name, tokenizer.encoding, tokenizer.approximate)


def _known(
    paths: Sequence[str], tokenizers: Sequence[str], *, use_facts: bool
) -> tuple[list[pa.Table], list[str], list[str]]:
    """Return facts of datasets that have them, what is to be said of it, and the paths to read."""
    encodings = list(encodings_of(tokenizers))
    facts, notes, rest = [], [], []
    for path in paths:
        dataset = dataset_at(path)
        if dataset is None:
            rest.append(path)
            continue
        found = facts_of_dataset(dataset, encodings) if use_facts else None
        if found is None:
            rest += dataset.shards
        else:
            facts.append(found)
            notes.append(
                f"{path}: counts of {found.num_rows:,} rows are those of the dataset's facts; no text "
                "was read, so nothing is told of elements"
            )
    return facts, notes, rest


def _apart(
    paths: Sequence[str], config: ExportConfig
) -> tuple[list[str], list[tuple[InputFile, str]]]:
    """Return the paths of documents, and the files of training rows with their shapes."""
    files = find_inputs(paths, config.include, config.exclude)
    rows = [(file, shape) for file in files if (shape := shape_of(file)) is not None]
    if not rows:
        return list(paths), []
    taken = {file.source for file, _ in rows}
    return [file.path for file in files if file.source not in taken], rows


def _facts_of_rows(
    rows: Sequence[tuple[InputFile, str]], tokenizers: Sequence[str], config: ExportConfig
) -> Iterator[pa.Table]:
    counting = [TokenizerManager().get(name) for name in encodings_of(tokenizers).values()]
    left = config.limit
    for file, shape in rows:
        for table in facts_of_rows(file, shape, counting, limits_of(config)):
            found = table if left is None else table.slice(0, left)
            left = None if left is None else left - found.num_rows
            yield found


def _saying_approximate(on_progress: OnProgress, approximate: bool) -> OnProgress:
    """Tell that the tokens of the first model, which progress shows, are a stand-in's."""
    return lambda progress: on_progress(replace(progress, approximate=approximate))


def _check_output(output: str | None, paths: Sequence[str], config: ExportConfig) -> None:
    if output is None:
        if config.address not in (None, "local"):
            raise PreflightError(
                "an analysis on a cluster needs an output",
                hint="say --output FOLDER, one that all nodes can write to",
            )
        return
    if Layout(output).is_file:
        raise UsageError("the output of an analysis is a folder", where=output)
    check_output([path for path in paths if path != STDIN], Layout(output))


def _run(
    paths: Sequence[str],
    output: str,
    tokenizers: Sequence[str],
    config: ExportConfig,
    on_progress: OnProgress | None,
    *,
    restart: bool,
) -> Run:
    paths, output = as_seen_by_workers(paths, output, config)
    plan = analysis_plan(paths, output, tokenizers, config)
    name, start = engine_starter(plan.n_bytes, paths, output, config)
    return Run(
        plan,
        start,
        engine_name=name,
        on_progress=on_progress,
        max_failed_share=config.max_failed_share,
        restart=restart,
    )
