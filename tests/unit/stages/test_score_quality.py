from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.unit.quality import clean
from tests.unit.quality.tables import paragraphs, table
from tests.unit.stages.contract import check_contract
from tore_export.documents.columns import DocumentRows, ElementColumns
from tore_export.documents.schema import Kind
from tore_export.quality.score import SIGNALS
from tore_export.stages.score_quality import QUALITY_RULE, ScoreQuality

BLOB = "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4" * 4
COLUMNS = {
    "signals": pa.struct([pa.field(name, pa.float64()) for name in SIGNALS]),
    "quality_score": pa.float64(),
    "quality_rule": QUALITY_RULE,
}


def test_a_clean_document_has_a_high_score_and_a_bad_one_a_low_one_with_its_rule() -> None:
    found = ScoreQuality()(table([clean.document(1), paragraphs(BLOB)]))
    good, bad = found["quality_score"].to_pylist()
    assert good > 0.8
    assert bad == 0
    assert found["quality_rule"].to_pylist()[1] == {
        "rule": "long_word_share",
        "value": 1.0,
        "threshold": 0.05,
    }


def test_signals_that_say_nothing_are_null_and_so_is_the_rule_of_a_spotless_document() -> None:
    found = ScoreQuality()(table([paragraphs("A short note."), []]))
    signals = found["signals"].to_pylist()
    assert signals[0]["n_words"] == 3
    assert signals[0]["mean_word_length"] is None
    assert signals[1]["dup_line_frac"] is None
    assert found["quality_score"].to_pylist() == [1, 1]
    assert found["quality_rule"].to_pylist() == [None, None]


def test_rejected_rows_get_nothing() -> None:
    rows = DocumentRows(unit=0)
    rows.elements = ElementColumns.from_elements([])
    rows.fail("bad", "a.jsonl", rule="cut", detail="short")
    rows.mark_end(1)
    found = ScoreQuality()(rows.to_table())
    for name in COLUMNS:
        assert found[name].to_pylist() == [None, None]


@pytest.mark.filterwarnings("error")
def test_the_contract_of_a_stage_is_kept_and_scores_do_not_depend_on_the_batch() -> None:
    documents = [clean.document(n, language) for language in clean.FRAMES for n in range(2)]
    rows = table([*documents, paragraphs(BLOB), [], paragraphs("漢字かな交じり文。" * 30)])
    check_contract(ScoreQuality(), rows, COLUMNS)


DOCUMENT = st.lists(
    st.tuples(
        st.sampled_from([Kind.PARAGRAPH, Kind.RAW, Kind.TITLE, Kind.TABLE]),
        st.lists(
            st.sampled_from(["the ", "mill ", "一つ", "\n", " ", "of ", "7. "]), max_size=60
        ).map("".join),
    ),
    max_size=3,
)


@settings(deadline=None, max_examples=150)
@given(st.lists(DOCUMENT, min_size=1, max_size=4))
@example([[], [(Kind.RAW, "the mill of " * 9)]])
@example([[(Kind.RAW, "the mill of " * 9)], [(Kind.RAW, " the mill")]])
def test_a_document_is_measured_the_same_whatever_stands_before_and_after_it(
    documents: list[list[tuple[Kind, str]]],
) -> None:
    together = ScoreQuality()(table(documents)).select(list(COLUMNS)).to_pylist()
    alone = [ScoreQuality()(table([d])).select(list(COLUMNS)).to_pylist()[0] for d in documents]
    assert together == alone
