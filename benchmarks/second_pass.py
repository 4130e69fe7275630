"""What a second pass, fingerprints and the leak check cost, against the job in a single pass.

The whole command in this process, on the same documents, in fresh child processes one after the other:
in a single pass without and with the check for leaks; with a second pass that decides by exact ratios;
with near-duplicates kept together; with those and the check, as `--near-duplicates 0.7` is run by
default. Processor seconds, as ratios to the single pass without a check, and the room that the spool
takes at most beside what it becomes.

**Right as well:** on all sides the same records, whatever split they are in; with exact ratios train
is within half a point of its share; nothing leaks.
"""

from __future__ import annotations

import shutil
import threading
import time
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from corpus import MADE, arguments, name_of, sample
from measuring import median, tore_export, write_result

SIDES: dict[str, tuple[str, ...]] = {
    "single_pass": ("--no-check-leaks",),
    "single_pass_and_check": (),
    "second_pass": ("--no-check-leaks", "--exact-ratios"),
    "near_duplicates": ("--no-check-leaks", "--near-duplicates", "0.7"),
    "near_duplicates_and_check": ("--near-duplicates", "0.7"),
}
BASE = "single_pass"
N_DOCUMENTS = 6_000


class MostBytes:
    """Watches how much lies in a folder while something writes to it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.most = 0

    def _watch(self) -> None:
        while not self._is_over.wait(0.2):
            found = 0
            # a file is renamed or done with, or its folder is
            with suppress(FileNotFoundError):
                for path in self._folder.rglob("*"):
                    with suppress(FileNotFoundError):
                        found += path.stat().st_size
            self.most = max(self.most, found)

    def __enter__(self) -> MostBytes:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()


def records_of(output: Path) -> str:
    """Return a digest of all records, in the order of their ids, without their splits."""
    tables = [
        pq.read_table(path, columns=["doc_id", "text", "n_tokens"])
        for path in sorted((output / "data").glob("*.parquet"))
    ]
    rows = pa.concat_tables(tables).sort_by("doc_id").to_pylist()
    return sha256(repr(rows).encode()).hexdigest()


def measured(corpus: Path, side: str) -> dict[str, Any]:
    """Run one side, and return what it took and made."""
    output = MADE / "second-pass" / side
    shutil.rmtree(output, ignore_errors=True)
    output.parent.mkdir(parents=True, exist_ok=True)
    state = output / ".tore-export"
    with MostBytes(state) as watched:
        begin = time.perf_counter()
        child = tore_export(
            *("training", corpus, "--output", output, "--engine", "inline", "--quiet", "--json"),
            *SIDES[side],
        )
        seconds = time.perf_counter() - begin
    summary = child.json()
    leaks = summary["leaks"]
    assert (leaks is None) == ("--no-check-leaks" in SIDES[side])
    assert leaks is None or not (leaks["split_documents"] or leaks["near_duplicates"])
    return {
        "processor_seconds": child.processor_seconds,
        "wall_seconds": seconds,
        "records": records_of(output),
        "by_split": summary["records"],
        "documents": summary["documents"],
        "most_state_bytes": watched.most,
        "data_bytes": sum(path.stat().st_size for path in (output / "data").iterdir()),
    }


def main() -> None:
    options = arguments(__doc__)
    corpus = sample(options.corpus, options.documents or N_DOCUMENTS)
    repeats = []
    for _ in range(options.repeats):
        row = {side: measured(corpus, side) for side in SIDES}
        for side in SIDES:
            assert row[side]["records"] == row[BASE]["records"], f"{side} made other records"
        kept = row["second_pass"]["documents"]["kept"]
        train = row["second_pass"]["by_split"]["train"]
        assert abs(train - 0.9 * kept) <= 0.005 * kept, (train, kept)
        repeats.append(row)
    figures: dict[str, Any] = {
        "corpus": name_of(options.corpus),
        "documents": repeats[0][BASE]["documents"],
        "repeats": options.repeats,
        "sides": {
            side: {
                "processor_seconds": median([row[side]["processor_seconds"] for row in repeats]),
                "times_a_single_pass": median(
                    [
                        row[side]["processor_seconds"] / row[BASE]["processor_seconds"]
                        for row in repeats
                    ]
                ),
                "most_state_bytes_by_data_bytes": median(
                    [row[side]["most_state_bytes"] / row[side]["data_bytes"] for row in repeats]
                ),
            }
            for side in SIDES
        },
    }
    write_result("second_pass", (__doc__ or "").splitlines()[0], figures)


if __name__ == "__main__":
    main()
