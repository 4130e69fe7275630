"""The plan of an analysis: each encoding once, and what a resumed run must agree with."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import write_jsonl
from tore_export.config import ExportConfig
from tore_export.errors import FormatError, TokenizerError
from tore_export.plan.analysis import analysis_plan, analysis_stages, encodings_of


def test_each_encoding_is_counted_once_whatever_names_it() -> None:
    names = ["gpt-4", "cl100k_base", "gpt-4o", "gpt-3.5-turbo", "gpt-5"]
    assert list(encodings_of(names)) == ["cl100k_base", "o200k_base"]
    measure = analysis_stages(names, ExportConfig())[-1]
    assert getattr(measure, "tokenizers", None) == ("gpt-4", "gpt-4o")


def test_stages_are_normalize_format_measure() -> None:
    names = [type(stage).__name__ for stage in analysis_stages(["gpt-4"], ExportConfig())]
    assert names == ["Normalize", "Format", "MeasureTokens"]
    flavor = ExportConfig(markdown_flavor="unstructured")
    assert [type(s).__name__ for s in analysis_stages(["gpt-4"], flavor)] == [
        "Format", "MeasureTokens",
    ]  # fmt: skip


def test_what_changes_the_counts_changes_the_fingerprint(tmp_path: Path) -> None:
    path = str(write_jsonl(tmp_path / "a.jsonl", range(3)))
    out = str(tmp_path / "out")

    def fingerprint(*names: str, **config: object) -> str:
        return analysis_plan([path], out, names, ExportConfig.model_validate(config)).fingerprint

    assert fingerprint("gpt-4") == fingerprint("gpt-4", engine="inline", max_workers=3)
    assert fingerprint("gpt-4") != fingerprint("gpt-4o")
    assert fingerprint("gpt-4") != fingerprint("gpt-4", default_format="plaintext")
    assert fingerprint("gpt-4") != fingerprint("gpt-4", include_furniture=True)


def test_an_unknown_tokenizer_or_a_format_of_records_is_refused() -> None:
    with pytest.raises(TokenizerError):
        analysis_stages(["gpt-nine-thousand-and-one"], ExportConfig())
    with pytest.raises(FormatError, match="writes records, not running text"):
        analysis_stages(["gpt-4"], ExportConfig(default_format="jsonl"))
