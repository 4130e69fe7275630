"""A Ray cluster of two nodes that was there before us, guarded by a token."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import write_jsonl
from tests.unit.cli.commands import command

pytest.importorskip("aiohttp", reason="jobs need the extra `job`: pip install 'tore-export[job]'")
pytestmark = [pytest.mark.ray, pytest.mark.slow]

Files = Callable[[Path], dict[str, str]]
RAY = Path(sys.executable).with_name("ray")
JOBS = Path(__file__).resolve().parents[3] / "jobs"
START_SECONDS = 120  # generous: the machine may be busy with other things


@dataclass(frozen=True)
class Cluster:
    """Where the cluster is, what to say to it, and the folder that one of its nodes lacks."""

    address: str
    jobs: str
    environment: dict[str, str]
    head: int
    hidden: Path | None

    def run(
        self, *arguments: object, environment: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(argument) for argument in arguments],
            env=environment or self.environment,
            capture_output=True,
            text=True,
            check=False,
        )


def free_ports(n: int) -> list[int]:
    with ExitStack() as opened:
        sockets = [opened.enter_context(socket.socket()) for _ in range(n)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


@contextmanager
def node(
    folder: Path, name: str, arguments: list[str], environment: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `ray start --block` in a session of its own; end all of it, and nothing else."""
    log = folder / f"{name}.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            arguments, env=environment, stdout=stream, stderr=stream, start_new_session=True
        )
    try:
        until = time.monotonic() + START_SECONDS
        while b"Ray runtime started" not in log.read_bytes():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.1)
        yield process
    finally:
        below = descendants(process.pid)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for pid, begun in below.items():
            if began(pid) == begun:  # the same process, not another of the same number
                os.kill(pid, signal.SIGKILL)


def began(pid: int) -> str | None:
    """Return when a process began, None if there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return None


def descendants(pid: int) -> dict[int, str | None]:
    """Return the processes below one, with when they began."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(entry.name)] = int(stat[1])
    found = {pid}
    while more := {p for p, parent in parents.items() if parent in found} - found:
        found |= more
    return {p: began(p) for p in found - {pid}}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two nodes with a core each; the second, where we may, has nothing in the folder `hidden`."""
    port, jobs, client, *agents = free_ports(5)
    hidden = tmp_path_factory.mktemp("hidden")
    # a short path, since the names of sockets have at most 107 characters
    folder = Path(tempfile.mkdtemp(prefix="tore-ray-"))
    token = folder / "token"
    token.write_text(secrets.token_hex(32))
    token.chmod(0o600)
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN_PATH": str(token),
        "RAY_USAGE_STATS_ENABLED": "0",
    }
    # what the nodes start is not measured: they are killed in the end, and it would double their start
    unmeasured = {k: v for k, v in environment.items() if not k.startswith("COVERAGE_")}
    common = ["--block", "--num-cpus=1", "--object-store-memory=80000000", "--disable-usage-stats"]
    common += ["--min-worker-port=0", "--max-worker-port=0", "--node-ip-address=127.0.0.1"]
    head = [str(RAY), "start", "--head", f"--port={port}", f"--temp-dir={folder}", *common]
    head += [f"--dashboard-port={jobs}", f"--ray-client-server-port={client}"]
    head += [f"--dashboard-agent-listen-port={agents[0]}"]
    second = [str(RAY), "start", f"--address=127.0.0.1:{port}", *common]
    second += [f"--dashboard-agent-listen-port={agents[1]}"]
    apart = ["unshare", "-m", "sh", "-c", 'mount -t tmpfs tmpfs "$0" && exec "$@"', str(hidden)]
    may_hide = not subprocess.run([*apart, "true"], check=False, capture_output=True).returncode
    try:
        with (
            node(folder, "head", head, unmeasured) as process,
            node(folder, "second", [*apart * may_hide, *second], unmeasured),
        ):
            yield Cluster(
                f"127.0.0.1:{port}",
                f"http://127.0.0.1:{jobs}",
                environment,
                process.pid,
                hidden if may_hide else None,
            )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Documents for some seconds of work, in six units."""
    folder = tmp_path_factory.mktemp("documents")
    for part in range(3):
        write_jsonl(folder / f"{part}.jsonl", range(part * 2_000, part * 2_000 + 2_000))
    return folder


@pytest.fixture(scope="module")
def inline(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("inline") / "out"
    arguments = command("training", source, "-o", output, "--engine", "inline", "-q")
    subprocess.run(arguments, check=True)
    return output


def training(cluster: Cluster, source: Path | str, output: Path) -> list[str]:
    return command(
        *("training", source, "-o", output, "--address", cluster.address, "--json", "-q")
    )


def test_two_nodes_write_the_bytes_that_one_process_does(
    cluster: Cluster, source: Path, inline: Path, tmp_path: Path, files_below: Files
) -> None:
    done = cluster.run(*training(cluster, f"{source}/*.jsonl", tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    # without a network Ray's C++ says so, whatever it is told of logging
    said = [line for line in done.stderr.splitlines() if "network_util.cc" not in line]
    assert said == []
    account = json.loads(done.stdout)
    assert account["engine"] == "ray"
    assert account["operator"].count("\n") == 0
    assert account["documents"] == {"in": 6_000, "kept": 6_000, "dropped": 0, "failed": 0}
    # the card tells the command to make it again, and this one named a glob
    there, here = files_below(tmp_path / "out"), files_below(inline)
    assert there.pop("README.md") != here.pop("README.md")
    assert there == here
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_submitted_job_is_the_command_line_on_the_cluster(
    cluster: Cluster, source: Path, inline: Path, tmp_path: Path, files_below: Files
) -> None:
    uploaded = tmp_path / "uploaded"
    shutil.copytree(JOBS, uploaded / "jobs", ignore=shutil.ignore_patterns("__pycache__"))
    submit = [RAY, "job", "submit", "--address", cluster.jobs, "--working-dir", uploaded, "--"]
    line = ["python", "jobs/export.py", "training", source, "--output", tmp_path / "out", "--json"]
    done = cluster.run(*submit, *line)
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"engine":"ray"' in done.stdout
    assert files_below(tmp_path / "out") == files_below(inline)


def test_without_the_token_the_cluster_does_not_answer(
    cluster: Cluster, source: Path, tmp_path: Path
) -> None:
    known = cluster.environment.items()
    stranger = {name: value for name, value in known if "RAY_AUTH" not in name}
    stranger["RAY_NUM_REDIS_GET_RETRIES"] = "2"  # Ray's own patience, a second each; 20 by default
    done = cluster.run(*training(cluster, source, tmp_path / "out"), environment=stranger)
    assert done.returncode == 2, done.stderr
    (told,) = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert f"{cluster.address}: no Ray cluster answers" in told
    assert "RAY_AUTH_MODE=token" in told


def test_a_folder_that_only_this_machine_has_is_refused_before_anything_starts(
    cluster: Cluster, source: Path, tmp_path: Path
) -> None:
    if cluster.hidden is None:
        pytest.skip("only root may give a node another view of the disk")
    write_jsonl(cluster.hidden / "in" / "a.jsonl", range(3))
    read, written = cluster.hidden / "in", cluster.hidden / "out"
    refused = {
        read: training(cluster, read, tmp_path / "out"),
        written: training(cluster, source, written),
    }
    running = {
        path: subprocess.Popen(line, env=cluster.environment, stderr=subprocess.PIPE, text=True)
        for path, line in refused.items()
    }
    for path, process in running.items():
        _, told = process.communicate()
        assert process.returncode == 2, told
        assert f"{path}: a path of this machine that a worker" in told
        assert "use an object store (s3://…) or a folder that all nodes share" in told
    assert not list((tmp_path / "out").glob("data"))
    assert not list(cluster.hidden.glob(".tore-export-probe-*"))


def when_a_unit_is_done(output: Path, process: subprocess.Popen[bytes]) -> list[str]:
    """Wait for the first receipt of a run; return the receipts."""
    folder = output / ".tore-export" / "receipts"
    until = time.monotonic() + START_SECONDS
    while not (found := [path.name for path in folder.glob("unit-*.json")]):
        assert process.poll() is None, "the run ended before it could be disturbed"
        assert time.monotonic() < until
        time.sleep(0.005)
    return found


def workers(cluster: Cluster) -> list[int]:
    """Return the processes of the head node that read units now."""
    found = []
    for pid in descendants(cluster.head):
        try:
            title = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            continue
        if title.startswith(b"ray::ReadUnits"):
            found.append(pid)
    return found


def test_a_worker_that_is_killed_costs_no_more_than_its_unit(
    cluster: Cluster, source: Path, inline: Path, tmp_path: Path, files_below: Files
) -> None:
    arguments = training(cluster, source, tmp_path / "out")
    with subprocess.Popen(
        arguments, env=cluster.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        when_a_unit_is_done(tmp_path / "out", process)
        until = time.monotonic() + 5
        while not (busy := workers(cluster)) and time.monotonic() < until:
            time.sleep(0.005)
        for pid in busy:
            os.kill(pid, signal.SIGKILL)
        told, errors = process.communicate()
    assert busy, "no worker was busy any more"
    assert process.returncode == 0, errors.decode()
    assert json.loads(told)["documents"]["kept"] == 6_000
    assert files_below(tmp_path / "out") == files_below(inline)


def test_a_driver_that_is_killed_goes_on_where_it_stopped(
    cluster: Cluster, source: Path, inline: Path, tmp_path: Path, files_below: Files
) -> None:
    arguments = training(cluster, source, tmp_path / "out")
    with subprocess.Popen(arguments, env=cluster.environment, stdout=subprocess.PIPE) as process:
        done = when_a_unit_is_done(tmp_path / "out", process)
        process.kill()
    again = cluster.run(*arguments)
    assert again.returncode == 0, again.stderr
    account = json.loads(again.stdout)
    assert account["resumed_units"] >= len(done)
    assert account["documents"]["kept"] == 6_000
    assert files_below(tmp_path / "out") == files_below(inline)
