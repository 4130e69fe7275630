from __future__ import annotations

import pytest

from tore_export.config import ExportConfig, TrainingConfig
from tore_export.errors import ConfigError


@pytest.mark.parametrize(
    ("written", "n_bytes"), [("256MB", 256_000_000), ("1.5GB", 1_500_000_000), ("12", 12), (9, 9)]
)
def test_sizes_are_decimal(written: object, n_bytes: int) -> None:
    assert TrainingConfig.model_validate({"shard_size": written}).shard_size == n_bytes


@pytest.mark.parametrize("written", ["big", "1.2.3MB", "5 parsecs", "0", -4])
def test_what_is_no_size_is_refused(written: object) -> None:
    with pytest.raises(ConfigError):
        TrainingConfig.model_validate({"shard_size": written})


def test_lists_may_be_written_with_commas() -> None:
    assert ExportConfig.model_validate({"include": "*.json, b/**"}).include == ("*.json", "b/**")
    assert ExportConfig.model_validate({"include": ["*.json"]}).include == ("*.json",)


@pytest.mark.parametrize(
    ("written", "options"),
    [
        ("lines=element", {"lines": "element"}),
        (["a=1", "b = x=y", "c=true"], {"a": 1, "b": " x=y", "c": True}),
        ({"a": 1}, {"a": 1}),
        ("", {}),
    ],
)
def test_options_of_formats_may_be_written_as_pairs(
    written: object, options: dict[str, object]
) -> None:
    assert ExportConfig.model_validate({"format_options": written}).format_options == options


@pytest.mark.parametrize("written", ["lines", ["=x"], {"a": [1]}, 3])
def test_what_is_no_option_of_a_format_is_refused(written: object) -> None:
    with pytest.raises(ConfigError):
        ExportConfig.model_validate({"format_options": written})
