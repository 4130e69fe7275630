"""Counting for several models costs their encodings, not their number: 1 + 1 for four models of two.

The texts are the joined elements of the documents. Each side counts them once in a process that has
loaded the encodings but seen no text: one model of each encoding alone, then four models in one pass
(gpt-4, gpt-3.5-turbo, gpt-4o, o3), as the analysis does.

**Right as well:** the counts of the pass are those of each model alone.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pyarrow as pa

from corpus import arguments, name_of
from count_tokens_vs_tiktoken import texts_by_script
from measuring import median, run, write_result

ALONE = ("gpt-4", "gpt-4o")
TOGETHER = ("gpt-4", "gpt-3.5-turbo", "gpt-4o", "o3")
WANTED = 1.1


def measure(path: str, *models: str) -> None:
    """Count the texts of a file for the models once; print the processor seconds and hashes."""
    from tore_export.tokens.manager import TokenizerManager
    from tore_export.tokens.several import count_column_for

    column = pa.array(json.loads(Path(path).read_text(encoding="utf-8")), pa.large_string())
    tokenizers = [TokenizerManager().get(model) for model in models]
    for tokenizer in tokenizers:
        tokenizer.count("warm")
    begin = time.process_time()
    counts = count_column_for(tokenizers, column)
    seconds = time.process_time() - begin
    hashes = {
        model: hashlib.sha256(str(column.to_pylist()).encode()).hexdigest()
        for model, column in zip(models, counts, strict=True)
    }
    print(json.dumps({"seconds": seconds, "hashes": hashes}))


def in_a_fresh_process(path: Path, *models: str) -> dict[str, Any]:
    return run(sys.executable, __file__, "--measure", path, *models).json()


def main() -> None:
    if sys.argv[1:2] == ["--measure"]:
        measure(*sys.argv[2:])
        return
    options = arguments(__doc__)
    times, alone_seconds, together_seconds = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "texts.json"
        texts = [text for texts in texts_by_script(options.corpus).values() for text in texts]
        path.write_text(json.dumps(texts), encoding="utf-8")
        for _ in range(options.repeats):
            alone = [in_a_fresh_process(path, model) for model in ALONE]
            together = in_a_fresh_process(path, *TOGETHER)
            hashes = together["hashes"]
            assert all(
                hashes[name] == one["hashes"][name] for name, one in zip(ALONE, alone, strict=True)
            )
            assert (hashes["gpt-3.5-turbo"], hashes["o3"]) == (hashes["gpt-4"], hashes["gpt-4o"])
            seconds = sum(one["seconds"] for one in alone)
            times.append(together["seconds"] / seconds)
            alone_seconds.append(seconds)
            together_seconds.append(together["seconds"])
    figures = {
        "corpus": name_of(options.corpus),
        "texts": len(texts),
        "mb": round(sum(len(text.encode()) for text in texts) / 1e6, 2),
        "models": TOGETHER,
        "seconds_of_the_two_encodings_alone": median(alone_seconds),
        "seconds_of_the_four_models_together": median(together_seconds),
        "times_the_encodings_alone": median(times),
        "wanted": {"times_the_encodings_alone": f"at most {WANTED}"},
        "repeats": options.repeats,
    }
    write_result("count_tokens_for_several_models", __doc__.splitlines()[0], figures)


if __name__ == "__main__":
    main()
