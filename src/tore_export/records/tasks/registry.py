"""Tasks by name: the modules beside this one, and those that other packages bring along."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from keyword import iskeyword
from pkgutil import iter_modules
from typing import Any

import tore_export.records.tasks as package
from tore_export.errors import ConfigError, nearest
from tore_export.records.task import Task

__all__ = ["ENTRY_POINTS", "task_named", "task_names"]

ENTRY_POINTS = "tore_export.tasks"
"""The entry-point group in which a package names its tasks."""

_NO_TASKS = frozenset({"registry"})


def task_names() -> tuple[str, ...]:
    """Return the names of all tasks: the files of this folder, then what packages bring.

    >>> task_names()[:3]
    ('continue', 'dialogue', 'question')
    """
    return tuple(dict.fromkeys([*_built_in(), *_entry_points()]))


@cache
def task_named(name: str) -> Task:
    """Return a task by its name. **Raises** ConfigError where there is none."""
    if name in _built_in():
        module = f"{name}_" if iskeyword(name) else name
        found: Task = import_module(f"{package.__name__}.{module}").TASK
        return found
    points = _entry_points()
    if name not in points:
        names = task_names()
        raise ConfigError(
            "no task is known by this name",
            where="task",
            found=repr(name),
            allowed=", ".join(names),
            hint=nearest(name, names),
        )
    try:
        brought: Task = points[name].load()
    except (ImportError, AttributeError) as error:
        raise ConfigError(
            "the package that brings this task cannot be loaded",
            where=name,
            found=f"{points[name].value}: {error}",
        ) from error
    return brought


@cache
def _built_in() -> tuple[str, ...]:
    names = {one.name.rstrip("_") for one in iter_modules(package.__path__)}
    return tuple(sorted(names - _NO_TASKS))


def _entry_points() -> dict[str, Any]:
    from importlib.metadata import entry_points

    return {point.name: point for point in entry_points(group=ENTRY_POINTS)}
