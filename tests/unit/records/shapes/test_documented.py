"""The page about training names every rule of shapes, and no other."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
PAGE = ROOT / "docs" / "training.md"
SHAPES = ROOT / "src" / "tore_export" / "records" / "shapes"


def test_every_rule_is_documented() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in SHAPES.glob("*.py"))
    rules = set(re.findall(r'\bFault\(\s*"(\w+)"', code))
    section = PAGE.read_text(encoding="utf-8").partition("## Shapes\n")[2]
    table = section.partition("| Rule | Broken by |")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == rules
