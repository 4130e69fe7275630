"""Tasks by name."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

from tore_export.errors import ConfigError
from tore_export.records.tasks import registry
from tore_export.records.tasks.registry import ENTRY_POINTS, task_named, task_names


def test_every_file_is_a_task_of_its_name() -> None:
    assert {"text", "continue", "section", "question", "table", "dialogue", "template"} == {
        name for name in task_names() if name in registry._built_in()
    }
    for name in task_names():
        task = task_named(name)
        assert task.name == name
        assert task.found_none.startswith("no_")


def test_an_unknown_task_is_named_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="did you mean section"):
        task_named("sectoin")


def test_a_package_brings_a_task_and_one_that_cannot_be_loaded_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    points = {
        "outline": EntryPoint("outline", "tore_export.records.tasks.section:TASK", ENTRY_POINTS),
        "broken": EntryPoint("broken", "tore_export.nothing:TASK", ENTRY_POINTS),
        "section": EntryPoint("section", "tore_export.nothing:TASK", ENTRY_POINTS),
    }
    monkeypatch.setattr(registry, "_entry_points", lambda: points)
    assert task_names()[-2:] == ("outline", "broken")
    assert task_named("outline") is task_named("section")
    with pytest.raises(ConfigError, match="broken: the package that brings this task"):
        task_named("broken")
    task_named.cache_clear()
