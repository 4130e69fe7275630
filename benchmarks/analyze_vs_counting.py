"""`analyze` costs little more than reading, rendering and counting the same documents.

Three sides, each in a fresh process with one thread for each library, warmed up on twenty documents:
counting alone (the rendered texts lie in memory as a column), the first stages of every job (read,
normalize, render, count, nothing written), and the whole analysis (those, and tokens by kind of element,
what could be saved, facts, percentiles and suggestions). Wanted is at most 1.25 times the first stages.
A second encoding in the same pass is measured beside, and so is an analysis of a dataset by its facts.

**Right as well:** all sides count the same tokens; kinds and joins add up to them; facts of a dataset
say what counting its rows says.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

os.environ.setdefault("POLARS_MAX_THREADS", "1")

import pyarrow as pa

from corpus import arguments, name_of, sample
from measuring import median, run, write_result
from tore_export.api.analysis import analyze
from tore_export.api.training import dataset_run
from tore_export.config import ExportConfig, TrainingConfig
from tore_export.engine.inline import InlineEngine
from tore_export.plan.inputs import find_inputs
from tore_export.plan.rendering import limits_of, normalizing, render_options
from tore_export.plan.units import make_units
from tore_export.sources.limit import read
from tore_export.stages.count_tokens import CountTokens
from tore_export.stages.format import Format
from tore_export.tokens.manager import TokenizerManager

MAX_TIMES_STAGES = 1.25
MODEL = "gpt-4"
SECOND = "gpt-4o"
CONFIG = ExportConfig(engine="inline")


def rendered(folder: Path, *, count: bool) -> list[pa.Table]:
    """Do what every job begins with; count where asked for."""
    stages = [*normalizing(CONFIG), Format("markdown", render_options(CONFIG))]
    stages += [CountTokens(MODEL)] if count else []
    found = []
    for unit in make_units(find_inputs([str(folder)])):
        for table in read(unit, limits_of(CONFIG), CONFIG.batch_size):
            made = reduce(lambda rows, stage: stage(rows), stages, table)
            found.append(made.select(["text", "n_tokens"] if count else ["text"]))
    return found


def by_stages(folder: Path) -> int:
    tables = rendered(folder, count=True)
    return sum(pa.compute.sum(table["n_tokens"]).as_py() or 0 for table in tables)


def by_counting(texts: list[pa.Array]) -> int:
    tokenizer = TokenizerManager().get(MODEL)
    return sum(pa.compute.sum(tokenizer.count_column(column)).as_py() or 0 for column in texts)


def by_analysis(folder: Path, models: list[str]) -> int:
    found = analyze([str(folder)], models, CONFIG)
    assert found.documents["failed"] == 0
    for model in found.models:
        assert sum(kind.tokens for kind in model.kinds) + model.joins == model.tokens
    return found.models[0].tokens


def by_facts(dataset: Path) -> int:
    found = analyze([str(dataset)], [MODEL], CONFIG)
    assert found.counted_from == "facts"
    return found.models[0].tokens


def measure(side: str, corpus: Path, warm: Path) -> None:
    """Do one side once; print the processor seconds and the tokens."""
    with InlineEngine():  # as many threads and as little garbage collection as in a run
        work: Callable[[Path], Any]
        if side == "counting":
            by_counting([table["text"].combine_chunks() for table in rendered(warm, count=False)])
            texts = [table["text"].combine_chunks() for table in rendered(corpus, count=False)]
            begin = time.process_time()
            tokens = by_counting(texts)
        else:
            work = {
                "stages": by_stages,
                "analysis": lambda folder: by_analysis(folder, [MODEL]),
                "two_encodings": lambda folder: by_analysis(folder, [MODEL, SECOND]),
                "facts": by_facts,
            }[side]
            work(warm)
            begin = time.process_time()
            tokens = work(corpus)
    print(json.dumps({"seconds": time.process_time() - begin, "tokens": tokens}))


def in_a_fresh_process(side: str, corpus: Path, warm: Path) -> dict[str, Any]:
    found: dict[str, Any] = run(sys.executable, __file__, "--measure", side, corpus, warm).json()
    return found


def main() -> None:
    if sys.argv[1:2] == ["--measure"]:
        measure(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
        return
    options = arguments(__doc__)
    corpus = sample(options.corpus, options.documents) if options.documents else options.corpus
    warm = sample(corpus, 20)
    sides = ("counting", "stages", "analysis", "two_encodings")
    seconds: dict[str, list[float]] = {side: [] for side in (*sides, "facts")}
    with TemporaryDirectory() as folder:
        written = [Path(folder) / name for name in ("dataset", "warm")]
        config = TrainingConfig(engine="inline", enable_filtering=False)
        for path, output in zip((corpus, warm), written, strict=True):
            dataset_run([str(path)], str(output), config).execute()
        for _ in range(options.repeats):
            tokens = set()
            for side in sides:
                found = in_a_fresh_process(side, corpus, warm)
                seconds[side].append(found["seconds"])
                tokens.add(found["tokens"])
            found = in_a_fresh_process("facts", *written)
            seconds["facts"].append(found["seconds"])
            tokens.add(found["tokens"])
            assert len(tokens) == 1, f"tokens differ: {tokens}"
    megabytes = sum(path.stat().st_size for path in corpus.glob("*.jsonl")) / 1e6
    n_documents = sum(1 for path in corpus.glob("*.jsonl") for _ in path.open("rb"))

    def times(side: str, other: str) -> float:
        return median([a / b for a, b in zip(seconds[side], seconds[other], strict=True)])

    figures = {
        "corpus": name_of(options.corpus),
        "documents": n_documents,
        "input_mb": round(megabytes, 1),
        "tokens": tokens.pop(),
        "processor_seconds": {side: median(found) for side, found in seconds.items()},
        "analysis_times_read_render_count": times("analysis", "stages"),
        "analysis_times_counting_alone": times("analysis", "counting"),
        "two_encodings_times_one": times("two_encodings", "analysis"),
        "facts_times_counting_alone": times("facts", "counting"),
        "repeats": options.repeats,
        "wanted": {"analysis_times_read_render_count": f"at most {MAX_TIMES_STAGES}"},
    }
    write_result("analyze_vs_counting", __doc__.splitlines()[0], figures)


if __name__ == "__main__":
    main()
