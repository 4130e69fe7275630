"""The documents that plans of these tests are made for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import write_jsonl


@pytest.fixture
def source(tmp_path: Path) -> Path:
    write_jsonl(tmp_path / "in" / "a.jsonl", range(5))
    (tmp_path / "in" / "b.json").write_text("[]")
    return tmp_path / "in"
