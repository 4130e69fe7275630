"""What a card says of how to load the dataset, for each trainer that reads its shape.

**Source** TRL, "Dataset formats and types" and `SFTTrainer`; Axolotl, "Dataset loading", "Conversation",
"Instruction tuning", "Template-free"; torchtune, "Chat datasets", "Instruct datasets", "Text completion
datasets"; LLaMA-Factory, `data/README.md`; OpenAI, "Supervised fine-tuning", data format.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tore_export.sinks.llama_factory import dataset_info, entry_name
from tore_export.sinks.made import Made

__all__ = ["loading"]

_PAYLOAD = {
    "text": ["text"],
    "chatml": ["text"],
    "prompt_completion": ["prompt", "completion"],
    "messages": ["messages"],
    "alpaca": ["instruction", "input", "output"],
    "sharegpt": ["conversations"],
}
_TURNS_TO_MESSAGES = """\
ROLES = {"system": "system", "human": "user", "gpt": "assistant", "observation": "tool"}


def as_messages(row):
    turns = row["conversations"]
    return {"messages": [{"role": ROLES[t["from"]], "content": t["value"]} for t in turns]}


dataset = dataset.map(as_messages).select_columns(["messages"])"""
_EXCHANGE_TO_PROMPT = """\
def as_prompt(row):
    prompt = "\\n\\n".join(text for text in (row["instruction"], row["input"]) if text)
    return {"prompt": f"{prompt}\\n\\n", "completion": row["output"]}


dataset = dataset.map(as_prompt).select_columns(["prompt", "completion"])"""
_AXOLOTL: Mapping[str, Any] = {
    "text": {"type": "completion", "field": "text"},
    "chatml": {"type": "completion", "field": "text"},
    "alpaca": {"type": "alpaca"},
    "prompt_completion": {
        "type": {
            "field_instruction": "prompt",
            "field_output": "completion",
            "format": "{instruction}",
            "no_input_format": "{instruction}",
        }
    },
    "messages": {
        "type": "chat_template",
        "field_messages": "messages",
        "message_property_mappings": {"role": "role", "content": "content"},
    },
    "sharegpt": {
        "type": "chat_template",
        "field_messages": "conversations",
        "message_property_mappings": {"role": "from", "content": "value"},
    },
}
_TORCHTUNE: Mapping[str, Any] = {
    "text": {"_component_": "torchtune.datasets.text_completion_dataset", "column": "text"},
    "chatml": {"_component_": "torchtune.datasets.text_completion_dataset", "column": "text"},
    "alpaca": {"_component_": "torchtune.datasets.alpaca_dataset"},
    "prompt_completion": {
        "_component_": "torchtune.datasets.instruct_dataset",
        "column_map": {"input": "prompt", "output": "completion"},
    },
    "messages": {
        "_component_": "torchtune.datasets.chat_dataset",
        "conversation_column": "messages",
        "conversation_style": "openai",
    },
    "sharegpt": {
        "_component_": "torchtune.datasets.chat_dataset",
        "conversation_column": "conversations",
        "conversation_style": "sharegpt",
    },
}
_TRL_CUTS = (
    "TRL, which cuts rows after 1,024 tokens, and leaves out those whose answer lies behind, unless "
    "`max_length` of its `SFTConfig` says otherwise:"
)
_FOLDER = "path/to/this/folder"


def loading(made: Made, files: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield the lines on loading. `files` are those of each split, seen from the card's folder."""
    splits = list(files)
    is_folder = all(path.startswith("data/") for paths in files.values() for path in paths)
    kind = "parquet" if next(iter(files.values()))[0].endswith(".parquet") else "json"
    code = ["from datasets import load_dataset", ""]
    if is_folder:
        code.append(f'dataset = load_dataset("{_FOLDER}")')
    else:
        named = ", ".join(f'"{split}": "{_name(paths[0])}"' for split, paths in files.items())
        code.append(f'dataset = load_dataset("{kind}", data_files={{{named}}})')
    yield from _block("python", *code)
    yield from (_TRL_CUTS, "")
    yield from _block("python", *_trl(made, splits))
    where = {"path": _FOLDER} if is_folder else {"path": _name(files[splits[0]][0])}
    first = {"split": splits[0]} if is_folder else {"ds_type": kind, "split": "train"}
    if not made.conversational:
        yield from ("Axolotl:", "")
        yield from _yaml({"datasets": [where | first | _AXOLOTL[made.shape]]})
        yield from (f"torchtune{_left_out(made)}:", "")
        source = {"source": _FOLDER, "split": splits[0]}
        if not is_folder:
            source = {"source": kind, "data_files": _name(files[splits[0]][0]), "split": "train"}
        tune = _TORCHTUNE[made.shape]
        yield from _yaml({"dataset": {"_component_": tune["_component_"]} | source | tune})
    entries = dataset_info(made, files)
    if entries:
        told = f"LLaMA-Factory, whose entries are in `dataset_info.json` beside this card{_stage(made)}:"
        yield from (told, "")
        wanted = {"dataset_dir": _FOLDER, "dataset": entry_name(made, splits[0])}
        if entry_name(made, "validation") in entries:
            wanted["eval_dataset"] = entry_name(made, "validation")
        yield from _yaml(wanted)
    if made.shape == "messages":
        yield from _openai(made, files)


def _trl(made: Made, splits: Sequence[str]) -> Iterator[str]:
    yield "from trl import SFTTrainer"
    yield ""
    if made.shape == "sharegpt":
        yield from _TURNS_TO_MESSAGES.splitlines()
    elif made.shape == "alpaca":
        yield from _EXCHANGE_TO_PROMPT.splitlines()
    elif made.include_metadata:
        names = ", ".join(f'"{name}"' for name in _PAYLOAD[made.shape])
        yield f"dataset = dataset.select_columns([{names}])"
    also = ', eval_dataset=dataset["validation"]' if "validation" in splits else ""
    yield f'trainer = SFTTrainer("MODEL", train_dataset=dataset["{splits[0]}"]{also})'


def _openai(made: Made, files: Mapping[str, Sequence[str]]) -> Iterator[str]:
    is_ready = not made.include_metadata and all(
        path.endswith(".jsonl") for paths in files.values() for path in paths
    )
    if is_ready:
        yield "OpenAI: the files are uploaded as they are, with the purpose `fine-tune`."
        yield ""
        return
    yield "OpenAI takes JSON lines with nothing but `messages`:"
    yield ""
    yield from _block(
        "python",
        "for split, rows in dataset.items():",
        '    rows.select_columns(["messages"]).to_json(f"{split}.jsonl", force_ascii=False)',
    )


def _left_out(made: Made) -> str:
    if made.shape != "sharegpt" or "dialogue" not in made.tasks:
        return ""
    return ", once dialogues with a tool's result are left out (it knows no role `observation`)"


def _stage(made: Made) -> str:
    return ", `stage: pt`" if made.shape == "text" else ""


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _block(language: str, *lines: str) -> Iterator[str]:
    yield from (f"```{language}", *lines, "```", "")


def _yaml(value: Mapping[str, Any]) -> Iterator[str]:
    import yaml

    text = yaml.safe_dump(dict(value), sort_keys=False, allow_unicode=True, width=100)
    yield from _block("yaml", *text.rstrip("\n").split("\n"))
