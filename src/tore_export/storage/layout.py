"""Where things lie in an output: the one place that spells its paths.

A dataset is a folder with `data/`, `rejects/`, a card and `.tore-export/`. With `--output FILE.jsonl`
the train split is that file, the others are `FILE.SPLIT.jsonl` beside it, and everything else lies in
`FILE.tore-export/`.
"""

from __future__ import annotations

from dataclasses import dataclass

from tore_export.storage.files import join

__all__ = ["SUFFIXES", "Layout"]

SUFFIXES = (".jsonl", ".jsonl.zst", ".parquet")
"""Names of `--output` that mean a file, not a folder."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths of one output. `output` is what the user named, `within` a folder of a first pass."""

    output: str
    within: str = ""

    @property
    def suffix(self) -> str | None:
        """The suffix of a file output; None for a folder.

        >>> Layout("out/train.jsonl.zst").suffix, Layout("out").suffix
        ('.jsonl.zst', None)
        """
        return next((suffix for suffix in SUFFIXES if self.output.endswith(suffix)), None)

    @property
    def is_file(self) -> bool:
        """Whether the output is one file a split."""
        return self.suffix is not None

    @property
    def root(self) -> str:
        """The folder of card and rejects."""
        return f"{self._stem}.tore-export" if self.is_file else self.output

    @property
    def state(self) -> str:
        """The folder of plan, receipts and facts."""
        return self.root if self.is_file else join(self.output, ".tore-export")

    @property
    def _stem(self) -> str:
        return self.output[: -len(self.suffix or "")]

    @property
    def receipts(self) -> str:
        """The folder of receipts."""
        return self.state_file("receipts")

    @property
    def facts(self) -> str:
        """The folder of facts, one Parquet file a unit."""
        return self.state_file("facts")

    @property
    def parts(self) -> str:
        """The folder of what units wrote and shards are joined from; empty when the run is done."""
        return self.state_file("parts")

    @property
    def prepared(self) -> Layout:
        """Where a first pass keeps its receipts, facts and parts; gone when the run is done.

        >>> Layout("out").prepared.parts
        'out/.tore-export/prepared/parts'
        """
        return Layout(self.output, "prepared")

    @property
    def decisions(self) -> str:
        """The folder of what was decided of each unit's documents."""
        return self.state_file("decisions")

    @property
    def rejects(self) -> str:
        """The folder of the rejects' shards."""
        return join(self.root, "rejects")

    @property
    def data(self) -> str:
        """The folder of the splits' shards (of a folder output)."""
        return join(self.output, "data")

    def state_file(self, name: str) -> str:
        """Return the path of a file among the state."""
        return join(self.state, self.within, name) if self.within else join(self.state, name)

    def shard(self, split: str, number: int, of: int, suffix: str) -> str:
        """Return the path of a shard.

        >>> Layout("out").shard("train", 0, 2, ".parquet")
        'out/data/train-00000-of-00002.parquet'
        >>> Layout("out").shard("rejects", 0, 1, ".jsonl")
        'out/rejects/rejects-00000-of-00001.jsonl'
        >>> Layout("a.jsonl").shard("train", 0, 1, ".jsonl")
        'a.jsonl'
        >>> Layout("a.jsonl").shard("test", 0, 1, ".jsonl")
        'a.test.jsonl'
        """
        numbered = f"{split}-{number:05d}-of-{of:05d}{suffix}"
        if split == "rejects":
            return join(self.rejects, numbered)
        if not self.is_file:
            return join(self.data, numbered)
        return self.output if split == "train" else f"{self._stem}.{split}{self.suffix}"
