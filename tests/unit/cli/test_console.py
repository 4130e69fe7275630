"""What the terminal shows, and that it is a live line on a terminal only."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import threading
from pathlib import Path

import pytest

from tests.conftest import write_jsonl
from tests.unit.cli.commands import command
from tore_export.cli import console
from tore_export.cli.console import (
    interruptible,
    print_error,
    print_summary,
    progress_display,
)
from tore_export.errors import DocumentError
from tore_export.observe.progress import Progress
from tore_export.results import RunSummary


def halfway(**changes: object) -> Progress:
    known = {
        "phase": "documents",
        "documents": 1_200,
        "tokens": 34_000,
        "rejected": 5,
        "n_bytes": 10_000_000,
        "total_bytes": 20_000_000,
        "seconds": 4.0,
    }
    return Progress(**{**known, **changes})


def summary(**changes: object) -> RunSummary:
    known = {
        "documents": {"in": 1_003, "kept": 1_000, "dropped": 2, "failed": 1},
        "reasons": {"filter_quality.top_2_gram": 2, "source.not_utf8": 1},
        "records": {"train": 900, "test": 100},
        "tokens": {"train": 90_000, "test": 10_000},
        "output": "out",
        "engine": "inline",
        "seconds": 2.0,
        "n_bytes": 8_000_000,
    }
    return RunSummary(**{**known, **changes})


def shown(capsys: pytest.CaptureFixture[str], *steps: Progress) -> list[str]:
    with progress_display() as show:
        for step in steps:
            show(step)
    return capsys.readouterr().err.splitlines()


def test_an_error_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_error(DocumentError("is cut short", where="a.json"))
    assert capsys.readouterr() == ("", "error: a.json: is cut short\n")


def test_without_a_terminal_progress_is_a_line_at_start_and_end(
    capsys: pytest.CaptureFixture[str],
) -> None:
    steps = [halfway(phase=phase) for phase in ("start", "documents", "shards", "done", "done")]
    lines = shown(capsys, *steps)
    assert [line.partition(":")[0] for line in lines] == ["start", "done"]


def test_and_a_line_every_few_seconds_in_between(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "PLAIN_LINE_SECONDS", 0.0)
    assert shown(capsys, halfway()) == [
        "documents: 1,200 documents, 10.0 of 20.0 MB, 2.5 MB/s, 34,000 tokens, 5 rejected, 0:04 left"
    ]


@pytest.mark.parametrize(
    ("seconds", "left"), [(4.0, "0:04 left"), (75.4, "1:15 left"), (3_725, "1:02:05 left")]
)
def test_the_time_left_is_told_as_a_clock_does(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    seconds: float,
    left: str,
) -> None:
    monkeypatch.setattr(console, "PLAIN_LINE_SECONDS", 0.0)
    (line,) = shown(capsys, halfway(seconds=seconds))
    assert line.endswith(left)


def test_no_time_is_told_before_there_is_anything_to_go_by(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "PLAIN_LINE_SECONDS", 0.0)
    assert "left" not in shown(capsys, halfway(n_bytes=0, seconds=0.0))[0]


def test_quiet_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_display(quiet=True) as show:
        show(halfway(phase="start"))
    assert capsys.readouterr() == ("", "")


def on_a_terminal(arguments: list[str]) -> tuple[int, str]:
    """Run a command with a pseudo terminal as its stderr; return its code and what was shown."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "140"}
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=theirs, env=environment)
    os.close(theirs)
    pieces = []
    while True:
        try:
            piece = os.read(ours, 65_536)
        except OSError:  # how Linux says that the other side is closed
            break
        if not piece:
            break
        pieces.append(piece)
    os.close(ours)
    return process.wait(), b"".join(pieces).decode()


def test_on_a_terminal_there_is_a_live_line_that_goes_away(tmp_path: Path) -> None:
    source = write_jsonl(tmp_path / "a.jsonl", range(300))
    arguments = ["training", source, "-o", tmp_path / "out", "--engine", "inline"]
    code, screen = on_a_terminal(command(*arguments))
    assert code == 0
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen)
    assert re.search(r"start ━+ +0%", plain)
    assert re.search(r"(documents|shards|done) ━+ 100% 300 documents, ", plain)
    assert screen.count("\x1b[?25l") == screen.count("\x1b[?25h") == 1  # the cursor is given back
    live_line, account = screen.rindex("\x1b[2K"), screen.index("300 documents in = ")
    assert live_line < account


def test_on_a_terminal_quiet_is_quiet(tmp_path: Path) -> None:
    source = write_jsonl(tmp_path / "a.jsonl", range(3))
    arguments = ["training", source, "-o", tmp_path / "out", "--engine", "inline", "--quiet"]
    assert on_a_terminal(command(*arguments)) == (0, "")


def test_the_account_of_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    print_summary(summary(warnings=7))
    told = capsys.readouterr()
    assert told.out == ""
    assert [" ".join(line.split()) for line in told.err.splitlines()] == [
        "1,003 documents in = 1,000 kept + 2 dropped + 1 failed",
        "why documents",
        "filter_quality.top_2_gram 2",
        "source.not_utf8 1",
        "split records share tokens",
        "train 900 90.0% 90,000",
        "test 100 10.0% 10,000",
        "7 elements could only be read as their bare text",
        "out (2.0 s on inline, 4.0 MB/s)",
    ]


def test_files_of_a_batch_are_counted_by_format(capsys: pytest.CaptureFixture[str]) -> None:
    print_summary(summary(records={"markdown": 1_000}, tokens={"markdown": 0}))
    told = [" ".join(line.split()) for line in capsys.readouterr().err.splitlines()]
    assert told[4:6] == ["format files", "markdown 1,000"]


def test_the_account_of_a_resumed_run(capsys: pytest.CaptureFixture[str]) -> None:
    print_summary(summary(units=9, resumed_units=4, seconds=0.0, reasons={}, records={}))
    assert capsys.readouterr().err.splitlines() == [
        "1,003 documents in = 1,000 kept + 2 dropped + 1 failed",
        "out  (0.0 s on inline, 0.0 MB/s, 4 of 9 units resumed)",
    ]


def test_the_account_of_a_finished_run(capsys: pytest.CaptureFixture[str]) -> None:
    print_summary(summary(units=9, resumed_units=9, nothing_to_do=True))
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "nothing to do: out is complete"
    assert "resumed" not in lines[-1]


def test_names_are_shown_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    name = "[bold]/of a [red]very long name[/]" + "/that-a-terminal-would-break" * 6
    print_summary(summary(output=name, records={"[b]": 1}, reasons={"[/i].x": 1}))
    told = capsys.readouterr().err
    assert f"\n{name}  (" in told
    assert "[b]" in told
    assert "[/i].x" in told


def test_a_termination_ends_the_block_as_ctrl_c_does_and_the_old_handler_is_back() -> None:
    before = signal.getsignal(signal.SIGTERM)

    def wait_for_the_end() -> None:
        with interruptible():
            signal.raise_signal(signal.SIGTERM)

    with pytest.raises(KeyboardInterrupt):
        wait_for_the_end()
    assert signal.getsignal(signal.SIGTERM) == before


def test_in_another_thread_signals_are_left_alone() -> None:
    found = []

    def look() -> None:
        before = signal.getsignal(signal.SIGTERM)
        with interruptible():
            found.append(signal.getsignal(signal.SIGTERM) == before)

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert found == [True]
