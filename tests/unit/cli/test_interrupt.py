"""Ctrl-C at any moment, on each engine: a message, exit 1, nothing left, and the command goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.unit.cli.commands import command, in_own_process

N_DOCUMENTS = 10_500  # of 2,000 small files each: six units
TOLD = "interrupted; the same command goes on where this one stopped\n"
OPTIONS = ("--no-filter", "--no-report", "--no-check-leaks", "-q")
PATIENCE = 120.0
MARK = "TORE_TEST_MARK"

Moment = Callable[[Path], bool]


def receipts(pattern: str, least: int) -> Moment:
    def has_come(output: Path) -> bool:
        return len(list(output.glob(f".tore-export/receipts/{pattern}"))) >= least

    return has_come


MOMENTS: dict[str, Moment] = {
    "when the output is locked": lambda output: (output / ".tore-export/lock").exists(),
    "when the plan is written": lambda output: (output / ".tore-export/plan.json").exists(),
    "after the first unit": receipts("unit-*.json", 1),
    "after the third unit": receipts("unit-*.json", 3),
    "while shards are joined": receipts("join-*.json", 1),
}


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many")
    for n in range(N_DOCUMENTS):
        text = f"The keeper of mill {n} wrote the number {n * 7} in a book by the river.\n"
        (folder / f"{n:05d}.txt").write_text(text)
    return folder


@pytest.fixture(scope="module")
def undisturbed(many: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("whole") / "out"
    done = in_own_process("training", many, "-o", output, "--engine", "inline", *OPTIONS)
    assert done.returncode == 0
    return output


def marked(mark: str) -> Iterator[int]:
    """Yield the processes that inherited a mark in their environment."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            try:
                environment = (folder / "environ").read_bytes()
            except OSError:  # it has just ended
                continue
            if f"{MARK}={mark}".encode() in environment.split(b"\0"):
                yield int(folder.name)


def wait_for(has_come: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if has_come():
            return True
        time.sleep(0.01)
    return False


def interrupted(many: Path, output: Path, engine: str, moment: Moment) -> str:
    """Run a command, press Ctrl-C at a moment, and return what it said; nothing of it is left."""
    mark = uuid4().hex
    line = command("training", many, "-o", output, "--engine", engine, "--workers", 2, *OPTIONS)
    with subprocess.Popen(
        line,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # a group of its own, as a shell gives it
        env={**os.environ, MARK: mark},
    ) as process:
        ended = wait_for(lambda: moment(output) or process.poll() is not None)
        assert ended
        assert process.poll() is None, "the run was over before the moment came"
        os.killpg(process.pid, signal.SIGINT)
        _, told = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1, told
    assert wait_for(lambda: not list(marked(mark))), f"left behind: {list(marked(mark))}"
    return told


@pytest.mark.slow
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("engine", ["inline", pytest.param("ray", marks=pytest.mark.ray)])
def test_ctrl_c_ends_a_run_in_order_and_it_goes_on(
    engine: str,
    moment: str,
    many: Path,
    undisturbed: Path,
    tmp_path: Path,
    files_below: Callable[[Path], dict[str, str]],
) -> None:
    output = tmp_path / "out"
    told = interrupted(many, output, engine, MOMENTS[moment])
    assert told.endswith(TOLD)
    assert "Traceback" not in told
    done = len(list(output.glob(".tore-export/receipts/unit-*.json")))
    again = in_own_process("training", many, "-o", output, "--engine", "inline", *OPTIONS)
    assert again.returncode == 0, again.stderr
    assert files_below(output) == files_below(undisturbed)
    assert done < 6 or moment == "while shards are joined"


def test_ctrl_c_while_a_command_is_still_starting_is_no_trace(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    with subprocess.Popen(
        command("training", tmp_path / "a.txt", "-o", tmp_path / "out"),
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        maps = Path(f"/proc/{process.pid}/maps")
        assert wait_for(lambda: "pydantic_core" in maps.read_text())
        process.send_signal(signal.SIGINT)
        _, told = process.communicate()
    assert process.returncode in (0, 1)
    assert "Traceback" not in told
