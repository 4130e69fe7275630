"""The tokens of a dataset are those that tiktoken counts, whatever the text."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.conftest import document, prose
from tore_export.api.training import dataset_run
from tore_export.cli.main import run
from tore_export.config import TrainingConfig
from tore_export.tokens.ranks import load_encoding

HOSTILE = {
    "special": "A <|endoftext|> of text and <|im_start|>user\n, which are no marks here.",
    "controls": "bell \x07, escape \x1b[31m, next line \x85, byte order \ufeff, nothing \x00 more.",
    "marks": "e\u0301 is é, a\u030a is å, zalgo: Z\u0351\u036b\u0343\u0328\u0345, flag: 🇩🇪.",
    "scripts": "漢字かな交じり文 한국어 ไทย עברית العربية हिन्दी ελληνικά кириллица",
    "new": "new code points: \u088f \u1ad5 \U000323b0 \U0010fffd \U000e0041",
    "apostrophes": "don't DON'T we'LL I'M 'ſ ʼs can’t o'clock's",
    "digits": "1 12 123 1234 12345678901234567890 ² Ⅻ ١٢٣ 3.14159e-10",
    "spaces": "a" + " " * 5_000 + "b" + "\n" * 500 + "c" + "\t" * 300 + "\u2028\u00a0\u3000d",
    "one word": "x" * 20_000,
    "one line": "=" * 10_000 + "-" * 10_000,
    "surrogate": "half of a pair: \ud83d and so on",
    "empty": "",
    "slashes": "// /// https://a.b/c?d=e&f#g //// \\\\ ./../..",
}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Documents of text and of elements, hostile and plain."""
    folder = tmp_path_factory.mktemp("hostile")
    with (folder / "texts.jsonl").open("w", encoding="utf-8") as stream:
        for name, text in HOSTILE.items():
            stream.write(json.dumps({"id": name, "text": text}) + "\n")
            elements = [{"type": "Title", "text": name}, {"type": "NarrativeText", "text": text}]
            stream.write(json.dumps({"doc_id": f"{name} in elements", "elements": elements}) + "\n")
        for number in range(40):
            stream.write(json.dumps(document(number)) + "\n")
    return folder


def rows(output: Path) -> list[dict[str, object]]:
    tables = [pq.read_table(path) for path in sorted((output / "data").glob("*.parquet"))]
    return pa.concat_tables(tables).select(["doc_id", "text", "n_tokens"]).to_pylist()


@pytest.mark.parametrize(
    ("model", "encoding"),
    [
        ("gpt-3.5-turbo", "cl100k_base"),
        ("gpt-4o", "o200k_base"),
        ("cl100k_base", "cl100k_base"),
        ("o200k_base", "o200k_base"),
    ],
)
def test_every_row_has_the_count_of_tiktoken(
    source: Path, tmp_path: Path, model: str, encoding: str
) -> None:
    config = TrainingConfig(engine="inline", default_tokenizer=model, enable_filtering=False)
    summary = dataset_run([str(source)], str(tmp_path / "out"), config).execute()
    known = load_encoding(encoding)
    found = rows(tmp_path / "out")
    wrong = [
        row["doc_id"] for row in found if row["n_tokens"] != len(known.encode_ordinary(row["text"]))
    ]
    assert wrong == []
    assert (
        len(found) >= 2 * len(HOSTILE) + 40 - 3
    )  # an empty text is no record; half a pair no JSON
    assert sum(summary.tokens.values()) == sum(row["n_tokens"] for row in found)


def test_the_two_encodings_differ_so_that_the_right_one_can_be_told(
    source: Path, tmp_path: Path
) -> None:
    counts = []
    for model in ("gpt-3.5-turbo", "gpt-4o"):
        config = TrainingConfig(engine="inline", default_tokenizer=model, enable_filtering=False)
        counts.append(dataset_run([str(source)], str(tmp_path / model), config).execute().tokens)
    assert counts[0] != counts[1]


def test_facts_rejects_and_rows_have_the_same_count(source: Path, tmp_path: Path) -> None:
    config = TrainingConfig(engine="inline")
    dataset_run([str(source)], str(tmp_path / "out"), config).execute()
    known = load_encoding("cl100k_base")
    counted = 0
    for path in (tmp_path / "out" / "rejects").glob("*.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            reject = json.loads(line)
            if reject["n_tokens"] is not None:
                assert reject["n_tokens"] == len(known.encode_ordinary(reject["text"]))
                counted += 1
    assert counted > 0
    facts = pq.read_table(tmp_path / "out" / ".tore-export" / "facts").to_pylist()
    by_id = {row["doc_id"]: row["n_tokens"] for row in rows(tmp_path / "out")}
    assert by_id
    assert {fact["doc_id"]: fact["n_tokens"] for fact in facts if fact["n_records"]} == by_id


def test_a_document_alone_counts_as_in_a_dataset(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.json"
    file.write_text(json.dumps({"text": prose(1) + HOSTILE["special"]}))
    assert run([str(file), "--json", "--model", "gpt-4o"]) == 0
    shown = json.loads(capsys.readouterr().out)
    known = load_encoding("o200k_base")
    assert shown["n_tokens"] == len(known.encode_ordinary(shown["content"]))
