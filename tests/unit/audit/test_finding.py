from __future__ import annotations

from tore_export.audit.finding import Finding, Findings
from tore_export.errors import DocumentError
from tore_export.records.fault import Fault


def test_all_are_counted_and_told_and_the_first_are_kept() -> None:
    told: list[Finding] = []
    findings = Findings(told.append, kept=2)
    for number in (1, 1, 2, 3):
        findings.add(Finding("a", "empty", row=number))
    findings.scored({"source": "a"})
    result = findings.result()
    assert result.rules == {"empty": 4}
    assert len(told) == 4
    assert len(result.findings) == 2
    assert result.bad_rows == 3


def test_a_finding_is_one_line_however_long_and_odd_the_value() -> None:
    fault = Fault("empty", "text", "'" + "x" * 1_000, "some text")
    line = str(Finding.of_fault("a.jsonl", fault, 3))
    assert line.startswith("a.jsonl:3: empty: text is 'xxx")
    assert len(line) < 300
    error = DocumentError("not\nJSON", rule="invalid_json", allowed="JSON")
    assert str(Finding.of_error("a", error)) == r"a: invalid_json: not\nJSON, allowed: JSON"
    assert str(Finding("a", "empty")) == "a: empty"


def test_the_result_is_plain_data() -> None:
    findings = Findings()
    findings.of_shape("text")
    findings.add(Finding("a", "empty", row=1))
    plain = findings.result().to_dict()
    assert plain["findings"][0]["rule"] == "empty"
    assert plain["shapes"] == ("text",)
    assert not findings.result().is_well
