"""What an output remembers: the plan it was begun with, what is done, and whether all of it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec

from tore_export.errors import ResumeError, StorageError
from tore_export.plan.plan import Plan
from tore_export.results import RunSummary
from tore_export.sinks.shards import JoinReceipt
from tore_export.storage.files import (
    TEMPORARY,
    delete,
    exists,
    join,
    list_files,
    read_bytes,
    write_bytes,
)
from tore_export.storage.layout import Layout
from tore_export.storage.receipts import Receipt, Receipts

__all__ = ["State", "changes"]

INPUTS_LISTED = 100_000


class State:
    """The state folder of one output. Every method is safe to be killed in."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._layout = plan.sink.layout

    def begin(self, *, restart: bool = False) -> RunSummary | None:
        """Make the output ready; return the account of the run that was finished here, if one was.

        **Raises** ResumeError where the output was begun with another plan or input.
        """
        path = self._layout.state_file("plan.json")
        if restart:
            self._clear()
        else:
            self.is_begun()
        self._sweep()
        done = self._layout.state_file("done.json")
        if exists(done):
            self._delete_unfinished()
            summary: RunSummary = _read(done, RunSummary)
            return replace(summary, nothing_to_do=True, resumed_units=len(self._plan.units))
        if not exists(path):
            stored = {
                "fingerprint": self._plan.fingerprint,
                "plan": self._plan.description,
                "files": [
                    [file.source, file.size, file.stamp]
                    for file in self._plan.inputs[:INPUTS_LISTED]
                ],
            }
            write_bytes(path, msgspec.json.format(msgspec.json.encode(stored), indent=1))
        return None

    def is_begun(self) -> bool:
        """Tell whether this plan was begun here. **Raises** ResumeError where another one was."""
        path = self._layout.state_file("plan.json")
        if not exists(path):
            return False
        self._refuse_changes(path)
        return True

    def _refuse_changes(self, path: str) -> None:
        stored = _read(path, dict[str, Any])
        if stored.get("fingerprint") == self._plan.fingerprint:
            return
        found = list(changes(stored.get("plan"), self._plan.description))
        found += self._changed_files(stored.get("files", []))
        raise ResumeError(
            "this output was begun otherwise: " + "; ".join(found[:6] or ["the plan changed"]),
            where=self._layout.output,
            hint="use --restart to begin anew, or another output",
        )

    def _changed_files(self, files: list[tuple[str, int, str]]) -> list[str]:
        before = {source: (size, stamp) for source, size, stamp in files}
        now = {f.source: (f.size, f.stamp) for f in self._plan.inputs[:INPUTS_LISTED]}
        told = []
        for name in sorted(before.keys() | now.keys()):
            if name not in now:
                told.append(f"{name} is gone")
            elif name not in before:
                told.append(f"{name} is new")
            elif before[name] != now[name]:
                sizes = f"{before[name][0]:,} bytes before, {now[name][0]:,} now"
                told.append(f"{name} changed ({sizes})")
        return told

    def _clear(self) -> None:
        """Remove what runs of this command wrote, and nothing else."""
        layout = self._layout
        delete(layout.state_file("done.json"))
        prepared = layout.state_file(layout.prepared.within)
        for folder in (layout.receipts, layout.facts, layout.parts, layout.rejects, prepared):
            delete(folder)
        if layout.is_file:
            for split in self._plan.counted:
                delete(layout.shard(split, 0, 1, layout.suffix or ""))
        for name in self._plan.sink.folders:
            delete(join(layout.output, name))
        delete(layout.state_file("about.json"))
        delete(join(layout.root, "report.html"))
        delete(layout.state_file("plan.json"))

    def _sweep(self) -> None:
        """Remove what killed attempts left under temporary names."""
        layout = self._layout
        folders = [layout.receipts, layout.facts, layout.parts, layout.rejects, layout.state]
        first = layout.prepared
        folders += [first.receipts, first.facts, first.parts, first.decisions]
        folders.append(layout.output.rpartition("/")[0] or "." if layout.is_file else layout.data)
        for folder in folders:
            for info in list_files(folder):
                name = info.path.rpartition("/")[2]
                ours = not layout.is_file or layout.output.rpartition("/")[2].split(".")[0] in name
                if name.startswith(TEMPORARY) and ours:
                    delete(info.path)

    def receipts(self) -> Iterator[tuple[int, Receipt]]:
        """Yield the receipts of this plan's units."""
        return self._receipts(self._layout)

    def prepared(self) -> Iterator[tuple[int, Receipt]]:
        """Yield the receipts of a first pass over this plan's units."""
        return self._receipts(self._layout.prepared)

    def _receipts(self, layout: Layout) -> Iterator[tuple[int, Receipt]]:
        for receipt in Receipts(layout.receipts).poll():
            if receipt.fingerprint == self._plan.fingerprint:
                yield receipt.unit, receipt

    def is_decided(self) -> bool:
        """Tell whether the decisions on all units are there."""
        return exists(self._layout.prepared.state_file("decided.json"))

    def write_decided(self) -> None:
        """Keep that the decisions on all units are there."""
        decided = {"fingerprint": self._plan.fingerprint}
        write_bytes(self._layout.prepared.state_file("decided.json"), msgspec.json.encode(decided))

    def joined(self) -> dict[str, JoinReceipt]:
        """Return the receipts of joins by name."""
        return {
            info.path.rpartition("/")[2].removesuffix(".json"): _read(info.path, JoinReceipt)
            for info in list_files(self._layout.receipts)
            if info.path.rpartition("/")[2].startswith("join-")
        }

    def write_join(self, name: str, receipt: JoinReceipt) -> None:
        """Keep the receipt of a join."""
        write_bytes(join(self._layout.receipts, f"{name}.json"), msgspec.json.encode(receipt))

    def end(self, summary: RunSummary) -> None:
        """Close the run: from now on there is nothing to do."""
        write_bytes(
            self._layout.state_file("done.json"),
            msgspec.json.format(msgspec.json.encode(summary.to_dict()), indent=1),
        )
        self._delete_unfinished()

    def _delete_unfinished(self) -> None:
        """Delete what only an unfinished run needs."""
        delete(self._layout.parts)
        delete(self._layout.state_file(self._layout.prepared.within))


def _read(path: str, kind: Any) -> Any:
    try:
        return msgspec.json.decode(read_bytes(path), type=kind)
    except msgspec.DecodeError as error:
        raise StorageError(
            "the state of this output is damaged", where=path, found=str(error), hint="--restart"
        ) from error


def changes(before: Any, now: Any, where: str = "") -> Iterator[str]:
    """Yield what differs between two descriptions, as sentences.

    >>> list(changes({"stages": {"Split": {"seed": 0}}}, {"stages": {"Split": {"seed": 1}}}))
    ['stages.Split.seed: 0 before, 1 now']
    """
    if isinstance(before, dict) and isinstance(now, dict):
        for key in sorted(before.keys() | now.keys()):
            if key == "sha256":
                continue  # says no more than that the files below it changed
            yield from changes(before.get(key), now.get(key), f"{where}.{key}".lstrip("."))
    elif before != now:
        yield f"{where}: {_shown(before)} before, {_shown(now)} now"


def _shown(value: Any) -> str:
    return "nothing" if value is None else str(msgspec.json.encode(value), "utf-8")[:80]
