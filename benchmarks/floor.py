"""The whole job costs at most 2.5 times its floor: read the bytes, count tokens, write Parquet.

The floor is what no pipeline can do without, done by the fastest library for each: the lines are
parsed with msgspec (typed, the fields a job needs), orjson or pyarrow.json, whichever is fastest here;
the texts of the elements are joined and counted by the fastest exact tokenizer, which is ours; the rows
are written as Parquet with zstd. Nothing is normalized, rendered, scored, filtered, split, hashed or
resumable. Each side runs in a fresh process with one thread for each library, warmed up on twenty
documents: imports and tables are not counted, and no cache of tokens is warm from the same text.

**Right as well:** the floor reads the same number of documents and writes a count for each; the whole
job's books balance.
"""

from __future__ import annotations

import gc
import importlib.util
import json
import shutil
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.json
import pyarrow.parquet as pq

from corpus import MADE, arguments, name_of, sample
from measuring import median, run, write_result
from tore_export.tokens.manager import TokenizerManager
from whole_job import WARM, measured_alone, one_thread_of_arrow

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


PARSERS = {"msgspec": by_msgspec, "pyarrow.json": by_arrow, "orjson": by_orjson}


def floor(parse: Callable[[Path], Rows], paths: list[Path], out: Path) -> int:
    """Do the least; return the number of documents."""
    tokenizer = TokenizerManager().get("cl100k_base")
    out.mkdir(parents=True)
    n_documents = 0
    for path in paths:
        ids, sources, texts = parse(path)
        counts = tokenizer.count_batch(texts)
        table = pa.table({"doc_id": ids, "source": sources, "text": texts, "n_tokens": counts})
        pq.write_table(table, out / f"{path.stem}.parquet", compression="zstd")
        n_documents += sum(count >= 0 for count in counts)
    return n_documents


def measure(parser: str, corpus: str, out: str) -> None:
    """Do the floor once, warmed up on other text; print its processor seconds and its documents."""
    one_thread_of_arrow()
    shutil.rmtree(out, ignore_errors=True)
    few = sample(Path(corpus), WARM)
    floor(PARSERS[parser], sorted(few.glob("*.jsonl")), Path(out, "warm"))
    paths = sorted(Path(corpus).glob("*.jsonl"))
    begin = time.process_time()
    documents = {"in": floor(PARSERS[parser], paths, Path(out, "floor"))}
    print(json.dumps({"seconds": time.process_time() - begin, "documents": documents}))


def parsing_rates(path: Path) -> dict[str, float]:
    """Return how many MB of a file each parser that is installed here reads in a processor second."""
    rates = {}
    for name, parse in PARSERS.items():
        if name == "orjson" and not importlib.util.find_spec("orjson"):
            continue
        seconds = []
        for _ in range(4):
            gc.collect()
            begin = time.process_time()
            parse(path)
            seconds.append(time.process_time() - begin)
        rates[name] = round(path.stat().st_size / 1e6 / min(seconds), 1)
    return rates


def main() -> None:
    if sys.argv[1:2] == ["--measure"]:
        measure(*sys.argv[2:])
        return
    options = arguments(__doc__)
    paths = sorted(options.corpus.glob("*.jsonl"))
    rates = parsing_rates(paths[0])
    fastest = max(rates, key=rates.__getitem__)
    out = MADE / "floor"
    repeats = []
    for _ in range(options.repeats):
        least = run(
            sys.executable, __file__, "--measure", fastest, options.corpus, out / "least"
        ).json()
        whole = measured_alone(options.corpus, out / "whole")
        assert least["documents"]["in"] == whole["documents"]["in"]
        assert whole["documents"]["failed"] == 0
        repeats.append((least["seconds"], whole["seconds"]))
    figures = {
        "corpus": name_of(options.corpus),
        "documents": whole["documents"],
        "json_mb": round(sum(path.stat().st_size for path in paths) / 1e6, 1),
        "parsing_mb_per_processor_second": rates,
        "fastest_parser": fastest,
        "floor_processor_seconds": median([least for least, _ in repeats]),
        "whole_job_processor_seconds": median([whole for _, whole in repeats]),
        "times_the_floor": median([whole / least for least, whole in repeats]),
        "repeats": options.repeats,
        "wanted": {"times_the_floor": "at most 2.5"},
    }
    write_result("floor", __doc__.splitlines()[0], figures)


if __name__ == "__main__":
    main()
