"""A worker's private memory stays under 500 MB and flat while the input grows ten-fold.

The command runs on Ray with two workers over 1, 3 and 10 times the same input (hard links to the same
files: other names, other documents). Ten times a second the unique set size of every process below it
is read: memory that would be given back if the process ended, so shared libraries and Ray's object
store count nowhere twice. The highest of each worker is kept.

**Right as well:** documents in = kept + dropped + failed, and ten times the input gives ten times each.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import psutil

from corpus import MADE, arguments, name_of
from measuring import write_result

TIMES = (1, 3, 10)
BASE_MEGABYTES = 36
INTERVAL_SECONDS = 0.1


def grown(corpus: Path, times: int) -> Path:
    """Return a folder with the first files of the corpus, each `times` times."""
    folder = MADE / "memory" / f"input-{times}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    size = 0
    for path in sorted(corpus.glob("*.jsonl")):
        if size >= BASE_MEGABYTES * 1e6:
            break
        size += path.stat().st_size
        first = folder / f"0-{path.name}"
        shutil.copyfile(path, first)
        for number in range(1, times):
            os.link(first, folder / f"{number}-{path.name}")
    return folder


def peaks(source: Path, out: Path) -> tuple[dict[str, Any], dict[str, list[float]]]:
    """Run the job; return its summary and the peaks of its processes in MB, highest first."""
    shutil.rmtree(out, ignore_errors=True)
    command = [Path(sys.executable).parent / "tore-export", "training", source, "--output", out]
    options = ["--engine", "ray", "--workers", "2", "--json", "--quiet"]
    highest: dict[tuple[str, int], int] = defaultdict(int)
    with tempfile.TemporaryFile() as stdout:
        child = subprocess.Popen([*map(str, command), *options], stdout=stdout)
        top = psutil.Process(child.pid)
        while child.poll() is None:
            for process in [top, *_below(top)]:
                try:
                    role = _role(process, top)
                    uss = process.memory_full_info().uss
                except psutil.Error:
                    continue
                key = (role, process.pid)
                highest[key] = max(highest[key], uss)
            time.sleep(INTERVAL_SECONDS)
        assert child.returncode == 0, f"the job ended with {child.returncode}"
        stdout.seek(0)
        summary = json.loads(stdout.read())
    by_role: dict[str, list[float]] = defaultdict(list)
    for (role, _), uss in sorted(highest.items(), key=lambda pair: -pair[1]):
        by_role[role].append(round(uss / 1e6, 1))
    return summary, by_role


def _below(top: psutil.Process) -> list[psutil.Process]:
    try:
        return top.children(recursive=True)
    except psutil.Error:
        return []


def _role(process: psutil.Process, top: psutil.Process) -> str:
    if process.pid == top.pid:
        return "driver"
    # Ray's workers name themselves after what they do
    return "worker" if " ".join(process.cmdline()).startswith("ray::") else "ray itself"


def main() -> None:
    options = arguments(__doc__)
    work = MADE / "memory"
    shutil.rmtree(work, ignore_errors=True)
    runs: dict[str, dict[str, Any]] = {}
    books: dict[int, dict[str, int]] = {}
    for times in TIMES:
        source = grown(options.corpus, times)
        summary, by_role = peaks(source, work / f"out-{times}")
        books[times] = summary["documents"]
        runs[f"{times}x"] = {
            "input_mb": round(summary["n_bytes"] / 1e6, 1),
            "documents": summary["documents"]["in"],
            "worker_peak_mb": by_role["worker"][0],
            "workers_mb": by_role["worker"][:4],
            "driver_peak_mb": by_role["driver"][0],
            "seconds": round(summary["seconds"], 1),
        }
        shutil.rmtree(work / f"out-{times}")
    for times, documents in books.items():
        expected = {name: count * times for name, count in books[1].items()}
        assert documents == expected, f"{times} times the input gave {documents}, not {expected}"
    figures = {
        "corpus": name_of(options.corpus),
        **runs,
        "worker_peak_10x_to_1x": round(
            runs["10x"]["worker_peak_mb"] / runs["1x"]["worker_peak_mb"], 2
        ),
        "wanted": {"worker_peak_mb": "at most 500", "worker_peak_10x_to_1x": "about 1"},
    }
    write_result("memory_vs_input_size", __doc__.splitlines()[0], figures)
    shutil.rmtree(work)


if __name__ == "__main__":
    main()
