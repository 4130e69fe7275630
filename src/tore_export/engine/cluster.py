"""A Ray cluster that runs already: connect to it, and check that its nodes see our paths."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence

import ray
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from tore_export.engine.threads import THREAD_VARIABLES
from tore_export.errors import PreflightError
from tore_export.plan.inputs import fixed_part
from tore_export.storage.files import exists, is_remote, local

__all__ = ["check_paths", "connect", "knock"]

CONNECT_SECONDS = 5.0


def connect(address: str) -> None:
    """Connect to the cluster at `address` (`host:port`, `ray://host:port`, or `auto`).

    **Raises** PreflightError within seconds where none answers; Ray itself would wait for minutes.
    """
    knock(address)
    try:
        ray.init(
            address=address,
            log_to_driver=False,
            logging_level="ERROR",
            runtime_env={"env_vars": THREAD_VARIABLES},
        )
    except (ConnectionError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
        raise PreflightError(
            "no Ray cluster answers",
            where=address,
            found=str(error).strip().split("\n")[0].partition(". ")[0],
            hint="a cluster that asks for a token wants RAY_AUTH_MODE=token here, and the token",
        ) from error


def knock(address: str) -> None:
    """Check that something listens at an address; names that Ray resolves itself are not looked up.

    **Raises** PreflightError.
    """
    host, separator, port = address.rpartition("://")[2].rpartition(":")
    if not separator:
        return
    if not port.isdigit():
        raise PreflightError("not an address", where=address, allowed="host:port, auto, local")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_SECONDS).close()
    except OSError as error:
        raise PreflightError(
            "no Ray cluster answers",
            where=address,
            found=str(error),
            hint="start one with `ray start --head`, or leave --address out",
        ) from error


def check_paths(paths: Sequence[str], output: str) -> None:
    """Check that each node of the cluster has the input and the folder of the output.

    The nodes are asked, each by a task of its own: a shared folder is fine, wherever it is mounted
    from, and a folder of this machine alone is not.

    **Raises** PreflightError, naming path and node.
    """
    folder = None
    if not is_remote(output):
        folder = os.path.realpath(local(output))
        while not os.path.isdir(folder):
            folder = os.path.dirname(folder)
        token = os.path.join(folder, f".tore-export-probe-{os.getpid()}")
    fixed = [fixed_part(path) for path in paths]
    wanted = [path if is_remote(path) else os.path.realpath(local(path)) for path in fixed]
    try:
        if folder is not None:
            with open(token, "wb"):
                wanted.append(token)
        probe = ray.remote(num_cpus=0)(_first_missing)
        answers = [
            (
                node["NodeManagerHostname"],
                probe.options(
                    scheduling_strategy=NodeAffinitySchedulingStrategy(node["NodeID"], soft=False)
                ).remote(wanted),
            )
            for node in ray.nodes()
            if node["Alive"]
        ]
        for host, answer in answers:
            missing = ray.get(answer)
            if missing is not None:
                raise PreflightError(
                    "a path of this machine that a worker of the cluster does not have",
                    where=output if folder is not None and missing == token else missing,
                    found=f"nothing there on node {host}",
                    hint="use an object store (s3://…) or a folder that all nodes share",
                )
    finally:
        if folder is not None and os.path.exists(token):
            os.unlink(token)


def _first_missing(paths: Sequence[str]) -> str | None:
    return next((path for path in paths if not exists(path)), None)
