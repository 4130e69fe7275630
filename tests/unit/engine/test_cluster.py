"""A cluster that runs already: is it there, and does it see our paths?"""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from tests.conftest import write_jsonl
from tore_export.engine import cluster
from tore_export.engine.cluster import check_paths, connect
from tore_export.engine.ray_data import RayEngine
from tore_export.errors import PreflightError


@pytest.mark.parametrize("address", ["127.0.0.1:x", "ray://nowhere:port", "a:b:c"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(PreflightError, match=r"not an address, allowed: host:port, auto, local"):
        connect(address)


@pytest.mark.parametrize("scheme", ["", "ray://"])
def test_an_address_where_nobody_listens_is_told_at_once(scheme: str) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    told = r"no Ray cluster answers, found .*refused \(start one with `ray start --head`"
    with pytest.raises(PreflightError, match=told):
        connect(f"{scheme}127.0.0.1:{port}")


def test_a_host_that_is_not_there_is_told() -> None:
    with pytest.raises(PreflightError, match=re.escape("nowhere.invalid:6379: no Ray cluster")):
        connect("nowhere.invalid:6379")


def test_names_that_ray_resolves_itself_are_not_knocked_at() -> None:
    cluster.knock("auto")


@pytest.mark.ray
@pytest.mark.usefixtures("ray_cluster")
def test_an_address_is_checked_in_a_process_that_is_connected_already() -> None:
    with pytest.raises(PreflightError, match="no Ray cluster answers"):
        RayEngine("127.0.0.1:1").__enter__()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_jsonl(tmp_path / "in" / "a.jsonl", range(2)).parent


@pytest.mark.ray
@pytest.mark.usefixtures("ray_cluster")
def test_paths_that_every_node_has_pass_and_nothing_is_left_behind(
    source: Path, tmp_path: Path
) -> None:
    paths = [str(source), str(source / "a.jsonl"), f"{source}/*.jsonl", f"file://{source}"]
    check_paths(paths, str(tmp_path / "new" / "deep" / "out"))
    check_paths(paths, str(source))
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
    assert [path.name for path in source.iterdir()] == ["a.jsonl"]


@pytest.mark.ray
@pytest.mark.usefixtures("ray_cluster")
def test_a_path_that_a_node_does_not_have_is_refused_with_its_node(tmp_path: Path) -> None:
    told = r"/no: a path of this machine that a worker .* nothing there on node \S+ \(use an object"
    with pytest.raises(PreflightError, match=told):
        check_paths([str(tmp_path / "no")], str(tmp_path / "out"))
    with pytest.raises(PreflightError, match="/no: a path of this machine"):
        check_paths([f"{tmp_path}/no/*.json"], str(tmp_path / "out"))
    assert list(tmp_path.iterdir()) == []
