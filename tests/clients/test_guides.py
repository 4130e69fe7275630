"""What the guides show of trainers, run with them on what the guides write."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from cases import GUIDES

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TRAINER = re.compile(
    r"^(?:from|import) (?:axolotl|datasets|llamafactory|torchtune|transformers|trl)", re.MULTILINE
)
SHOWN = {
    page.name: [code for code in BLOCK.findall(page.read_text("utf-8")) if TRAINER.search(code)]
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
}


@pytest.fixture
def _written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(os.environ["CLIENTS_DATASETS"]) / GUIDES)


def test_only_the_guides_show_what_takes_a_trainer() -> None:
    assert {page: len(found) for page, found in SHOWN.items() if found} == {"guides.md": 1}


@pytest.mark.usefixtures("_written")
def test_the_guide_trains_with_trl_on_what_it_wrote(model: Path, heard: list[str]) -> None:
    (code,) = SHOWN["guides.md"]
    # a model of two layers takes the place of the one named, and a machine that need not have a GPU
    # that of the reader's; the trainer is kept, to be looked at
    for shown, instead in {
        '"Qwen/Qwen2.5-0.5B-Instruct"': f'"{model}"',
        'SFTConfig(output_dir="model", ': 'SFTConfig(output_dir="model", use_cpu=True, ',
        "SFTTrainer(\n": "trainer = SFTTrainer(\n",
        ").train()": ")",
    }.items():
        assert code.count(shown) == 1, shown
        code = code.replace(shown, instead)
    names: dict[str, Any] = {}
    exec(code, names)
    trainer, data = names["trainer"], names["data"]
    assert len(trainer.train_dataset) == data["train"].num_rows > 0
    assert len(trainer.eval_dataset) == data["validation"].num_rows > 0
    trainer.args.max_steps = 2
    assert trainer.train().training_loss > 0
    assert trainer.args.max_length is None
    assert not [said for said in heard if "prefix" in said]
