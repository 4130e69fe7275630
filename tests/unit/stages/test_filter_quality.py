from __future__ import annotations

import pyarrow as pa
import pytest

from tests.unit.quality import clean
from tests.unit.quality.tables import paragraphs, table
from tests.unit.stages.contract import check_contract
from tore_export.documents.columns import DocumentRows
from tore_export.documents.schema import REJECT
from tore_export.errors import ConfigError
from tore_export.stages.filter_quality import FilterQuality
from tore_export.stages.score_quality import ScoreQuality

LINE = "The same line stands here again and again."


def scored() -> pa.Table:
    repeated = paragraphs(*[LINE] * 20)
    return ScoreQuality()(table([clean.document(1), repeated, [], clean.document(2)]))


def test_documents_below_the_minimum_are_rejected_with_rule_value_threshold_and_a_sentence() -> (
    None
):
    rejects = FilterQuality()(scored())["reject"].to_pylist()
    assert [reject is None for reject in rejects] == [True, False, True, True]
    assert rejects[1] == {
        "failed": False,
        "stage": "filter_quality",
        "rule": "dup_line_char_frac",
        "value": pytest.approx(0.95),
        "threshold": 0.2,
        "detail": "quality score 0.25 is below 0.7: dup_line_char_frac is 0.95, and counts beyond 0.2",
    }


def test_a_minimum_of_zero_keeps_everything_and_changes_nothing() -> None:
    rows = scored()
    assert FilterQuality(0.0)(rows) is rows


def test_a_minimum_of_one_rejects_whatever_has_a_fault() -> None:
    rejects = FilterQuality(1.0)(scored())["reject"].to_pylist()
    assert [reject is None for reject in rejects] == [False, False, True, False]


def test_a_row_that_is_rejected_already_keeps_its_reason() -> None:
    rows = DocumentRows(unit=0)
    rows.fail("bad", "a.jsonl", rule="cut", detail="short")
    for column in rows.elements.lists():
        column.append(None)
    rows.elements.kinds[-1], rows.elements.texts[-1] = 1, LINE + "\ufffd" * 30
    rows.add("worse", "a.jsonl")
    found = FilterQuality()(ScoreQuality()(rows.to_table()))
    assert [reject["rule"] for reject in found["reject"].to_pylist()] == [
        "cut",
        "replacement_share",
    ]


@pytest.mark.parametrize("minimum", [-0.1, 1.1, float("nan")])
def test_a_minimum_that_is_no_score_is_an_error(minimum: float) -> None:
    with pytest.raises(ConfigError, match="0 to 1"):
        FilterQuality(minimum)


def test_the_contract_of_a_stage_is_kept() -> None:
    check_contract(FilterQuality(0.9), scored(), {"reject": REJECT})
