"""What the terminal shows of an analysis: every figure, and names as they are."""

from __future__ import annotations

import pytest

from tests.unit.analysis.test_pages import ANALYSIS, HOSTILE
from tore_export.cli.analysis_view import print_analysis

ONE_LINE = " ".join(HOSTILE.split())


@pytest.mark.parametrize(
    "shown",
    [
        "said *so*",
        "claude-9 (stand-in), approximate",
        "1 document over the context of 8,000 tokens (50.0%)",
        "cost, one epoch of training: 0.000420 EUR (approximate), price as of 2026-11-01",
        "8,192 to 16,383",
        "97.2%",
        "the price table knows no limit of house",
        "    tore-export training INPUT\n",
        f"{ONE_LINE} d1: table e|1, page 7, 12,344 tokens, 3 times, saves 4,344",
        "b.md d2, 9 tokens\n",
        f"c.json: {ONE_LINE}",
    ],
)
def test_what_is_told(shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    print_analysis(ANALYSIS)
    assert shown in capsys.readouterr().out


def test_joins_stand_below_the_kinds(capsys: pytest.CaptureFixture[str]) -> None:
    print_analysis(ANALYSIS)
    lines = capsys.readouterr().out.splitlines()
    (joins,) = [line for line in lines if line.startswith("joins")]
    assert joins.split() == ["joins", "-1"]
