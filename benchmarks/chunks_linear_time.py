"""Chunking takes time in proportion to the text, whatever the text is: twice the size, twice the time.

Four texts in which one block, or the number of blocks, is as large as it gets: a Markdown table of 5 MB,
a word of 1 MB, a document of 14 MB, and 2,000,000 paragraphs of one word. Each is cut at 1/8, 1/4, 1/2
and all of its size, at bounds of 512 and 8 tokens, in a fresh process whose tokenizer is warm.
`times_for_twice` compares each size with the one before. `bytes_per_byte` is the memory that was taken
at most, beyond that of the process before, for a byte of the text; the chunks are part of it.

`working_mb` is what cutting takes at most beyond text and result (the ranges of the chunks), at a
quarter and at all of the size. It is flat: at most `MOST_GROWTH` times as much for four times the text,
or else less than what a window of the text takes (`BYTES_OF_WINDOW` for each of its characters) and the
longest word, which a tokenizer looks at as a whole (`BYTES_OF_WORD`; about 20 are the tokenizer's own).

**Right as well:** chunks join to exactly the text, and none has more tokens than the bound by
tiktoken's own count (of every chunk at 1/8 of the size; at other sizes of a sample of a thousand, and
of every chunk by the count the chunker gives).
"""

from __future__ import annotations

import json
import random
import resource
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil

from measuring import median, run, write_result
from peers.chunkers import WARM

BOUNDS = (512, 8)
PARTS = (8, 4, 2, 1)
ENCODING = "cl100k_base"
REPEATS_OF_SMALL = 2
MOST_TIMES_FOR_TWICE = 2.4
MOST_GROWTH = 1.5
BYTES_OF_WINDOW = 100
BYTES_OF_WORD = 40
WORDS = Path(__file__).read_text(encoding="utf-8").split()


def table(part: int) -> str:
    rows = ["| number | name | share | remark |", "|---:|---|---:|---|"]
    size = 5_000_000 // part
    written = 0
    number = 0
    while written < size:
        number += 1
        row = f"| {number} | item {number % 977} | {number % 1000 / 10} % | checked, and kept |"
        rows.append(row)
        written += len(row) + 1
    return "\n".join(rows)


def word(part: int) -> str:
    draw = random.Random(5)
    return "".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=1_000_000 // part))


def document(part: int) -> str:
    """Return chapters of paragraphs, lists and code of words in a random order."""
    draw = random.Random(7)
    size = 14_000_000 // part
    blocks: list[str] = []
    written = 0
    while written < size:
        number = len(blocks)
        words = draw.choices(WORDS, k=draw.randint(5, 120))
        if number % 20 == 0:
            block = f"## Chapter {number // 20}"
        elif number % 7 == 0:
            block = "\n".join(f"- {word}" for word in words)
        elif number % 11 == 0:
            block = (
                "```\n" + "\n".join(" ".join(words[i : i + 8]) for i in range(0, 64, 8)) + "\n```"
            )
        else:
            block = " ".join(w + ("." if i % 13 == 12 else "") for i, w in enumerate(words))
        blocks.append(block)
        written += len(block) + 2
    return "\n\n".join(blocks)


def paragraphs(part: int) -> str:
    return "\n\n".join(f"w{number % 1000}" for number in range(2_000_000 // part))


TEXTS = {
    "a table of 5 MB": table,
    "a word of 1 MB": word,
    "a document of 14 MB": document,
    "2,000,000 paragraphs of one word": paragraphs,
}


def measure(name: str, part: str, bound: str) -> None:
    """Cut one text; print seconds, memory and number of chunks."""
    from tore_export.chunks import Chunker
    from tore_export.tokens.manager import TokenizerManager

    text = TEXTS[name](int(part))
    chunker = Chunker(TokenizerManager().get(ENCODING), int(bound))
    chunker.chunks(WARM)
    before = psutil.Process().memory_info().rss
    begin = time.process_time()
    chunks = chunker.chunks(text)
    seconds = time.process_time() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    assert "".join([chunk.own for chunk in chunks]) == text, "the chunks do not join to the text"
    assert max(chunk.n_tokens for chunk in chunks) <= int(bound), "a chunk says it is too long"
    _check_with_tiktoken([chunk.text for chunk in chunks], int(bound), everything=part == "8")
    print(
        json.dumps(
            {
                "bytes": len(text.encode()),
                "chunks": len(chunks),
                "seconds": seconds,
                "taken": max(0, peak - before),
            }
        )
    )


def measure_memory(name: str, part: str, bound: str) -> None:
    """Cut one text to ranges; print the memory it took beyond text and ranges, and what it may take."""
    from tore_export.chunks import Chunker
    from tore_export.chunks.structure import Structure
    from tore_export.chunks.windows import WINDOW
    from tore_export.tokens.manager import TokenizerManager

    structure = Structure.of(TEXTS[name](int(part)))
    chunker = Chunker(TokenizerManager().get(ENCODING), int(bound))
    chunker.chunks(WARM)
    before = psutil.Process().memory_info().rss
    # to make the text took more than to cut it may: the peak is counted from here on
    Path("/proc/self/clear_refs").write_text("5")
    cuts = next(chunker.cuts([structure]))
    (peak,) = (
        int(line.split()[1]) * 1024
        for line in Path("/proc/self/status").read_text().splitlines()
        if line.startswith("VmHWM:")
    )
    assert isinstance(cuts, list)
    # a tuple has a header of the collector's; a number is there once and takes a multiple of 16
    numbers = {id(value): value for cut in cuts for value in cut if isinstance(value, int)}
    result = sys.getsizeof(cuts) + sum(sys.getsizeof(cut) + 16 for cut in cuts)
    result += sum((sys.getsizeof(value) + 15) // 16 * 16 for value in numbers.values())
    taken = max(0, peak - before - result)
    longest_word = max(map(len, structure.text.split()))
    allowed = BYTES_OF_WINDOW * WINDOW + BYTES_OF_WORD * longest_word
    print(json.dumps({"working_mb": taken / 1e6, "allowed_mb": allowed / 1e6}))


def _check_with_tiktoken(texts: list[str], bound: int, *, everything: bool) -> None:
    from tore_export.tokens.ranks import load_encoding

    looked_at = texts if everything else random.Random(1).sample(texts, min(1000, len(texts)))
    known = load_encoding(ENCODING)
    for ids in known.encode_ordinary_batch(looked_at, num_threads=1):
        assert len(ids) <= bound, f"a chunk has {len(ids)} tokens of {bound}"


def row_of(name: str, bound: int) -> dict[str, Any]:
    """Return the figures of one text at one bound."""
    sizes = []
    for part in PARTS:
        runs = [
            run(sys.executable, __file__, "--measure", name, part, bound).json()
            for _ in range(REPEATS_OF_SMALL if part == 8 else 1)
        ]
        # the least: noise of a machine only ever adds
        sizes.append({**runs[0], "seconds": min(found["seconds"] for found in runs)})
    seconds = [found["seconds"] for found in sizes]
    whole = sizes[-1]
    row = {
        "mb": round(whole["bytes"] / 1e6, 2),
        "chunks": whole["chunks"],
        "seconds": [round(value, 3) for value in seconds],
        "times_for_twice": [round(later / earlier, 2) for earlier, later in pairwise(seconds)],
        "times_for_eight_times": round(seconds[-1] / seconds[0], 2),
        "mb_per_processor_second": median([whole["bytes"] / 1e6 / whole["seconds"]]),
        "bytes_per_byte": [round(found["taken"] / found["bytes"], 1) for found in sizes],
    }
    small, large = (
        run(sys.executable, __file__, "--memory", name, part, bound).json() for part in (4, 1)
    )
    most = max(MOST_GROWTH * small["working_mb"], large["allowed_mb"])
    row["working_mb"] = [round(found["working_mb"], 1) for found in (small, large)]
    row["working_mb_allowed"] = round(most, 1)
    print(f"{bound:4} {name:34} {json.dumps(row)}", flush=True)
    return row


def main() -> None:
    if sys.argv[1:2] == ["--measure"]:
        measure(*sys.argv[2:])
        return
    if sys.argv[1:2] == ["--memory"]:
        measure_memory(*sys.argv[2:])
        return
    figures: dict[str, Any] = {
        f"N = {bound}": {name: row_of(name, bound) for name in TEXTS} for bound in BOUNDS
    }
    worst = max(row["times_for_eight_times"] for rows in figures.values() for row in rows.values())
    not_flat = [
        f"{name} at {bound}"
        for bound, rows in figures.items()
        for name, row in rows.items()
        if row["working_mb"][1] > row["working_mb_allowed"]
    ]
    figures["encoding"] = ENCODING
    figures["most_times_for_eight_times"] = worst
    figures["wanted"] = {"most_times_for_eight_times": "about 8"}
    write_result("chunks_linear_time", __doc__.splitlines()[0], figures)
    assert not not_flat, f"memory grows with {not_flat}"
    assert worst < MOST_TIMES_FOR_TWICE**3, f"eight times the size takes {worst} times as long"


if __name__ == "__main__":
    main()
