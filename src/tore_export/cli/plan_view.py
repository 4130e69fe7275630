"""What `--dry-run` prints: the plan, a line a fact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["plan_lines"]

INDENT = " " * 11


def plan_lines(account: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines that tell a plan, as `plan_account` returns it."""
    files = account["input"]["files"]
    limit = account["limit"]
    first = "" if limit is None else f", the first {_counted(limit, 'document')}"
    yield _line("input", f"{_counted(files, 'file')}, {_size(account['input']['bytes'])}{first}")
    done = account["units_done"]
    goes_on = f", {done:,} of them done already" if done else ""
    passes = ", in two passes" if account["passes"] > 1 else ""
    yield _line("units", f"{account['units']:,}{goes_on}{passes}")
    for number, stage in enumerate(account["stages"]):
        options = ", ".join(_options(stage))
        told = f"{stage['name']}{f': {options}' if options else ''}"
        yield INDENT + told if number else _line("stages", told)
    tokenizer = account["tokenizer"]
    if tokenizer is not None:
        how = "approximate" if tokenizer["approximate"] else "exact"
        yield _line("tokens", f"{tokenizer['name']} by {tokenizer['encoding']}, {how}")
    writes = dict(account["writes"])
    yield _line("output", f"{writes.pop('output')}: {', '.join(account['counted_by'])}")
    for name, value in writes.items():
        if value is not None and name != "formats":
            yield f"{INDENT}{name} {_size(value) if name == 'shard_size' else _shown(value)}"
    workers = account["workers"]
    told = "every core of the cluster" if workers is None else _counted(workers, "worker")
    yield _line("engine", account["engine"] if account["engine"] == "inline" else f"ray, {told}")
    yield "nothing was written"


def _line(name: str, told: str) -> str:
    return f"{name:{len(INDENT)}}{told}"


def _options(stage: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a stage was told, without what says nothing."""
    for name, value in stage.items():
        if name != "name" and value not in (None, False, [], {}, ""):
            yield f"{name} {_shown(value)}"


def _shown(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(one, list) and len(one) == 2 for one in value):
        return " ".join(
            f"{name} ({_shown(said)})" if isinstance(said, list) else f"{name}={_shown(said)}"
            for name, said in value
        )
    if isinstance(value, Mapping):
        return " ".join(
            f"{name}={_shown(said)}" for name, said in value.items() if said is not None
        )
    if isinstance(value, list):
        return "+".join(_shown(one) for one in value)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def _size(n_bytes: int) -> str:
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if n_bytes >= size:
            return f"{n_bytes / size:,.1f} {unit}"
    return f"{n_bytes:,} bytes"


def _counted(n: int, name: str) -> str:
    return f"{n:,} {name}{'' if n == 1 else 's'}"
