"""TRL takes each dataset by the code of its card, and trains on it.

**Source** TRL, "Dataset formats and types" and "SFT Trainer".
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cases import MOST_ROWS, Case, chosen, n_learnt, some

CASES = chosen(is_folder=True)
DIALOGUES = chosen("messages", "conversational")


def arguments() -> Any:
    """A step of one row of any length, on a machine that need not have a GPU."""
    from trl import SFTConfig

    return SFTConfig(
        "trained",
        max_length=None,
        max_steps=1,
        per_device_train_batch_size=1,
        report_to="none",
        save_strategy="no",
        use_cpu=True,
    )


def trainer_of(case: Case, model: Path) -> Any:
    """Run the card's code, with a model in the place of MODEL."""
    names: dict[str, Any] = {"args": arguments()}
    load, train, *_ = case.code()
    exec(load, names)
    assert train.count('"MODEL"') == 1
    for split, rows in case.records.items():
        part = f'=dataset["{split}"]'
        train = train.replace(part, f"{part}.take({min(rows, MOST_ROWS)})")
    exec(train.replace('"MODEL"', f'"{model}", args=args'), names)
    return names["trainer"]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_step_is_trained_by_the_code_of_the_card(
    case: Case, model: Path, heard: list[str]
) -> None:
    trainer = trainer_of(case, model)
    for split, rows in {"train": trainer.train_dataset, "validation": trainer.eval_dataset}.items():
        wanted = min(case.records.get(split, 0), MOST_ROWS)
        assert (len(rows) if rows is not None else 0) == wanted
    rows = trainer.train_dataset
    masks = {"completion_mask", "labels"} & set(rows.column_names)
    assert n_learnt(rows, "labels" if "labels" in masks else "input_ids").min() > 0
    if case.form in ("prompt_completion", "conversational"):
        assert masks
    for place in some(rows) if "completion_mask" in masks else ():
        mask = rows[place]["completion_mask"]
        assert 0 < sum(mask) < len(mask)
    # as "the tokenized prompt is not a prefix": what is trained on is what is asked with
    assert not [said for said in heard if "prefix" in said or "runcat" in said]
    assert trainer.train().training_loss > 0


def test_a_prompt_that_ends_within_a_token_would_be_heard(model: Path, heard: list[str]) -> None:
    from datasets import Dataset
    from trl import SFTTrainer

    rows = Dataset.from_dict({"prompt": ["Where is th"], "completion": ["e wheel?"]})
    SFTTrainer(str(model), arguments(), train_dataset=rows)
    assert any("not a prefix" in said for said in heard)


@pytest.mark.parametrize("case", DIALOGUES, ids=str)
def test_dialogues_are_known_as_such_and_take_a_chat_template(
    case: Case, tokenizer: Any, monkeypatch: Any
) -> None:
    from trl.data_utils import apply_chat_template, is_conversational, maybe_apply_chat_template

    monkeypatch.chdir(case.folder.parent)
    columns = ["messages"] if case.form == "messages" else ["prompt", "completion"]
    for rows in case.load().values():
        for row in rows.select_columns(columns):
            assert is_conversational(row)
            written = apply_chat_template(row, tokenizer)
            assert written == maybe_apply_chat_template(row, tokenizer)
            turns = [turn for column in columns for turn in row[column]]
            whole = "".join(written.values())
            at = 0
            for turn in turns:
                at = whole.index(f"<|im_start|>{turn['role']}\n{turn['content']}<|im_end|>", at)


@pytest.mark.parametrize("case", chosen("text", "chatml", "prompt_completion", "alpaca"), ids=str)
def test_texts_are_not_taken_for_dialogues(case: Case, monkeypatch: Any) -> None:
    from trl.data_utils import is_conversational

    monkeypatch.chdir(case.folder.parent)
    for rows in case.load().values():
        assert not any(is_conversational(row) for row in rows)


@pytest.mark.parametrize("case", chosen("chatml"), ids=str)
def test_chatml_is_what_the_template_writes_of_the_same_messages(
    case: Case, tokenizer: Any
) -> None:
    twin = [other for other in chosen("messages") if other.tasks == case.tasks and other.is_folder]
    written = {
        tokenizer.apply_chat_template(row["messages"], tokenize=False)
        for other in twin
        for rows in other.load().values()
        for row in rows
    }
    texts = {row["text"] for rows in case.load().values() for row in rows}
    assert len(texts & written) >= len(texts) - sum("observation" in text for text in texts) - sum(
        "<|im_start|>tool\n" in text for text in texts
    )
