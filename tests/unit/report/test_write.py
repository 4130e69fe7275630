"""A report is written at the end of a run, and again from what the run left."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import write_jsonl
from tore_export.api.batch import batch_run
from tore_export.api.training import dataset_run
from tore_export.config import ExportConfig, TrainingConfig
from tore_export.errors import StorageError
from tore_export.report.write import make_report_again
from tore_export.results import RunSummary
from tore_export.storage.files import read_bytes


def small(folder: Path, name: str = "out", **options: Any) -> RunSummary:
    documents = folder / "documents" / "a.jsonl"
    if not documents.exists():
        write_jsonl(documents, range(5))
    config = TrainingConfig(engine="inline", **options)
    return dataset_run([str(documents)], str(folder / name), config).execute()


def without_output(page: str) -> str:
    return re.sub(r"Run report: [^<]*<", "<", page)


def test_a_run_writes_its_report_and_says_where(run: tuple[Path, RunSummary]) -> None:
    assert run[1].report == str(run[0] / "report.html")
    assert "<h1>Run report: Manuals</h1>" in (run[0] / "report.html").read_text("utf-8")


def test_with_a_file_as_output_the_report_lies_beside_its_card(tmp_path: Path) -> None:
    assert small(tmp_path, "a.jsonl").report == str(tmp_path / "a.tore-export" / "report.html")


def test_a_report_that_is_not_wanted_is_not_written(tmp_path: Path) -> None:
    assert small(tmp_path, report=False).report is None
    assert not (tmp_path / "out" / "report.html").exists()


def test_the_data_and_the_card_do_not_depend_on_the_report(tmp_path: Path) -> None:
    small(tmp_path, "with")
    small(tmp_path, "without", report=False)

    def below(name: str) -> dict[str, str]:
        files = [tmp_path / name / "README.md", *(tmp_path / name / "data").iterdir()]
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    assert below("with") == below("without")


def test_the_report_made_again_is_the_same(run: tuple[Path, RunSummary], tmp_path: Path) -> None:
    path = make_report_again(str(run[0]), str(tmp_path / "again.html"))
    assert Path(path).read_bytes() == (run[0] / "report.html").read_bytes()


def test_a_moved_output_has_the_same_report(run: tuple[Path, RunSummary], output: Path) -> None:
    (output / "report.html").unlink()
    assert make_report_again(str(output)) == str(output / "report.html")
    assert (output / "report.html").read_bytes() == (run[0] / "report.html").read_bytes()


def test_a_run_without_a_report_gets_one_when_asked_for(tmp_path: Path) -> None:
    small(tmp_path, report=False, dataset_name="Manuals")
    page = Path(make_report_again(str(tmp_path / "out"))).read_text("utf-8")
    assert "Run report: Manuals" in page
    assert "<dt>Python</dt>" in page


def test_a_run_that_kept_nothing_of_itself_has_a_report_of_its_numbers(output: Path) -> None:
    (output / ".tore-export" / "about.json").unlink()
    page = Path(make_report_again(str(output))).read_text("utf-8")
    assert "Run report: dataset" in page
    assert "<dt>Python</dt>" not in page


@pytest.mark.parametrize("shard_format", ["parquet", "jsonl", "jsonl.zst"])
def test_a_dataset_in_a_store_has_its_report_and_samples_there(
    tmp_path: Path, shard_format: str
) -> None:
    import fsspec

    fsspec.filesystem("memory").makedirs("/reports", exist_ok=True)
    documents = write_jsonl(tmp_path / "a.jsonl", range(5))
    output = f"memory://reports/{shard_format}"
    config = TrainingConfig.model_validate({"engine": "inline", "shard_format": shard_format})
    made = dataset_run([str(documents)], output, config).execute()
    assert made.report == f"{output}/report.html"
    page = read_bytes(made.report)
    assert b'"doc_id":"doc-00001"' in page
    assert read_bytes(make_report_again(output)) == page


def test_a_batch_has_a_report_when_asked_for(tmp_path: Path) -> None:
    documents = write_jsonl(tmp_path / "a.jsonl", range(3))
    output = str(tmp_path / "out")
    batch_run([str(documents)], output, ["markdown"], ExportConfig(engine="inline")).execute()
    page = Path(make_report_again(output)).read_text("utf-8")
    assert "Formats" in page
    assert "Files out" in page


def test_two_passes_have_kinds_of_elements_too(tmp_path: Path) -> None:
    small(tmp_path, exact_ratios=True)
    assert "Kinds of elements" in (tmp_path / "out" / "report.html").read_text("utf-8")


def test_numbers_and_samples_are_the_same_however_the_run_was_carried_out(tmp_path: Path) -> None:
    def told(name: str) -> str:
        small(tmp_path, name, batch_size=2 if name == "cut" else 1_000)
        page = (tmp_path / name / "report.html").read_text("utf-8")
        kept = re.sub(
            r'<section id="(slowest|environment)".*?</section>', "", page, flags=re.DOTALL
        )
        return without_output(kept)

    assert told("whole") == told("cut")


def test_restart_without_a_report_leaves_no_old_one(tmp_path: Path) -> None:
    small(tmp_path)
    documents = str(tmp_path / "documents" / "a.jsonl")
    config = TrainingConfig(engine="inline", report=False)
    dataset_run([documents], str(tmp_path / "out"), config, restart=True).execute()
    assert not (tmp_path / "out" / "report.html").exists()


def test_where_no_run_was_there_is_nothing_to_report(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="no run of tore-export has written here"):
        make_report_again(str(tmp_path))


def test_an_unfinished_run_has_no_report_yet(output: Path) -> None:
    (output / ".tore-export" / "done.json").unlink()
    with pytest.raises(StorageError, match=r"not finished.*run the same command again"):
        make_report_again(str(output))


def test_a_damaged_state_is_told(output: Path) -> None:
    (output / ".tore-export" / "done.json").write_text("{")
    with pytest.raises(StorageError, match="damaged"):
        make_report_again(str(output))


def test_a_damaged_account_of_how_it_was_made_is_told(output: Path) -> None:
    (output / ".tore-export" / "about.json").write_text('{"inputs": 3}')
    with pytest.raises(StorageError, match=r"damaged.*about\.json"):
        make_report_again(str(output))


def test_damaged_facts_are_told(output: Path) -> None:
    (output / ".tore-export" / "facts" / "unit-000000.parquet").write_bytes(b"PAR1 no more")
    with pytest.raises(StorageError, match=r"facts.*unit-000000"):
        make_report_again(str(output))


def test_shards_that_were_moved_away_leave_a_report_without_their_samples(output: Path) -> None:
    shutil.rmtree(output / "data")
    page = Path(make_report_again(str(output))).read_text("utf-8")
    assert "doc-00001" not in page.partition('id="sample-data"')[2]
    assert "menu-1" in page.partition('id="sample-data"')[2]
