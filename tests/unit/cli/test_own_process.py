"""What short commands do not load, where the process is theirs, and that others are left alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import prose
from tests.unit.cli.commands import write_document
from tore_export.api.training import dataset_run
from tore_export.config import TrainingConfig

SHOWN = "import sys; print(*(name for name in ('pandas', 'pyarrow') if name in sys.modules))"


def loaded_after(code: str) -> list[str]:
    """Return which of pandas and pyarrow a process has loaded in the end."""
    whole = f"import sys\ntry:\n    {code}\nexcept SystemExit: pass\n{SHOWN}"
    done = subprocess.run([sys.executable, "-c", whole], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1].split()


def entry_point(*words: str) -> str:
    return f"from tore_export.cli.main import main; main({list(words)!r})"


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output of a small run."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "in").mkdir()
    for number in range(3):
        (folder / "in" / f"{number}.txt").write_text(prose(number), encoding="utf-8")
    config = TrainingConfig(engine="inline", enable_filtering=False, report=False)
    dataset_run([str(folder / "in")], str(folder / "out"), config).execute()
    return folder / "out"


def test_a_document_is_exported_without_pandas(tmp_path: Path) -> None:
    file = write_document(tmp_path / "a.json")
    assert loaded_after(entry_point(str(file), "--quiet")) == ["pyarrow"]


def test_a_report_is_made_without_pandas(dataset: Path) -> None:
    assert loaded_after(entry_point("report", str(dataset))) == ["pyarrow"]


def test_little_is_analyzed_without_pandas(tmp_path: Path) -> None:
    file = write_document(tmp_path / "a.json")
    assert loaded_after(entry_point("analyze", str(file), "--json")) == ["pyarrow"]


def test_whoever_calls_the_command_line_in_a_process_of_their_own_keeps_pandas(
    tmp_path: Path,
) -> None:
    pytest.importorskip("pandas")
    file = write_document(tmp_path / "a.json")
    run = f"from tore_export.cli.main import run; run([{str(file)!r}])"
    assert loaded_after(run) == ["pandas", "pyarrow"]
    assert loaded_after(f"import pandas; {entry_point(str(file))}") == ["pandas", "pyarrow"]


def test_pandas_is_found_by_others_afterwards(tmp_path: Path) -> None:
    pytest.importorskip("pandas")
    file = write_document(tmp_path / "a.json")
    code = f"import atexit\n    {entry_point(str(file))}\nexcept SystemExit:\n    import pandas"
    whole = f"try:\n    {code}\n    print(pandas.Series([1]).sum())"
    done = subprocess.run([sys.executable, "-c", whole], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "1"
