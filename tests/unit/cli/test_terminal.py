"""Progress in a terminal moves, never flickers, ends with a summary; in a file it is plain lines."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.conftest import write_jsonl
from tests.unit.cli.commands import command, in_own_process

CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
CLEARED = re.compile(r"\x1b\[[23]?J|\x1bc")  # the whole screen, which flickers
HIDDEN, SHOWN = "\x1b[?25l", "\x1b[?25h"
PATIENCE = 50.0
N_DOCUMENTS = 2_500


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_jsonl(
        tmp_path_factory.mktemp("terminal") / "in" / "a.jsonl", range(N_DOCUMENTS)
    ).parent


def frames(*arguments: object) -> Iterator[tuple[float, str]]:
    """Yield what a command writes to a terminal as it comes, with the seconds since it began."""
    outer, inner = pty.openpty()
    began = time.monotonic()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "120", "LINES": "40"}
    with subprocess.Popen(command(*arguments), stdout=inner, stderr=inner, env=environment) as done:
        os.close(inner)
        while time.monotonic() - began < PATIENCE:
            if not select.select([outer], [], [], 1)[0]:
                continue
            try:
                found = os.read(outer, 65_536)
            except OSError:  # so Linux says that the other end is closed
                break
            if not found:
                break
            yield time.monotonic() - began, found.decode(errors="replace")
    os.close(outer)
    assert done.returncode == 0


def test_progress_moves_and_ends_with_the_summary(source: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    seen = list(frames("training", source, "-o", output, "--engine", "inline", "--no-report"))
    written = "".join(text for _, text in seen)
    assert not CLEARED.search(written)
    assert written.count(HIDDEN) == written.count(SHOWN) == 1
    live, _, summary = written.rpartition(SHOWN)
    spinner = set(re.findall(r"[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]", live))
    assert len(spinner) > 2, "nothing moved"
    assert f"{N_DOCUMENTS:,} documents in = " in summary
    assert str(output) in summary
    times = [at for at, text in seen if "⠋" in text or "\x1b[2K" in text]
    pauses = [after - before for before, after in pairwise(times)]
    assert sorted(pauses)[len(pauses) // 2] < 1.0


def test_in_a_file_there_are_plain_lines_and_no_control_characters(
    source: Path, tmp_path: Path
) -> None:
    done = in_own_process("training", source, "-o", tmp_path / "out", "--engine", "inline")
    assert done.returncode == 0
    assert not CONTROL.search(done.stdout + done.stderr)
    lines = done.stderr.splitlines()
    assert lines[0].startswith("start: 0 documents")
    assert f"{N_DOCUMENTS:,} documents in = " in done.stderr


def test_no_color_is_heeded(source: Path, tmp_path: Path) -> None:
    done = in_own_process(
        *("training", source, "-o", tmp_path / "out", "--limit", 5, "--preview"),
        env={**os.environ, "NO_COLOR": "1", "TERM": "dumb"},
    )
    assert not CONTROL.search(done.stdout + done.stderr)


@pytest.mark.slow
@pytest.mark.skipif(
    shutil.which("tmux") is None, reason="tmux is the real terminal, and there is none"
)
def test_in_tmux_one_line_changes_in_its_place_and_then_there_is_the_summary(
    source: Path, tmp_path: Path
) -> None:
    socket = ["tmux", "-S", str(tmp_path / "tmux")]
    line = " ".join(command("training", source, "-o", tmp_path / "out", "--engine", "inline"))
    screen = ["new-session", "-d", "-x", "160", "-y", "30", f"{line}; echo ended; sleep 60"]
    subprocess.run([*socket, "-f", "/dev/null", *screen], check=True)
    try:
        screens: list[str] = []
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and not (screens and "\nended" in screens[-1]):
            shown = [*socket, "capture-pane", "-p"]
            found = subprocess.run(shown, capture_output=True, text=True, check=True).stdout
            if not screens or found != screens[-1]:
                screens.append(found)
            time.sleep(0.05)
    finally:
        subprocess.run([*socket, "kill-server"], check=False)
    assert f"{N_DOCUMENTS:,} documents in = " in screens[-1]
    moving = [found for found in screens if " MB/s" in found and "documents in" not in found]
    assert len(moving) > 3
    assert all(len(found.strip().splitlines()) <= 2 for found in moving)
    assert not any(CONTROL.search(found) for found in screens)
