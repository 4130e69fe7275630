"""What libraries raise is told as an error of ours; what a user does is not."""

from __future__ import annotations

import pytest

from tore_export.errors import TokenizerError
from tore_export.tokens.faults import faults_told
from tore_export.tokens.ranks import load_encoding


def test_a_panic_is_told_as_any_other_fault(capfd: pytest.CaptureFixture[str]) -> None:
    known = load_encoding("cl100k_base")
    told = r"mine: cannot be counted, found .*StackOverflow"
    with pytest.raises(TokenizerError, match=told), faults_told("cannot be counted", "mine"):
        known.encode_ordinary(" " * 1_000_000 + "a")
    capfd.readouterr()


@pytest.mark.parametrize("left", [KeyboardInterrupt, SystemExit])
def test_an_interruption_is_no_fault(left: type[BaseException]) -> None:
    with pytest.raises(left), faults_told("cannot be counted", "mine"):
        raise left
