"""LLaMA-Factory loads each dataset by our dataset_info.json and the names that the card says.

**Source** LLaMA-Factory, `data/README.md`; `llamafactory.data`, which its command calls.
"""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from cases import MOST_ROWS, Case, chosen, n_learnt

CASES = [case for case in chosen() if (case.folder / "dataset_info.json").is_file()]


@pytest.fixture(scope="session")
def arguments() -> Any:
    """What LLaMA-Factory's loader is told besides names: nothing out of the ordinary."""
    from transformers import Seq2SeqTrainingArguments

    model = SimpleNamespace(cache_dir=None, hf_hub_token=None)
    training = Seq2SeqTrainingArguments(output_dir="none", use_cpu=True)
    return model, training


def data_arguments(case: Case, **said: Any) -> Any:
    from llamafactory.hparams import DataArguments

    return DataArguments(**case.told("dataset_dir"), **said)


def test_every_shape_that_it_knows_has_entries() -> None:
    assert {case.form for case in CASES} == {
        "text",
        "alpaca",
        "prompt_completion",
        "sharegpt",
        "messages",
    }


@pytest.mark.parametrize("case", CASES, ids=str)
def test_its_converters_fill_prompt_and_response_of_every_row(
    case: Case, arguments: Any, heard: list[str]
) -> None:
    from llamafactory.data.loader import _load_single_dataset
    from llamafactory.data.parser import get_dataset_list

    entries = json.loads((case.folder / "dataset_info.json").read_text("utf-8"))
    data = data_arguments(case)
    assert data.dataset[0] in entries
    found = {}
    for attributes in get_dataset_list(list(entries), data.dataset_dir):
        rows = _load_single_dataset(attributes, *[arguments[0], data, arguments[1]])
        found[attributes.split] = rows.num_rows
        for row in rows:
            assert row["_prompt"]
            assert all(turn["content"].strip() for turn in row["_prompt"] + row["_response"])
            assert len(row["_response"]) == (0 if case.form == "text" else 1)
    if len(found) == len(entries):
        assert sorted(found.values()) == sorted(case.records.values())
    assert not heard


@pytest.mark.parametrize("case", CASES, ids=str)
def test_no_row_is_dropped_before_it_is_trained_on(
    case: Case, arguments: Any, tokenizer: Any, heard: list[str]
) -> None:
    from llamafactory.data.loader import get_dataset
    from llamafactory.data.template import get_template_and_fix_tokenizer

    data = data_arguments(
        case, template="qwen", cutoff_len=1_000_000, max_samples=MOST_ROWS, overwrite_cache=True
    )
    template = get_template_and_fix_tokenizer(tokenizer, data)
    stage = "pt" if case.form == "text" else "sft"
    made = get_dataset(template, arguments[0], data, arguments[1], stage, tokenizer)
    rows = made["train_dataset"]
    if stage == "sft":
        assert rows.num_rows == min(case.records["train"], MOST_ROWS)
        assert n_learnt(rows).min() > 0
    else:
        assert n_learnt(rows, "input_ids").sum() > min(case.records["train"], MOST_ROWS)
    assert not [said for said in heard if "ropped" in said or "kipping" in said]
