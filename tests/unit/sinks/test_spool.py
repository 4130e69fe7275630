"""The spool: what a second pass needs of a unit, and the facts that splits are decided by."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from tests.conftest import write_jsonl
from tore_export.config import TrainingConfig
from tore_export.engine.guard import guarded
from tore_export.errors import BooksError, RunError
from tore_export.plan.build import dataset_plan
from tore_export.plan.plan import Plan, Preparation
from tore_export.sinks.facts import facts_of
from tore_export.sinks.shards import Join
from tore_export.sinks.spool import UNDECIDED, SpoolSink, facts_path, spool_path
from tore_export.storage.receipts import Receipts


@pytest.fixture
def preparation(tmp_path: Path) -> Preparation:
    path = write_jsonl(tmp_path / "in" / "a.jsonl", range(20))
    with path.open("a") as stream:
        stream.write('{"doc_id": "bad", "text": "x"\n')
    config = TrainingConfig(split_strategy="stratified", batch_size=7, max_tokens=64)
    plan = dataset_plan([str(path)], str(tmp_path / "out"), config)
    assert plan.preparation is not None
    return plan.preparation


def tables_of(plan: Plan) -> list[pa.Table]:
    tables = list(plan.read(plan.units[0]))
    for stage in plan.stages:
        tables = [guarded(stage)(table) for table in tables]
    return tables


def sink_of(preparation: Preparation) -> SpoolSink:
    assert isinstance(preparation.plan.sink, SpoolSink)
    return preparation.plan.sink


def test_a_unit_becomes_spool_facts_and_a_receipt(preparation: Preparation) -> None:
    sink, tables = sink_of(preparation), tables_of(preparation.plan)
    receipt = sink.write_unit(iter(tables))
    assert receipt.documents.to_dict() == {"in": 21, "kept": 20, "dropped": 0, "failed": 1}
    assert (receipt.records, receipt.parts) == ({}, [])
    assert Receipts(sink.layout.receipts).poll() == [receipt]
    spooled = pa.ipc.open_stream(spool_path(sink.layout, 0)).read_all()
    facts = pa.ipc.open_file(facts_path(sink.layout, 0)).read_all()
    assert spooled.num_rows == facts.num_rows == 21
    whole = pa.concat_tables(tables).slice(0, 21)
    assert spooled["records"].equals(whole["records"])
    assert not set(spooled.column_names) & {"elements", "blocks", "chunks"}
    assert spooled["n_elements"].to_pylist() == [4] * 20 + [0]
    # elements are gone, but not what facts tell of them
    assert facts_of(spooled)["kinds"].equals(facts_of(whole)["kinds"])
    assert facts["is_live"].to_pylist() == [True] * 20 + [False]
    # chunks of a document are several records, whose tokens are what is balanced
    sums = [sum(r["n_tokens"] for r in rs or []) for rs in whole["records"].to_pylist()]
    assert min(len(rs) for rs in whole["records"].to_pylist()[:20]) > 2
    assert facts["n_tokens"].to_pylist() == sums
    assert receipt.tokens == {UNDECIDED: sum(sums)}


def test_texts_are_kept_of_rejected_documents_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "word word word word word word"}\n')
    config = TrainingConfig(split_strategy="balanced", min_quality_score=1.0)
    plan = dataset_plan([str(path)], str(tmp_path / "out"), config).preparation
    assert plan is not None
    kept = dataset_plan(
        [str(path)], str(tmp_path / "o"), TrainingConfig(exact_ratios=True, enable_filtering=False)
    ).preparation
    assert kept is not None
    texts = []
    for preparation in (plan, kept):
        sink = sink_of(preparation)
        sink.write_unit(iter(tables_of(preparation.plan)))
        texts += pa.ipc.open_stream(spool_path(sink.layout, 0)).read_all()["text"].to_pylist()
    assert texts[0].startswith("word word")
    assert texts[1] is None


def test_a_unit_that_is_not_whole_has_no_receipt(preparation: Preparation) -> None:
    sink, tables = sink_of(preparation), tables_of(preparation.plan)
    with pytest.raises(BooksError, match="is not whole"):
        sink.write_unit(iter(tables[1:]))
    assert Receipts(sink.layout.receipts).poll() == []
    assert not Path(spool_path(sink.layout, 0)).exists()


def test_a_first_pass_has_nothing_to_join(preparation: Preparation) -> None:
    with pytest.raises(RunError, match="nothing to join, found join-train-00000-of-00001"):
        sink_of(preparation).join(Join("train", 0, 1, ()))
