"""On Ray, after its start, two workers do at least 1.8 times what this process does alone.

Each side is a fresh process. Ray's start is measured by itself. The first job on Ray also starts its
workers and imports what they need, so a second job in the same cluster is measured as well: that one is
the throughput of a run long enough not to notice. In this process, too, the second job counts. Wall
time, since that is what workers are for; on a machine that is busy with other things the ratio says
nothing, so the load before each repeat is kept beside it. What the cores themselves give is measured,
too: two processes without Ray, each with half of the files, at the same time.

**Right as well:** the data files are the same bytes on every side.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from corpus import MADE, arguments, name_of
from measuring import median, run, write_result

SIDES = {"inline": 0, "ray_1_worker": 1, "ray_2_workers": 2}


def measure(workers: int, corpus: str, out: str) -> dict[str, Any]:
    """Run the job twice, on Ray if there are workers, and return what it took and made."""
    from tore_export.api.training import dataset_run
    from tore_export.config import TrainingConfig

    engine = "ray" if workers else "inline"
    config = TrainingConfig(engine=engine, max_workers=workers or None)
    found: dict[str, Any] = {"start_seconds": 0.0}
    with ExitStack() as stack:
        if workers:
            from tore_export.engine.ray_data import RayEngine

            begin = time.perf_counter()
            stack.enter_context(RayEngine(None, workers))
            found["start_seconds"] = time.perf_counter() - begin
        for name in ("first", "second"):
            begin = time.perf_counter()
            summary = dataset_run([corpus], f"{out}/{name}", config).execute()
            found[f"{name}_seconds"] = time.perf_counter() - begin
            assert summary.engine == engine
    files = sorted(Path(out, "second", "data").iterdir())
    found["files"] = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in files}
    found["documents"] = dict(summary.documents)
    return found


def in_a_fresh_process(workers: int, corpus: Path, out: Path) -> dict[str, Any]:
    shutil.rmtree(out, ignore_errors=True)
    return run(sys.executable, __file__, "--measure", workers, corpus, out).json()


def halves(corpus: Path, work: Path) -> list[Path]:
    """Return two folders that hold every other file of a corpus each, by links."""
    folders = [work / "half-0", work / "half-1"]
    shutil.rmtree(work, ignore_errors=True)
    for number, path in enumerate(sorted(corpus.glob("*.jsonl"))):
        folders[number % 2].mkdir(parents=True, exist_ok=True)
        (folders[number % 2] / path.name).symlink_to(path.resolve())
    return folders


def seconds_of_two_processes(corpus: Path, work: Path) -> float:
    """Return how long the slower one of two processes takes for its second job, half of a corpus."""
    with ThreadPoolExecutor() as pool:
        found = pool.map(
            lambda half: in_a_fresh_process(0, half, work / f"out-{half.name}"),
            halves(corpus, work),
        )
        return max(side["second_seconds"] for side in found)


def main() -> None:
    if sys.argv[1:2] == ["--measure"]:
        workers, corpus, out = sys.argv[2:]
        print(json.dumps(measure(int(workers), corpus, out)))
        return
    options = arguments(__doc__)
    work = MADE / "ray"
    repeats, loads = [], []
    for _ in range(options.repeats):
        loads.append(round(os.getloadavg()[0], 1))
        row = {
            side: in_a_fresh_process(workers, options.corpus, work / side)
            for side, workers in SIDES.items()
        }
        for side in SIDES:
            assert row[side]["files"] == row["inline"]["files"], f"{side} wrote other bytes"
        row["two"] = {"second_seconds": seconds_of_two_processes(options.corpus, work / "two")}
        repeats.append(row)

    def seconds(side: str, what: str) -> float:
        return median([row[side][what] for row in repeats])

    def times_inline(side: str, what: str) -> float:
        return median([row["inline"]["second_seconds"] / row[side][what] for row in repeats])

    figures = {
        "corpus": name_of(options.corpus),
        "documents": repeats[0]["inline"]["documents"],
        "inline_seconds": seconds("inline", "second_seconds"),
        "load_average_before_each_repeat": loads,
        "repeats": options.repeats,
        "two_processes_without_ray": {"times_inline": times_inline("two", "second_seconds")},
        "wanted": {"times_inline_after_the_start": 1.8, "ray_start_seconds": "under 6"},
    }
    for side in list(SIDES)[1:]:
        figures[side] = {
            "ray_start_seconds": seconds(side, "start_seconds"),
            "first_job_seconds": seconds(side, "first_seconds"),
            "second_job_seconds": seconds(side, "second_seconds"),
            "times_inline_first_job": times_inline(side, "first_seconds"),
            "times_inline_after_the_start": times_inline(side, "second_seconds"),
        }
    write_result("ray_vs_inline", __doc__.splitlines()[0], figures)


if __name__ == "__main__":
    main()
