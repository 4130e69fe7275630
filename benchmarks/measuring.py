"""How every benchmark measures: processor seconds of child processes, and where, and with what.

A figure without its environment says nothing, so each result file carries versions, machine, commit
and date. Wall time on a shared machine is noise; processor time is nearly not, and ratios of two runs
made one right after the other even less.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
PACKAGES = ("ray", "pyarrow", "polars", "msgspec", "orjson", "tiktoken", "gigatoken", "selectolax")


@dataclass(frozen=True)
class Child:
    """What a finished child process (with all of its own) took and said."""

    processor_seconds: float
    wall_seconds: float
    stdout: str

    def json(self) -> Any:
        """Return the last line of what it said as JSON."""
        return json.loads(self.stdout.strip().splitlines()[-1])


def run(
    *command: object, environment: dict[str, str] | None = None, ok: tuple[int, ...] = (0,)
) -> Child:
    """Run a command to its end and measure it; a failure ends the benchmark."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begin = time.perf_counter()
        child = subprocess.Popen(
            [str(word) for word in command],
            stdout=out,
            stderr=err,
            env={**os.environ, **(environment or {})},
        )
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - begin
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if child.returncode not in ok:
            sys.exit(f"{command} ended with {child.returncode}\n{err.read().decode()[-3000:]}")
        return Child(usage.ru_utime + usage.ru_stime, wall, out.read().decode())


def tore_export(*words: object, environment: dict[str, str] | None = None) -> Child:
    """Run the command line of this project in a fresh process."""
    return run(Path(sys.executable).parent / "tore-export", *words, environment=environment)


def compiled_in(folder: str) -> dict[str, str]:
    """Return the environment of processes whose modules are compiled by the first, into a folder.

    So they are where pip installs a package; where no bytecode is written every process compiles anew.
    """
    return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": folder}


def median(values: list[float]) -> float:
    """Return the median, to three digits."""
    return round(statistics.median(values), 3)


def write_result(
    name: str, claim: str, figures: dict[str, Any], peers: dict[str, str] | None = None
) -> None:
    """Write and show what was found."""
    result = {"claim": claim, "figures": figures, "environment": environment(peers or {})}
    RESULTS.mkdir(parents=True, exist_ok=True)
    text = json.dumps(result, indent=2, ensure_ascii=False)
    (RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    print(f"\n{name}: {claim}\n{json.dumps(figures, indent=2, ensure_ascii=False)}", flush=True)


def environment(peers: dict[str, str]) -> dict[str, Any]:
    """Return date, commit, machine and versions."""
    versions = {}
    for package in PACKAGES:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "commit": _git("rev-parse", "HEAD"),
        "uncommitted_changes": bool(_git("status", "--porcelain", "--", "src", "benchmarks/*.py")),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "usable_cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "load_average_at_the_end": round(os.getloadavg()[0], 1),
        "versions": {**versions, **peers},
    }


def _git(*words: str) -> str | None:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
