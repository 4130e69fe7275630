"""Datatrove's side of `end_to_end_vs_datatrove.py`; runs in the environment of the peers.

    datatrove_job.py stock TEXTS TOKENIZER.json OUT      texts in, datatrove's own filters and counter
    datatrove_job.py ours ELEMENTS.jsonl OUT             elements in, our functions and tiktoken

Prints one JSON object. Processor seconds are those of the job alone: importing and loading are outside,
to the peer's advantage.
"""

import json
import sys
import time
from itertools import islice
from pathlib import Path

from datatrove.data import Document
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.filters import GopherQualityFilter, GopherRepetitionFilter
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.tokens import TokensCounter
from datatrove.pipeline.writers import JsonlWriter
from datatrove.utils.text import split_into_words


def stock(texts: str, tokenizer: str, out: str) -> list[PipelineStep]:
    counter = TokensCounter(tokenizer)
    counter.tokenizer.encode_batch(["warm"])
    split_into_words("The word splitter is loaded.", "en")
    return [
        JsonlReader(texts),
        GopherRepetitionFilter(),
        GopherQualityFilter(),
        counter,
        JsonlWriter(out, compression=None),
    ]


class OurDocuments(PipelineStep):
    """Reads, normalizes, scores, renders and filters by our functions; yields datatrove's documents."""

    name = "tore-export's functions"
    type = "reader"

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path

    def run(self, data=None, rank=0, world_size=1):
        """Yield the documents that our filter keeps."""
        from tore_export.engine.threads import one_thread_each
        from tore_export.sources.source import read_unit
        from tore_export.sources.unit import InputFile, Limits, Unit
        from tore_export.stages.filter_quality import FilterQuality
        from tore_export.stages.format import Format
        from tore_export.stages.normalize import Normalize
        from tore_export.stages.score_quality import ScoreQuality

        one_thread_each()
        size = Path(self.path).stat().st_size
        unit = Unit(0, "jsonl", (InputFile(self.path, "part", size),), 0, size, size)
        stages = [Normalize(), ScoreQuality(), Format("markdown"), FilterQuality(0.7)]
        tables = read_unit(unit, Limits(), 1000)
        for stage in stages:
            tables = map(stage, tables)
        for table in tables:
            columns = ("doc_id", "text", "quality_score", "reject")
            for doc_id, text, score, reject in zip(
                *(table[name].to_pylist() for name in columns), strict=True
            ):
                if reject is None:
                    yield Document(text=text, id=doc_id, metadata={"quality_score": score})


class TiktokenCounter(PipelineStep):
    """Counts by tiktoken, one text at a time in this thread."""

    name = "tiktoken"
    type = "tokens"

    def run(self, data, rank=0, world_size=1):
        """Yield each document with its count."""
        from tore_export.tokens.ranks import load_encoding

        encoding = load_encoding("cl100k_base")
        for document in data:
            document.metadata["token_count"] = len(encoding.encode_ordinary(document.text))
            yield document


def ours(elements: str, out: str) -> list[PipelineStep]:
    from tore_export.tokens.ranks import load_encoding

    load_encoding("cl100k_base")
    # what the first table costs once, imports and tables, is outside as well
    list(islice(OurDocuments(elements).run(), 1))
    return [OurDocuments(elements), TiktokenCounter(), JsonlWriter(out, compression=None)]


def main() -> None:
    mode, *rest = sys.argv[1:]
    pipeline = {"stock": stock, "ours": ours}[mode](*rest)
    out = rest[-1]
    begin = time.process_time()
    LocalPipelineExecutor(pipeline, tasks=1, workers=1, logging_dir=f"{out}-logs").run()
    seconds = time.process_time() - begin
    counts = {}
    for path in Path(out).rglob("*.jsonl"):
        for line in path.open(encoding="utf-8"):
            row = json.loads(line)
            counts[row["id"]] = row["metadata"]["token_count"]
    print(json.dumps({"processor_seconds": seconds, "tokens": counts}))


if __name__ == "__main__":
    main()
