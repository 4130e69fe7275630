"""Axolotl loads each dataset by the YAML of its card, and its prompt strategies leave answers to learn.

**Source** Axolotl, "Dataset loading"; `axolotl.utils.data`, which its command calls.
"""

from __future__ import annotations

from typing import Any

import pytest
from cases import MOST_ROWS, Case, chosen, n_learnt, some

LONGEST = 1_000_000
CASES = [case for case in chosen() if case.form != "conversational"]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_row_has_labels_to_learn_by_the_yaml_of_the_card(
    case: Case, tokenizer: Any, heard: list[str], monkeypatch: Any
) -> None:
    from axolotl.utils.data.shared import load_dataset_with_config
    from axolotl.utils.data.wrappers import get_dataset_wrapper
    from axolotl.utils.dict import DictDefault
    from axolotl.utils.schemas.datasets import SFTDataset

    monkeypatch.chdir(case.folder.parent)
    (said,) = case.told("datasets")["datasets"]
    n_rows = min(case.records["train"], MOST_ROWS)
    said["split"] += f"[:{n_rows}]"
    checked = SFTDataset.model_validate(said).model_dump(exclude_none=True)
    config = DictDefault(checked)
    whole = DictDefault(
        {
            "sequence_len": LONGEST,
            "train_on_inputs": False,
            "chat_template": "tokenizer_default",
            "dataset_num_proc": 1,
        }
    )
    loaded = load_dataset_with_config(config, use_auth_token=False)
    assert loaded.num_rows == n_rows
    kind = config.type if isinstance(config.type, str) else None
    rows, _ = get_dataset_wrapper(config, tokenizer, whole, kind, loaded)
    assert len(rows) == n_rows
    learnt, n_tokens = n_learnt(rows), n_learnt(rows, "input_ids")
    assert learnt.min() > 0
    if case.form not in ("text", "chatml"):
        assert (learnt < n_tokens).all()
    for place in some(rows):
        kept = [label for label in rows[place]["labels"] if label != -100]
        assert answer_of(loaded[place], case.form) in tokenizer.decode(kept)
    assert not heard


def answer_of(row: dict[str, Any], form: str) -> str:
    """Return the last thing that a row teaches to say."""
    if form in ("text", "chatml"):
        return str(row["text"]).strip()
    if form == "messages":
        return str(row["messages"][-1]["content"]).strip()
    if form == "sharegpt":
        return str(row["conversations"][-1]["value"]).strip()
    return str(row["output" if form == "alpaca" else "completion"]).strip()
