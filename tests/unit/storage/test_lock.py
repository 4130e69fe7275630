from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tore_export.errors import LockedError
from tore_export.storage.lock import lock


def test_a_second_holder_is_refused_and_the_first_is_named(tmp_path: Path) -> None:
    path = str(tmp_path / "state" / "lock")
    with lock(path), pytest.raises(LockedError, match=f"process {os.getpid()}"), lock(path):
        pass


def test_a_lock_is_free_again_after_its_block(tmp_path: Path) -> None:
    path = str(tmp_path / "lock")
    for _ in range(2):
        with lock(path):
            assert os.path.exists(path)


def test_a_lock_goes_away_with_its_process_also_after_kill_9(tmp_path: Path) -> None:
    path = str(tmp_path / "lock")
    code = (
        "import sys, time\n"
        "from tore_export.storage.lock import lock\n"
        f"with lock({path!r}):\n"
        "    print('held', flush=True)\n"
        "    time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process, process.stdout:
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(LockedError), lock(path):
            pass
        process.kill()
        process.wait()
        with lock(path):
            pass
