"""The run that renders many documents to files of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import write_jsonl
from tore_export.api.batch import batch_run
from tore_export.config import ExportConfig
from tore_export.errors import FormatError, PreflightError, TokenizerError
from tore_export.observe.progress import Progress

Files = Callable[[Path], dict[str, str]]
INLINE = ExportConfig(engine="inline")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_jsonl(tmp_path / "in" / "a.jsonl", range(5)).parent


def test_nothing_is_written_before_the_run_is_executed(source: Path, tmp_path: Path) -> None:
    run = batch_run([str(source)], str(tmp_path / "out"), ["markdown"], INLINE)
    assert not (tmp_path / "out").exists()
    assert run.execute().records == {"markdown": 5}


def test_a_format_named_twice_is_written_once(
    source: Path, tmp_path: Path, files_below: Files
) -> None:
    run = batch_run([str(source)], str(tmp_path / "out"), ["plaintext", "plaintext"], INLINE)
    assert run.execute().records == {"plaintext": 5}
    assert len((tmp_path / "out" / "manifest.jsonl").read_text().splitlines()) == 5


def test_progress_is_told_as_plain_values(source: Path, tmp_path: Path) -> None:
    seen: list[Progress] = []
    output = str(tmp_path / "out")
    batch_run([str(source)], output, ["markdown"], INLINE, on_progress=seen.append).execute()
    assert seen[0].phase == "start"
    assert (seen[-1].phase, seen[-1].documents, seen[-1].units) == ("done", 5, 1)


def test_room_on_the_disk_is_asked_for_unless_told_not_to(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    usage = shutil.disk_usage(tmp_path)._replace(free=10)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(PreflightError, match="not enough room"):
        batch_run([str(source)], str(tmp_path / "out"), ["markdown"], INLINE)
    careless = INLINE.model_copy(update={"check_disk": False})
    batch_run([str(source)], str(tmp_path / "out"), ["markdown"], careless).execute()


def test_what_is_wrong_is_known_before_the_start(source: Path, tmp_path: Path) -> None:
    output = str(tmp_path / "out")
    with pytest.raises(FormatError, match="no format is named"):
        batch_run([str(source)], output, [])
    with pytest.raises(FormatError):
        batch_run([str(source)], output, ["pdf"])
    with pytest.raises(TokenizerError):
        batch_run([str(source)], output, ["jsonl"], ExportConfig(default_tokenizer="gpt-0"))
    with pytest.raises(PreflightError, match="inside the input"):
        batch_run([str(source)], str(source / "out"), ["markdown"])
    assert not (tmp_path / "out").exists()
