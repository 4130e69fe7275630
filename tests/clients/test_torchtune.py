"""torchtune makes each dataset by the YAML of its card, and takes every row of it.

**Source** torchtune, "Chat datasets", "Instruct datasets", "Text completion datasets".
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cases import MOST_ROWS, Case, chosen

CASES = [case for case in chosen() if case.form != "conversational"]


@pytest.fixture(scope="session")
def tune_tokenizer(model: Path) -> Any:
    """torchtune's reader of tokenizer files, with its own way from messages to tokens."""
    from torchtune.modules.transforms.tokenizers import (
        HuggingFaceBaseTokenizer,
        tokenize_messages_no_special_tokens,
    )

    class Tokens(HuggingFaceBaseTokenizer):
        max_seq_len = None

        def encode(
            self,
            text: str,
            add_bos: bool = True,
            add_eos: bool = True,
            trim_leading_whitespace: bool = False,  # of SentencePiece, which this is not
        ) -> list[int]:
            tokens: list[int] = super().encode(text, add_bos, add_eos)
            return tokens

        def __call__(self, sample: dict[str, Any]) -> dict[str, Any]:
            messages = sample.pop("messages")
            tokens, mask = tokenize_messages_no_special_tokens(
                self, messages, bos_id=self.bos_id, eos_id=self.eos_id
            )
            return sample | {"tokens": tokens, "mask": mask}

    return Tokens(
        str(model / "tokenizer.json"),
        tokenizer_config_json_path=str(model / "tokenizer_config.json"),
    )


def knows_all_roles(row: dict[str, Any]) -> bool:
    """Whether torchtune does: it has no role for what a tool returns, as the card says."""
    return all(turn["from"] != "observation" for turn in row["conversations"])


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_row_has_labels_to_learn_by_the_yaml_of_the_card(
    case: Case, tune_tokenizer: Any, monkeypatch: Any
) -> None:
    from omegaconf import OmegaConf
    from torchtune.config import instantiate
    from torchtune.data import validate_messages

    monkeypatch.chdir(case.folder.parent)
    said = OmegaConf.create(case.told("dataset")["dataset"])
    known = {"filter_fn": knows_all_roles} if "`observation`" in case.card else {}
    dataset = instantiate(said, tune_tokenizer, **known)
    rows = case.load()["train"]
    assert len(dataset) == (rows.filter(knows_all_roles) if known else rows).num_rows > 0
    if case.form not in ("text", "chatml"):
        for row in rows.filter(knows_all_roles) if known else rows:
            validate_messages(dataset._message_transform(row)["messages"])
    for number in range(min(len(dataset), MOST_ROWS)):
        row = dataset[number]
        assert len(row["tokens"]) == len(row["labels"])
        assert any(label != -100 for label in row["labels"])
