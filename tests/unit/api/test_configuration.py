from __future__ import annotations

from pathlib import Path

import pytest

from tore_export.api.configuration import load_config
from tore_export.config import ExportConfig, TrainingConfig
from tore_export.errors import ConfigError

CONFIGS = sorted((Path(__file__).resolve().parents[3] / "configs").glob("*.yaml"))


@pytest.fixture
def yaml_file(tmp_path: Path) -> Path:
    path = tmp_path / "c.yaml"
    path.write_text("# comment\nseed: 1\nmin_quality_score: 0.5\n")
    return path


def test_precedence_defaults_alone() -> None:
    assert load_config(TrainingConfig, environment={}) == TrainingConfig()


def test_precedence_file_over_defaults(yaml_file: Path) -> None:
    config = load_config(TrainingConfig, file=str(yaml_file), environment={})
    assert (config.seed, config.min_quality_score) == (1, 0.5)


def test_precedence_environment_over_file(yaml_file: Path) -> None:
    config = load_config(
        TrainingConfig, file=str(yaml_file), environment={"TORE_EXPORT_SEED": "2", "OTHER": "x"}
    )
    assert (config.seed, config.min_quality_score) == (2, 0.5)


def test_precedence_command_line_over_environment(yaml_file: Path) -> None:
    config = load_config(
        TrainingConfig,
        file=str(yaml_file),
        environment={"TORE_EXPORT_SEED": "2"},
        options={"seed": 3, "min_quality_score": None},
    )
    assert (config.seed, config.min_quality_score) == (3, 0.5)


def test_the_environment_of_the_process_is_read_where_none_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TORE_EXPORT_SPLITS", "train=0.5,test=0.5")
    assert load_config(TrainingConfig).splits == {"train": 0.5, "test": 0.5}


def test_an_unknown_key_names_its_line_and_the_nearest_key(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text("seed: 1\nmin_quality_scor: 0.5\n")
    with pytest.raises(ConfigError) as error:
        load_config(TrainingConfig, file=str(path), environment={})
    assert str(error.value) == (
        f"{path}:2: unknown key 'min_quality_scor' (did you mean min_quality_score?)"
    )


def test_an_unknown_key_in_the_environment_is_refused_too() -> None:
    with pytest.raises(ConfigError, match=r"environment TORE_EXPORT_SEEED.*did you mean seed"):
        load_config(TrainingConfig, environment={"TORE_EXPORT_SEEED": "1"})


def test_a_key_of_training_is_unknown_to_a_batch(yaml_file: Path) -> None:
    with pytest.raises(ConfigError, match="unknown key 'seed'"):
        load_config(ExportConfig, file=str(yaml_file), environment={})


def test_a_wrong_value_names_where_it_was_said_and_what_was_found(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text("\n\nmin_quality_score: high\n")
    with pytest.raises(ConfigError, match=r"c\.yaml:3: min_quality_score: .*found 'high'"):
        load_config(TrainingConfig, file=str(path), environment={})


def test_a_rule_over_several_values_names_where_they_were_said() -> None:
    with pytest.raises(ConfigError, match=r"--splits: splits: shares add up to 1\.5, not to 1"):
        load_config(TrainingConfig, environment={}, options={"splits": "train=1,test=0.5"})


@pytest.mark.parametrize(
    ("key", "option"),
    [("min_quality_score", "--min-score"), ("max_workers", "--workers"), ("seed", "--seed")],
)
def test_an_option_is_named_as_the_command_line_has_it(key: str, option: str) -> None:
    with pytest.raises(ConfigError, match=f"^{option}: {key}: "):
        load_config(TrainingConfig, environment={}, options={key: "many"})
    with pytest.raises(ConfigError, match=r"^--optimize-tokens: token_optimization: needs"):
        load_config(TrainingConfig, environment={}, options={"token_optimization": True})


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("seed: 1\nseed: 2", r"c\.yaml:2: 'seed' stands twice, first in line 1"),
        ("[" * 100_000, r"c\.yaml:1: nested too deep"),
        ("a: [1", r"c\.yaml:\d+: not YAML"),
        ("- 1\n- 2\n", "not a mapping"),
        ("\x00", "not YAML"),
    ],
)
def test_a_file_that_is_no_configuration_is_refused(
    tmp_path: Path, content: str, told: str
) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(content)
    with pytest.raises(ConfigError, match=told):
        load_config(TrainingConfig, file=str(path), environment={})


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text("# nothing\n")
    assert load_config(TrainingConfig, file=str(path), environment={}) == TrainingConfig()


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such configuration file"):
        load_config(TrainingConfig, file=str(tmp_path / "no.yaml"), environment={})
    with pytest.raises(ConfigError, match="is a folder"):
        load_config(TrainingConfig, file=str(tmp_path), environment={})
    latin = tmp_path / "latin.yaml"
    latin.write_bytes(b"\xe9: 1")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(TrainingConfig, file=str(latin), environment={})


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.name)
def test_every_shipped_configuration_loads(path: Path) -> None:
    config = load_config(TrainingConfig, file=str(path), environment={})
    assert config != TrainingConfig()


def test_there_are_shipped_configurations() -> None:
    assert {"pretraining.yaml", "cluster.yaml"} <= {path.name for path in CONFIGS}
