from __future__ import annotations

import pytest

from tore_export.config import ExportConfig, TrainingConfig
from tore_export.errors import ConfigError


def test_an_unknown_encoding_is_refused_and_a_known_one_is_spelled_one_way() -> None:
    assert ExportConfig(output_encoding="LATIN1").output_encoding == "iso8859-1"
    with pytest.raises(ConfigError, match="unknown encoding"):
        ExportConfig(output_encoding="klingon")


def test_an_optimization_without_a_budget_is_refused() -> None:
    with pytest.raises(ConfigError, match="token_optimization: needs max_tokens"):
        ExportConfig(token_optimization=True)
    assert ExportConfig(token_optimization=True, max_tokens=8).max_tokens == 8
    with pytest.raises(ConfigError, match=r"max_tokens: .*greater than or equal to 8"):
        ExportConfig(max_tokens=7)


def test_an_overlap_takes_at_most_half_of_a_chunk() -> None:
    assert TrainingConfig(max_tokens=100, chunk_overlap=50).chunk_overlap == 50
    with pytest.raises(ConfigError, match="at most half of max_tokens, which is 100"):
        TrainingConfig(max_tokens=100, chunk_overlap=51)
    with pytest.raises(ConfigError, match="chunk_overlap: needs max_tokens"):
        TrainingConfig(chunk_overlap=1)


def test_a_template_makes_template_the_format_where_none_is_named() -> None:
    assert ExportConfig(template="flat").default_format == "template"
    assert ExportConfig(template="flat", default_format="markdown").default_format == "markdown"
    assert ExportConfig().default_format == "markdown"
