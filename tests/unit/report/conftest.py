"""One run that the tests of the report look at: kept, dropped and failed documents, hostile ones too."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.conftest import document, prose
from tore_export.api.training import dataset_run
from tore_export.config import TrainingConfig
from tore_export.results import RunSummary

HOSTILE = (
    "</script><script>document.title = 'taken'</script> <!-- <img src=x onerror=alert(1)> "
    "<b>bold</b> & \u2028 &lt;i&gt; ]]> <style>*{display:none}</style>"
)


@pytest.fixture(scope="session")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 20 good documents, a hostile one, two that are dropped, one that cannot be read."""
    folder = tmp_path_factory.mktemp("report") / "documents"
    (folder / "a").mkdir(parents=True)
    rows = [document(number) for number in range(20)]
    hostile = [
        {"type": "Title", "text": f"Hostile {HOSTILE}"},
        *({"type": "NarrativeText", "text": f"{prose(n)} {HOSTILE}"} for n in range(3)),
        {"type": "Table", "text": "x", "metadata": {"text_as_html": "<table><tr><td>x</table>"}},
    ]
    rows.append({"doc_id": '<svg onload="x">', "elements": hostile, "language": "<b>de</b>"})
    rows += [
        {"doc_id": f"menu-{n}", "elements": [{"type": "Title", "text": "buy now $$$ " * 40}]}
        for n in range(2)
    ]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "a" / "rows.jsonl").write_text(lines, encoding="utf-8")
    (folder / "broken <i>.json").write_bytes(b"\xff\xfe\x00 nothing of ours")
    return folder


@pytest.fixture(scope="session")
def run(documents: Path) -> tuple[Path, RunSummary]:
    """The output and the account of a run over the documents."""
    output = documents.parent / "dataset"
    config = TrainingConfig(engine="inline", max_failed_share=1, dataset_name="Manuals")
    return output, dataset_run([str(documents)], str(output), config).execute()


@pytest.fixture
def output(run: tuple[Path, RunSummary], tmp_path: Path) -> Path:
    """A copy of the run's output that a test may change."""
    return Path(shutil.copytree(run[0], tmp_path / "dataset"))
