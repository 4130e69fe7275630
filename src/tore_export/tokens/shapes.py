r"""Tokens of training rows: what a trainer reads of each shape.

===================  =============================================================================
shape                what is counted
===================  =============================================================================
`text`               the text
`prompt_completion`  prompt and completion as one text, with nothing between them
`messages`           the dialogue by OpenAI's rule, see chat.py
`chatml`             the text, its marks as single special tokens
`alpaca`             Alpaca's template filled in: one with an input, one for an empty input
`sharegpt`           as `messages`: the same dialogue by other names
===================  =============================================================================

What a trainer adds at the beginning or the end of a row (one token, or none, as its options say) is
not counted.

**Source** TRL, "Dataset formats and types"; Stanford Alpaca's prompts, as Axolotl writes them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tore_export.errors import TokenizerError, nearest
from tore_export.tokens.chat import tokens_of_chatml, tokens_of_messages

if TYPE_CHECKING:
    import pyarrow as pa

    from tore_export.tokens.tokenizer import Tokenizer

__all__ = ["SHAPE_COLUMNS", "tokens_of_rows"]

SHAPE_COLUMNS = {
    "text": ("text",),
    "prompt_completion": ("prompt", "completion"),
    "messages": ("messages",),
    "chatml": ("text",),
    "alpaca": ("instruction", "input", "output"),
    "sharegpt": ("conversations",),
}
"""The columns of each shape that are counted."""

# the template is a format: every word of it is part of what models were trained on
_ALPACA_WITH_INPUT = (
    "Below is an instruction that describes a task, paired with an input that provides further "
    "context. Write a response that appropriately completes the request.\n\n### Instruction:\n",
    "\n\n### Input:\n",
    "\n\n### Response:\n",
)
_ALPACA = (
    "Below is an instruction that describes a task. Write a response that appropriately completes "
    "the request.\n\n### Instruction:\n",
    "\n\n### Response:\n",
)


def tokens_of_rows(rows: pa.Table, shape: str, tokenizer: Tokenizer) -> pa.Int64Array:
    """Return the tokens of each training row of a shape.

    **Rows** 1:1; int64. A text that is null counts as an empty one in shapes of several columns; in
    those of one, the count of null is null.
    **Reads** the columns `SHAPE_COLUMNS[shape]`; alpaca's `input` may be missing.
    **Raises** TokenizerError for an unknown shape, or a table without its columns.

    >>> import pyarrow as pa
    >>> from tore_export.tokens.manager import TokenizerManager
    >>> rows = pa.table({"prompt": ["hello"], "completion": [" world"]})
    >>> tokens_of_rows(rows, "prompt_completion", TokenizerManager().get("gpt-4")).to_pylist()
    [2]
    """
    if shape not in SHAPE_COLUMNS:
        raise TokenizerError(
            "no shape of training rows is known by this name",
            where="shape",
            found=repr(shape),
            allowed=", ".join(SHAPE_COLUMNS),
            hint=nearest(shape, SHAPE_COLUMNS),
        )
    missing = set(SHAPE_COLUMNS[shape]) - set(rows.column_names) - {"input"}
    if missing:
        raise TokenizerError(
            "these rows have another shape",
            where=f"shape {shape}",
            found=f"columns {', '.join(rows.column_names)}",
            allowed=f"columns {', '.join(SHAPE_COLUMNS[shape])}",
        )
    if shape == "messages":
        return tokens_of_messages(rows["messages"], tokenizer)
    if shape == "sharegpt":
        return tokens_of_messages(rows["conversations"], tokenizer)
    if shape == "chatml":
        return tokens_of_chatml(rows["text"], tokenizer)
    if shape == "prompt_completion" and _is_list(rows["prompt"]) and _is_list(rows["completion"]):
        return tokens_of_messages(_dialogues(rows["prompt"], rows["completion"]), tokenizer)
    return tokenizer.count_column(_read_by_a_trainer(rows, shape))


def _is_list(column: pa.ChunkedArray) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_list(column.type) or pa.types.is_large_list(column.type))


def _dialogues(prompts: pa.ChunkedArray, completions: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return each prompt with the messages of its completion behind it. **Rows** 1:1."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = [column.combine_chunks() for column in (prompts, completions.cast(prompts.type))]
    sizes = [pc.fill_null(pc.list_value_length(column), 0).to_numpy() for column in columns]
    rows = np.arange(len(prompts))
    owners = np.concatenate([np.repeat(rows, size) for size in sizes])
    # stable: of one row the prompt's messages, which stand first, stay first
    order = pa.array(np.argsort(owners, kind="stable"))
    messages = pa.concat_arrays([column.flatten() for column in columns]).take(order)
    offsets = np.concatenate([[0], np.cumsum(sizes[0] + sizes[1])])
    return pa.chunked_array([pa.LargeListArray.from_arrays(pa.array(offsets), messages)])


def _read_by_a_trainer(rows: pa.Table, shape: str) -> pa.Array:
    """Return each row as the one text that is trained on."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = {
        name: rows[name].combine_chunks().cast(pa.large_string())
        for name in SHAPE_COLUMNS[shape]
        if name in rows.column_names
    }
    if shape == "text":
        return texts["text"]
    filled = {name: column.fill_null("") for name, column in texts.items()}

    def joined(*parts: pa.Array | str) -> pa.Array:
        return pc.binary_join_element_wise(*map(_large, parts), _large(""))

    if shape == "prompt_completion":
        return joined(filled["prompt"], filled["completion"])
    instruction, output = filled["instruction"], filled["output"]
    without = joined(_ALPACA[0], instruction, _ALPACA[1], output)
    if "input" not in filled:
        return without
    before, between, after = _ALPACA_WITH_INPUT
    whole = joined(before, instruction, between, filled["input"], after, output)
    return pc.if_else(pc.equal(filled["input"], ""), without, whole)


def _large(part: pa.Array | str) -> pa.Array | pa.Scalar:
    import pyarrow as pa

    return pa.scalar(part, pa.large_string()) if isinstance(part, str) else part
