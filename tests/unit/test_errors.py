from __future__ import annotations

import pickle

import pytest

from tore_export import errors
from tore_export.errors import DocumentError, PreflightError, ToreExportError, nearest

KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, ToreExportError)
]


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_is_the_same_after_pickling(kind: type[ToreExportError]) -> None:
    error = kind("m", where="w", found=3, allowed="4", hint="h")
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy), copy.__dict__) == (kind, str(error), error.__dict__)


def test_an_error_says_where_what_was_found_what_is_allowed_and_what_to_do() -> None:
    error = PreflightError("bad", where="a.json", found="x", allowed="y", hint="do z")
    assert str(error) == "a.json: bad, found x, allowed: y (do z)"


def test_a_document_error_keeps_its_rule_across_processes() -> None:
    assert pickle.loads(pickle.dumps(DocumentError("m", rule="not_utf8"))).rule == "not_utf8"


def test_exit_codes_tell_usage_from_failure() -> None:
    assert {kind.__name__: kind.exit_code for kind in KINDS if kind.exit_code == 2} == {
        "UsageError": 2,
        "ConfigError": 2,
        "PreflightError": 2,
        "TokenizerError": 2,
        "FormatError": 2,
        "TemplateError": 2,
    }


def test_what_is_near_nothing_gets_no_hint() -> None:
    assert nearest("zzz", ["markdown"]) is None


def test_every_error_is_public_and_in_the_drawn_tree() -> None:
    assert sorted(kind.__name__ for kind in KINDS) == sorted(set(errors.__all__) - {"nearest"})
    for kind in KINDS:
        assert kind.__name__ in (errors.__doc__ or "")
