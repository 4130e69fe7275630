from __future__ import annotations

import os

import pytest

from tore_export.engine import threads
from tore_export.engine.choose import choose_engine, crossover_bytes


def chosen(asked: str = "auto", n_bytes: float = 10, **options: object) -> str:
    defaults = {"workers": 4, "address": None, "parallel": True}
    return choose_engine(asked, int(n_bytes), **{**defaults, **options})


def test_what_is_asked_for_is_taken() -> None:
    assert chosen("ray", 1) == "ray"
    assert chosen("inline", 1e15) == "inline"


def test_auto_goes_by_size_at_the_crossover() -> None:
    at = crossover_bytes(4)
    assert chosen(n_bytes=at * 0.99) == "inline"
    assert chosen(n_bytes=at * 1.01) == "ray"


def test_more_workers_pay_off_sooner_and_one_never() -> None:
    assert crossover_bytes(1) == float("inf")
    assert crossover_bytes(16) < crossover_bytes(2)


def test_a_cluster_means_ray_and_no_parallel_means_this_process() -> None:
    assert chosen(address="127.0.0.1:1") == "ray"
    assert chosen(n_bytes=1e15, parallel=False) == "inline"


@pytest.mark.parametrize(
    ("quota", "cores"), [("max 100000", 8), ("250000 100000", 2), ("5000 100000", 1), ("x", 8)]
)
def test_cores_are_counted_by_affinity_and_cgroup(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object, quota: str, cores: int
) -> None:
    path = f"{tmp_path}/cpu.max"
    with open(path, "w", encoding="ascii") as stream:
        stream.write(quota)
    monkeypatch.setattr(threads, "CGROUP_QUOTA", path)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)))
    assert threads.usable_cores() == cores


def test_without_a_cgroup_affinity_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "CGROUP_QUOTA", "/nowhere/cpu.max")
    assert threads.usable_cores() == len(os.sched_getaffinity(0))
