"""The datasets that the clients read: what was written, and what its card says of loading it.

`write_datasets.py` writes them in the package's environment and leaves a list; the tests run in one
where the package is not installed, and know of a dataset what this list and its card say.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LIST = "cases.json"
GUIDES = "guides"
"""The folder where what the guides write is."""
FOLDER = "path/to/this/folder"
MOST_ROWS = int(os.environ.get("CLIENTS_MOST_ROWS", "1000000000"))
"""Of a split that are turned to tokens; what needs none is asked of every row."""


@dataclass(frozen=True)
class Case:
    """A dataset on disk; `records` are the rows of each split, as the run's summary told them."""

    name: str
    tasks: tuple[str, ...]
    form: str
    shard_format: str
    include_metadata: bool
    output: str
    records: Mapping[str, int]

    def __str__(self) -> str:
        return self.name

    @property
    def is_folder(self) -> bool:
        return Path(self.output).is_dir()

    @property
    def folder(self) -> Path:
        """Where the card lies."""
        path = Path(self.output)
        return path if self.is_folder else path.parent / f"{path.stem}.tore-export"

    @property
    def card(self) -> str:
        return (self.folder / "README.md").read_text("utf-8")

    @property
    def head(self) -> dict[str, Any]:
        """The card's YAML."""
        import yaml

        found: dict[str, Any] = yaml.safe_load(self.card.split("---\n")[1])
        return found

    def code(self) -> list[str]:
        """The card's Python, with the folder's name where the reader is to put it."""
        return self._blocks("python")

    def told(self, first: str) -> dict[str, Any]:
        """The card's block of YAML that begins with this key."""
        import yaml

        found = [yaml.safe_load(block) for block in self._blocks("yaml")]
        (block,) = [block for block in found if next(iter(block)) == first]
        return dict(block)

    def load(self) -> Any:
        """What the first block of the card's Python loads."""
        names: dict[str, Any] = {}
        exec(self.code()[0], names)
        return names["dataset"]

    def _blocks(self, language: str) -> list[str]:
        found = re.findall(rf"```{language}\n(.*?)```", self.card, re.DOTALL)
        return [block.replace(FOLDER, str(self.folder)) for block in found]


def chosen(*forms: str, **wanted: Any) -> list[Case]:
    """Return the datasets of these forms, of all where none is named, whose fields are as wanted."""
    written = os.environ.get("CLIENTS_DATASETS")
    if written is None:
        raise RuntimeError(
            "the datasets are written by `make test-clients`, which runs these tests"
        )
    listed = json.loads((Path(written) / LIST).read_text("utf-8"))
    cases = [Case(**one | {"tasks": tuple(one["tasks"])}) for one in listed]
    return [
        case
        for case in cases
        if (not forms or case.form in forms)
        and all(getattr(case, key) == value for key, value in wanted.items())
    ]


def n_learnt(rows: Any, column: str = "labels") -> Any:
    """Return how many tokens of each tokenized row are learnt: those whose label is not -100."""
    import numpy as np

    found = []
    for chunk in rows.flatten_indices().data.column(column).chunks:
        is_learnt = chunk.flatten().to_numpy(zero_copy_only=False) != -100
        before = np.concatenate([[0], np.cumsum(is_learnt)])
        offsets = chunk.offsets.to_numpy()
        found.append(np.diff(before[offsets - offsets[0]]))
    return np.concatenate(found)


def some(rows: Any) -> range:
    """Return the places of two hundred rows all over a dataset, or of all where there are fewer."""
    return range(0, len(rows), -(-len(rows) // 200))


def lines(path: Path) -> list[Any]:
    """Return what JSON lines hold."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
