"""The report of a large run is small and soon made: its size is bounded, facts are read by column."""

from __future__ import annotations

import json
import time
from pathlib import Path

import polars as pl
import pytest

from tests.conftest import prose
from tore_export.report.write import make_report_again

N_UNITS, N_DOCUMENTS, N_REJECTED = 64, 100_000, 5_000


def enlarge(output: Path) -> None:
    """Make facts, receipts and rejects those of 100,000 documents."""
    state = output / ".tore-export"
    (path,) = (state / "facts").glob("*.parquet")
    facts = pl.read_parquet(path)
    n_rows = N_DOCUMENTS // N_UNITS + 1
    many = pl.concat([facts] * (n_rows // facts.height + 1)).head(n_rows)
    receipt = json.loads((state / "receipts" / "unit-000000.json").read_text())
    for number in range(N_UNITS):
        many.write_parquet(state / "facts" / f"unit-{number:06d}.parquet")
        (state / "receipts" / f"unit-{number:06d}.json").write_text(
            json.dumps(receipt | {"unit": number})
        )
    text = " ".join(prose(number) for number in range(8))
    row = {"stage": "filter_quality", "failed": False, "value": 0.5, "threshold": 0.2, "text": text}
    (rejects,) = (output / "rejects").glob("*.jsonl")
    with rejects.open("w") as stream:
        for number in range(N_REJECTED):
            named = {"doc_id": f"d{number}", "source": "a.jsonl", "rule": f"rule_{number % 40}"}
            stream.write(json.dumps(named | row) + "\n")


@pytest.mark.slow
def test_a_run_of_100_000_documents_has_a_report_below_3_mb_in_2_cpu_seconds(output: Path) -> None:
    enlarge(output)
    make_report_again(str(output))  # loads polars, which a run has done before
    started = time.process_time()
    path = Path(make_report_again(str(output)))
    seconds = time.process_time() - started
    assert "rule_39" in path.read_text("utf-8")
    assert path.stat().st_size < 3_000_000
    assert seconds < 2
