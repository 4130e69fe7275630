"""A workflow on a cluster of its own, stopped in the middle, goes on in the same process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import write_jsonl

PROGRAM = """
import json, sys
from tore_export import ExportWorkflow, TrainingConfig, WorkflowConfig
from tore_export.plan import units

units.LEAST_BYTES = 20_000
own = WorkflowConfig(inputs=(sys.argv[1],), output=sys.argv[2])
config = TrainingConfig(engine="ray", max_workers=1, workflow=own)
first = ExportWorkflow(config)
def look(event):
    if event.progress is not None and event.progress.units:
        first.cancel()

first.on_event(look)
told = [first.execute().state]
second = ExportWorkflow(config).execute()
told += [second.state, second.dataset.resumed_units > 0, second.dataset.documents["in"]]
print(json.dumps(told))
"""


@pytest.mark.ray
@pytest.mark.slow
def test_a_workflow_that_was_cancelled_on_ray_goes_on(tmp_path: Path) -> None:
    source = write_jsonl(tmp_path / "in" / "a.jsonl", range(200))
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(source), str(tmp_path / "out")],
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr
    state, again, has_resumed, n_documents = json.loads(done.stdout.splitlines()[-1])
    assert (again, n_documents) == ("finished", 200)
    assert state == "cancelled"
    assert has_resumed
