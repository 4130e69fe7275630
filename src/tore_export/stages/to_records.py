"""Turn documents into training records."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tore_export.documents.dialogues import are_dialogues
from tore_export.records.rules import Bounds
from tore_export.records.sample import LEFT_OUT, SAMPLE
from tore_export.records.tasks import text
from tore_export.stages.stage import combined, is_live, put, reject
from tore_export.tokens.portable import TokenizerRef

if TYPE_CHECKING:
    from tore_export.chunks.options import ChunkOptions
    from tore_export.formatters.formatter import Formatter
    from tore_export.records.phrases import Phrases
    from tore_export.records.shapes.shape import Shape
    from tore_export.records.task import Task, Tools
    from tore_export.tokens.tokenizer import Tokenizer

__all__ = ["ToRecords"]

READS = (
    "doc_id",
    "source",
    "title",
    "language",
    "created_at",
    "meta",
    "elements",
    "text",
    "n_tokens",
    "quality_score",
    "reject",
)

MARGIN = 8
"""Tokens that texts may have more when they are put together."""

NO_BOUNDS = Bounds()

_SPOKEN = "text.is_dialogue"

LeftOut = Mapping[int, Counter[str]]


@dataclass(frozen=True, slots=True)
class ToRecords:
    """Write the records of each document as a list beside it.

    `tasks` say what they ask for and `shape` how they are written. Records stand in the order of tasks,
    then of the document. `chunking.max_tokens` bounds a record as a whole, `bounds` its prompt and its
    answer. `from_chunks` makes records of task text of chunks, and none of the whole.

    **Rows** 1:1. A document without a record is rejected by the rule `no_records`, whose detail says
    which rules took its samples.
    **Reads** what tasks and rows need. **Writes** `records`, list<struct>: the columns of a row, with
    `n_tokens`, as trained; unless task text stands alone, `left_out`, see LEFT_OUT, null where nothing
    was.
    **Raises** ConfigError for an unknown task or shape, TemplateError for a template that fails.

    A list beside the document, and not rows of its own, keeps the books per document: however many
    records a task makes of one, it is one row until the sink counts it.
    """

    tasks: tuple[str, ...] = ("text",)
    shape: str = "text"
    include_metadata: bool = True
    from_chunks: bool = False
    conversational: bool = False
    system_prompt: str | None = None
    tokenizer: TokenizerRef = "gpt-3.5-turbo"
    chunking: ChunkOptions | None = None
    bounds: Bounds = NO_BOUNDS
    phrases: Phrases | None = None
    prompt_template: Formatter | None = None
    answer_template: Formatter | None = None

    version: ClassVar[int] = 3

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns of this stage's records, and of what they are made of."""
        blocks = () if self._is_plain and not self.from_chunks else ("blocks",)
        return (*READS, *blocks, *(("chunks",) if self.from_chunks else ()))

    @property
    def writes(self) -> tuple[str, ...]:
        """The columns it sets."""
        return ("records", "reject") if self._is_plain else ("records", "left_out", "reject")

    @property
    def _is_plain(self) -> bool:
        return self.tasks == ("text",) and self.shape == "text"

    def __call__(self, table: pa.Table) -> pa.Table:
        """Return the table with `records`."""
        live = is_live(table)
        left_out: LeftOut = {}
        if self._is_plain:
            make = text.chunk_records if self.from_chunks else text.records
            spoken = are_dialogues(combined(table["elements"]))
            texts = pc.and_(live, pa.array(~spoken)) if spoken.any() else live
            records = make(table, texts, self.include_metadata)
            left_out = {row: Counter({_SPOKEN: 1}) for row in np.flatnonzero(spoken).tolist()}
        else:
            records, left_out = self._asked(table)
        table = put(table, "records", records)
        is_empty = pc.and_(live, pc.equal(records.value_lengths(), 0))
        empty: list[int] = pc.indices_nonzero(is_empty).to_pylist()
        if not self._is_plain:
            table = put(table, "left_out", _counted(left_out, table.num_rows, set(empty)))
        if not empty:
            return table
        entries: list[dict[str, Any] | None] = [None] * table.num_rows
        for row in empty:
            entries[row] = {
                "stage": "to_records",
                "rule": "no_records",
                "value": 0.0,
                "threshold": 1.0,
                "detail": self._why(left_out.get(row, Counter())),
            }
        return reject(table, entries)

    def _why(self, left_out: Counter[str]) -> str:
        """Return why a document has no record."""
        if self._is_plain and not left_out:
            return "the document has no text"
        found = []
        for task in _tasks(self.tasks):
            rules = {rule: n for rule, n in left_out.items() if rule.startswith(f"{task.name}.")}
            found += [f"{rule} {n}" for rule, n in sorted(rules.items())]
            if not rules:
                found.append(f"{task.name}.{task.found_none}")
        return f"no record could be made of the document: {', '.join(found)}"

    def _asked(self, table: pa.Table) -> tuple[pa.ListArray, LeftOut]:
        """Return the column `records`, and what was left out of each document."""
        from tore_export.records.documents import Documents
        from tore_export.records.rules import broken_rules
        from tore_export.records.shapes.registry import shape_named
        from tore_export.tokens.manager import TokenizerManager

        tokenizer = TokenizerManager().get(self.tokenizer)
        shape = shape_named(
            self.shape, conversational=self.conversational, system_prompt=self.system_prompt
        )
        tools = self._tools(shape, tokenizer)
        documents = Documents(table)
        tasks = _tasks(self.tasks)
        left_out: defaultdict[int, Counter[str]] = defaultdict(Counter)
        made = [SAMPLE.empty_table()]
        for task in tasks:
            candidates = task.samples(documents, tools)
            for row, rules in candidates.left_out.items():
                for rule, n in rules.items():
                    left_out[row][f"{task.name}.{rule}"] += n
            made.append(candidates.to_table())
        samples = pa.concat_tables(made)
        # documents in order, and of each the samples of one task after those of another
        samples = samples.take(np.argsort(samples["parent"].to_numpy(), kind="stable"))
        samples = samples.combine_chunks()
        looking_up = {task.name for task in tasks if task.looks_up}
        broken = broken_rules(samples, self.bounds, tokenizer.count_batch, looking_up)
        samples = _without(samples, broken, left_out)[0]
        payload, faults = shape.write(samples)
        refused = [None if fault is None else fault.rule for fault in faults]
        samples, payload = _without(samples, refused, left_out, payload)
        n_tokens = self._count(payload, tokenizer)
        payload = payload.append_column("n_tokens", n_tokens)
        if self.chunking is not None:
            most = self.chunking.max_tokens
            refused = ["too_long" if n > most else None for n in n_tokens.to_pylist()]
            samples, payload = _without(samples, refused, left_out, payload)
        return self._rows(table, samples, payload, shape), left_out

    def _tools(self, shape: Shape, tokenizer: Tokenizer) -> Tools:
        from tore_export.records.phrases import shipped_phrases
        from tore_export.records.room import Room
        from tore_export.records.task import Tools

        # the same texts with and without something that is asked about
        probes = pa.Table.from_pylist(
            [
                {"parent": 0, "instruction": "a", "output": "b", "input": about}
                for about in (None, "c")
            ],
            schema=SAMPLE,
        )
        payload, _ = shape.write(probes)
        most = max(self._count(payload, tokenizer).to_pylist())
        overhead = most - sum(tokenizer.count_batch(["a", "b"])) + MARGIN
        return Tools(
            self.phrases or shipped_phrases(),
            Room(tokenizer, self.chunking, overhead, self.bounds.max_answer_tokens),
            self.prompt_template,
            self.answer_template,
        )

    def _count(self, payload: pa.Table, tokenizer: Tokenizer) -> pa.Int64Array:
        from tore_export.tokens.shapes import tokens_of_rows

        return combined(tokens_of_rows(payload, self.shape, tokenizer))

    def _rows(
        self, table: pa.Table, samples: pa.Table, payload: pa.Table, shape: Shape
    ) -> pa.ListArray:
        from tore_export.records.provenance import sample_metadata
        from tore_export.records.row import record_schema

        parents = samples["parent"].to_numpy()
        ends = np.searchsorted(parents, np.arange(table.num_rows + 1))
        taken = pa.array(parents)

        def column(name: str) -> pa.Array:
            if name == "metadata":
                numbers = np.arange(len(parents)) - ends[parents] + 1
                return sample_metadata(table, samples, numbers)
            if name in payload.column_names:
                return combined(payload[name])
            return combined(table[name]).take(taken)

        schema = record_schema(shape.schema, self.include_metadata)
        rows = pa.StructArray.from_arrays(
            [column(name) for name in schema.names], fields=list(schema)
        )
        return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), rows)


def _tasks(names: Sequence[str]) -> list[Task]:
    from tore_export.records.tasks.registry import task_named

    return [task_named(name) for name in names]


def _without(
    samples: pa.Table,
    rules: Sequence[str | None],
    left_out: defaultdict[int, Counter[str]],
    payload: pa.Table | None = None,
) -> tuple[pa.Table, pa.Table]:
    """Return the samples that break no rule, and their rows; the others are counted."""
    payload = samples if payload is None else payload
    if not any(rules):
        return samples, payload
    parents, tasks = samples["parent"].to_pylist(), samples["task"].to_pylist()
    for parent, task, rule in zip(parents, tasks, rules, strict=True):
        if rule is not None:
            left_out[parent][f"{task}.{rule}"] += 1
    kept = pa.array([rule is None for rule in rules], pa.bool_())
    return samples.filter(kept).combine_chunks(), payload.filter(kept).combine_chunks()


def _counted(left_out: LeftOut, n_rows: int, dropped: set[int]) -> pa.ListArray:
    """Return the column `left_out`; of documents that are dropped, their reject tells it."""
    rows: list[list[dict[str, Any]] | None] = [None] * n_rows
    for row, rules in left_out.items():
        if rules and row not in dropped:
            rows[row] = [{"rule": rule, "n": n} for rule, n in sorted(rules.items())]
    return pa.array(rows, LEFT_OUT)
