"""Reports: a file by its suffix, and pictures that are the same each time."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.unit.analysis.test_pages import ANALYSIS, MODEL, UNKNOWN
from tore_export.analysis.reports import PICTURES, check_report, write_report
from tore_export.analysis.result import HistogramBin, TokenAnalysis
from tore_export.errors import UsageError

MAGIC = {".svg": b"<?xml", ".png": b"\x89PNG", ".pdf": b"%PDF"}


def test_a_report_is_what_its_name_says(tmp_path: Path) -> None:
    for suffix in (".json", ".md", ".HTML"):
        write_report(ANALYSIS, str(tmp_path / f"report{suffix}"))
    assert json.loads((tmp_path / "report.json").read_text("utf-8")) == ANALYSIS.to_dict() | {
        "models": json.loads(json.dumps(ANALYSIS.to_dict()["models"])),
        "suggestions": json.loads(json.dumps(ANALYSIS.to_dict()["suggestions"])),
        "failed": json.loads(json.dumps(ANALYSIS.to_dict()["failed"])),
        "notes": ["said *so*"],
    }
    assert (tmp_path / "report.md").read_text("utf-8") == str(ANALYSIS)
    assert (tmp_path / "report.HTML").read_text("utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize("suffix", PICTURES)
def test_the_same_analysis_gives_the_same_picture(suffix: str, tmp_path: Path) -> None:
    first, second = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
    write_report(ANALYSIS, str(first))
    write_report(ANALYSIS, str(second))
    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes().startswith(MAGIC[suffix])


@pytest.mark.parametrize(
    "analysis",
    [
        TokenAnalysis({"in": 0, "counted": 0, "failed": 0}, (UNKNOWN,)),
        replace(ANALYSIS, models=(replace(MODEL, context_tokens=10**9),)),
        replace(ANALYSIS, models=(replace(MODEL, context_tokens=1),)),
        replace(ANALYSIS, models=(replace(MODEL, histogram=(HistogramBin(8, 16, 1),),
                                          context_tokens=2),)),
        replace(ANALYSIS, models=(MODEL,) * 9),
    ],
    ids=["nothing", "all fit", "limit in the first bin", "limit before all bins", "many models"],
)  # fmt: skip
def test_whatever_is_in_an_analysis_can_be_drawn(analysis: TokenAnalysis, tmp_path: Path) -> None:
    path = tmp_path / "picture.svg"
    write_report(analysis, str(path))
    assert ElementTree.parse(path).getroot().tag.endswith("svg")


@pytest.mark.parametrize("name", ["report", "report.txt", "svg"])
def test_a_name_that_says_nothing_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match=r"its name does not say, allowed: .*\.json, \.md, \.html"):
        check_report(name)


def test_a_missing_matplotlib_is_named_with_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(UsageError, match=r"pip install 'tore-export\[pictures\]'"):
        check_report("picture.svg")
    check_report("page.html")
