"""The whole job costs at most 2.5 times its floor: read the bytes, count tokens, write Parquet.

The floor is what no pipeline can do without, done by the fastest library for each: the lines are
parsed with msgspec (typed, the fields a job needs), orjson or pyarrow.json, whichever is fastest here;
the texts of the elements are joined and counted by the fast exact tokenizer; the rows are written as
Parquet with zstd. Nothing is normalized, rendered, scored, filtered, split, hashed or resumable. Both
sides run in this process, one after the other, with one thread for each library.

**Right as well:** the floor reads the same number of documents and writes a count for each; the whole
job's books balance.
"""

from __future__ import annotations

import gc
import importlib.util
import os
import shutil
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

os.environ.setdefault("POLARS_MAX_THREADS", "1")

import msgspec
import pyarrow as pa
import pyarrow.json
import pyarrow.parquet as pq

from corpus import MADE, arguments, name_of, sample
from measuring import median, write_result
from tore_export.api.training import dataset_run
from tore_export.config import TrainingConfig
from tore_export.results import RunSummary
from tore_export.tokens.manager import TokenizerManager

Rows = tuple[list[str], list[str], list[str]]


class Element(msgspec.Struct):
    """What a job needs of an element."""

    type: str = ""
    text: str | None = None


class Row(msgspec.Struct):
    """What a job needs of a line."""

    doc_id: str
    source: str
    elements: list[Element]


def by_msgspec(path: Path) -> Rows:
    rows = msgspec.json.Decoder(Row).decode_lines(path.read_bytes())
    texts = ["\n\n".join([e.text for e in row.elements if e.text]) for row in rows]
    return [row.doc_id for row in rows], [row.source for row in rows], texts


def by_orjson(path: Path) -> Rows:
    import orjson

    rows = [orjson.loads(line) for line in path.read_bytes().splitlines()]
    texts = ["\n\n".join([e["text"] for e in row["elements"] if e["text"]]) for row in rows]
    return [row["doc_id"] for row in rows], [row["source"] for row in rows], texts


def by_arrow(path: Path) -> Rows:
    options = pyarrow.json.ReadOptions(use_threads=False, block_size=64_000_000)
    table = pyarrow.json.read_json(path, read_options=options)
    elements = table["elements"].combine_chunks()
    flat, ends = elements.flatten().field("text").to_pylist(), elements.offsets.to_pylist()
    texts = ["\n\n".join([t for t in flat[a:b] if t]) for a, b in pairwise(ends)]
    return table["doc_id"].to_pylist(), table["source"].to_pylist(), texts


def floor(parse: Callable[[Path], Rows], paths: list[Path], out: Path) -> int:
    """Do the least; return the number of documents."""
    from toktok import batch_count

    out.mkdir(parents=True)
    n_documents = 0
    for path in paths:
        ids, sources, texts = parse(path)
        counts = batch_count(texts, "cl100k_base", threads=1)
        table = pa.table({"doc_id": ids, "source": sources, "text": texts, "n_tokens": counts})
        pq.write_table(table, out / f"{path.stem}.parquet", compression="zstd")
        n_documents += sum(count >= 0 for count in counts)
    return n_documents


def whole_job(corpus: Path, out: Path) -> RunSummary:
    """Do all of it, by the function the command calls."""
    config = TrainingConfig(engine="inline")
    return dataset_run([str(corpus)], str(out), config, restart=True).execute()


def seconds(call: Callable[[], Any]) -> tuple[float, Any]:
    gc.collect()
    begin = time.process_time()
    found = call()
    return time.process_time() - begin, found


def main() -> None:
    options = arguments(__doc__)
    paths = sorted(options.corpus.glob("*.jsonl"))
    work = MADE / "floor"
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    parsers = {"msgspec": by_msgspec, "pyarrow.json": by_arrow}
    if importlib.util.find_spec("orjson"):
        parsers["orjson"] = by_orjson
    # both sides start warm: libraries imported, the tokenizer's tables built
    TokenizerManager().get("cl100k_base").count("warm")
    shutil.rmtree(work, ignore_errors=True)
    whole_job(sample(options.corpus, 100), work / "warm")
    parsing = {}
    for name, parse in parsers.items():
        parse(paths[0])
        parsing[name] = min(seconds(lambda parse=parse: parse(paths[0]))[0] for _ in range(3))
    fastest = min(parsing, key=parsing.__getitem__)
    repeats = []
    for number in range(options.repeats):
        least, n_documents = seconds(
            lambda number=number: floor(parsers[fastest], paths, work / f"floor-{number}")
        )
        whole, summary = seconds(
            lambda number=number: whole_job(options.corpus, work / f"{number}")
        )
        books = summary.documents
        assert n_documents == books["in"] == books["kept"] + books["dropped"] + books["failed"]
        assert books["failed"] == 0
        repeats.append({"floor": least, "whole": whole})
    n_bytes = sum(path.stat().st_size for path in paths)
    figures = {
        "corpus": name_of(options.corpus),
        "documents": n_documents,
        "json_mb": round(n_bytes / 1e6, 1),
        "fastest_parser": fastest,
        "parsing_mb_per_processor_second": {
            name: round(paths[0].stat().st_size / 1e6 / value, 1) for name, value in parsing.items()
        },
        "floor_processor_seconds": median([r["floor"] for r in repeats]),
        "whole_job_processor_seconds": median([r["whole"] for r in repeats]),
        "times_the_floor": median([r["whole"] / r["floor"] for r in repeats]),
        "repeats": options.repeats,
        "wanted": {"times_the_floor": "at most 2.5"},
    }
    write_result("floor", __doc__.splitlines()[0], figures)


if __name__ == "__main__":
    main()
