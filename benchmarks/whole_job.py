"""The whole job in a process of its own, warmed up: for `floor.py`, `end_to_end_vs_datatrove.py`.

    whole_job.py CORPUS OUT

One thread for each library. Twenty documents first, so that imports and the tokenizer's tables are not
counted, then all documents of the corpus, and the processor seconds of those. Twenty only, so that no
cache is warm from the same text.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("POLARS_MAX_THREADS", "1")

import pyarrow as pa

from corpus import sample
from measuring import run
from tore_export.api.training import dataset_run
from tore_export.config import TrainingConfig
from tore_export.results import RunSummary

WARM = 20


def measured_alone(corpus: Path, out: Path) -> dict[str, Any]:
    """Do the job in a fresh process; return its processor `seconds` and its `documents` by fate."""
    found: dict[str, Any] = run(sys.executable, __file__, corpus, out).json()
    return found


def whole_job(corpus: Path, out: Path) -> RunSummary:
    """Do all of it, by the function the command calls."""
    config = TrainingConfig(engine="inline")
    return dataset_run([str(corpus)], str(out), config, restart=True).execute()


def one_thread_of_arrow() -> None:
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)


def main() -> None:
    corpus, out = map(Path, sys.argv[1:])
    one_thread_of_arrow()
    shutil.rmtree(out, ignore_errors=True)
    warm = out.with_name(f"{out.name}-warm")
    whole_job(sample(corpus, WARM), warm)
    begin = time.process_time()
    documents = dict(whole_job(corpus, out).documents)
    seconds = time.process_time() - begin
    shutil.rmtree(warm)
    assert documents["in"] == documents["kept"] + documents["dropped"] + documents["failed"]
    print(json.dumps({"seconds": seconds, "documents": documents}))


if __name__ == "__main__":
    main()
