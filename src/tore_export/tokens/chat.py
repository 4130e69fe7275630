r"""Tokens of dialogues: those of their texts, and those a chat format puts around them.

A model reads a dialogue as one run of tokens, with tokens of its own around each message. How many
is said by a `ChatOverhead`, and everything that counts dialogues counts them here:

==========  =================================================================  ===================
overhead    tokens of a message                                                more for each row
==========  =================================================================  ===================
`openai`    3 + role + content, with a name 1 + name                           3, the reply's start
`chatml`    two marks + `role\ncontent` + `\n`                                 0
`none`      content                                                            0
==========  =================================================================  ===================

`openai` is what OpenAI publishes of its chat models and what its fine-tuning is charged by. `chatml`
is exact: the marks are single special tokens, which no piece of text crosses, so that what stands
between two of them is cut into tokens by itself.

**Source** OpenAI Cookbook, "How to count tokens with tiktoken", section 6; ChatML as Qwen's tokenizers
have it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from tore_export.errors import TokenizerError, nearest

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    from tore_export.tokens.tokenizer import Tokenizer

__all__ = [
    "CHATML_MARKS",
    "OVERHEADS",
    "ChatOverhead",
    "chat_overhead",
    "tokens_of_chatml",
    "tokens_of_messages",
    "tokens_per_message",
]

CHATML_MARKS = ("<|im_start|>", "<|im_end|>")

ROLE_FIELDS = ("role", "from")
CONTENT_FIELDS = ("content", "value")
NAME_FIELD = "name"

SHAREGPT_ROLES = {
    "human": "user",
    "gpt": "assistant",
    "function_call": "assistant",
    "observation": "tool",
}
"""What ShareGPT calls the speakers of messages; a dialogue counts the same in both spellings."""


@dataclass(frozen=True, slots=True)
class ChatOverhead:
    r"""What a chat format adds to the texts of a dialogue.

    `per_message`, `per_name` and `per_row` are tokens. `role` says how a message's role is written:
    as a text of its own (`apart`), before the content and a line end as one text (`before`), or not
    (`left_out`). `after` is text behind each message. A format without `names` leaves names out.

    >>> ChatOverhead("gpt-3.5-turbo-0301", per_message=4, per_name=-1, per_row=3).fixed_tokens(2, 1)
    10
    """

    name: str
    per_message: int = 0
    per_name: int = 0
    per_row: int = 0
    role: Literal["apart", "before", "left_out"] = "apart"
    after: str = ""
    names: bool = True

    def fixed_tokens(self, n_messages: int, n_names: int = 0) -> int:
        """Return the tokens of a row that are none of a text."""
        names = self.per_name * n_names if self.names else 0
        return self.per_row + self.per_message * n_messages + names


OVERHEADS = {
    overhead.name: overhead
    for overhead in (
        ChatOverhead("openai", per_message=3, per_name=1, per_row=3),
        ChatOverhead("chatml", per_message=2, role="before", after="\n", names=False),
        ChatOverhead("none", role="left_out", names=False),
    )
}


def chat_overhead(name: str | ChatOverhead) -> ChatOverhead:
    """Return an overhead by its name; one that is no name is returned as it is.

    **Raises** TokenizerError for an unknown name.

    >>> chat_overhead("openai").fixed_tokens(n_messages=2)
    9
    """
    if isinstance(name, ChatOverhead):
        return name
    if name not in OVERHEADS:
        raise TokenizerError(
            "no chat format is known by this name",
            where="chat overhead",
            found=repr(name),
            allowed=", ".join(OVERHEADS),
            hint=nearest(name, OVERHEADS),
        )
    return OVERHEADS[name]


def tokens_of_messages(
    rows: pa.Array | pa.ChunkedArray, tokenizer: Tokenizer, overhead: str | ChatOverhead = "openai"
) -> pa.Int64Array:
    """Return the tokens of each dialogue: those of its messages, and what each row has more.

    **Rows** 1:1; int64, null for null. **Reads** lists of messages, see `tokens_per_message`.
    **Raises** TokenizerError for an unknown overhead and for a column that holds no messages.

    >>> import pyarrow as pa
    >>> from tore_export.tokens.manager import TokenizerManager
    >>> row = [{"role": "user", "content": "hello world"}, {"role": "assistant", "content": "Hello!"}]
    >>> cl100k = TokenizerManager().get("cl100k_base")
    >>> [tokens_of_messages(pa.array([row]), cl100k, name)[0].as_py() for name in OVERHEADS]
    [15, 14, 4]
    """
    import numpy as np
    import pyarrow as pa

    overhead = chat_overhead(overhead)
    rows = _one_array(rows)
    each = tokens_per_message(rows, tokenizer, overhead)
    counts, lengths = each.flatten().to_numpy(), _lengths(rows)
    totals = _sums(counts, lengths) + overhead.per_row
    return pa.array(totals, pa.int64(), mask=~np.asarray(rows.is_valid()))


def tokens_per_message(
    rows: pa.Array | pa.ChunkedArray, tokenizer: Tokenizer, overhead: str | ChatOverhead = "openai"
) -> pa.ListArray:
    """Return the tokens of each message of each dialogue, with what the format puts around it.

    Messages are structs of `role`, `content` and, where there is one, `name`, or of `from` and `value`
    as ShareGPT spells them, whose speakers count as the roles they are. A null text counts as an empty
    one, a null message as nothing, and other fields (tool calls, weights) are no text.

    **Rows** 1:1; list<int64>, as many as there are messages, an empty list for null.
    **Raises** TokenizerError for an unknown overhead and for a column that holds no messages.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    overhead = chat_overhead(overhead)
    rows = _one_array(rows)
    messages = rows.flatten()
    roles, contents, names = _texts(messages)
    counts = np.full(len(messages), overhead.per_message, np.int64)
    if overhead.after:
        counts += tokenizer.count(overhead.after)
    if overhead.role == "before":
        line_end = pa.scalar("\n", pa.large_string())
        counts += _counts(pc.binary_join_element_wise(roles, contents, line_end), tokenizer)
    else:
        counts += _counts(contents, tokenizer)
        if overhead.role == "apart":
            counts += _counts_of_few(roles, tokenizer)
    if overhead.names and names is not None:
        counts += _counts_of_few(names.fill_null(""), tokenizer)
        counts += np.asarray(names.is_valid()) * overhead.per_name
    counts *= np.asarray(messages.is_valid())
    offsets = np.concatenate([[0], np.cumsum(_lengths(rows))])
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pa.array(counts, pa.int64()))


def tokens_of_chatml(texts: pa.Array | pa.ChunkedArray, tokenizer: Tokenizer) -> pa.Int64Array:
    r"""Return the tokens of texts in which ChatML's marks are single special tokens.

    **Rows** 1:1; int64, null for null.

    >>> import pyarrow as pa
    >>> from tore_export.tokens.manager import TokenizerManager
    >>> text = "<|im_start|>user\nhello world<|im_end|>\n"
    >>> tokens_of_chatml(pa.array([text, None]), TokenizerManager().get("cl100k_base")).to_pylist()
    [7, None]
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    column = _one_array(texts).cast(pa.large_string())
    pattern = "|".join(mark.replace("|", r"\|") for mark in CHATML_MARKS)
    pieces = pc.split_pattern_regex(column, pattern)
    lengths = _lengths(pieces)
    marks = np.maximum(lengths - 1, 0)
    totals = _sums(_counts(pieces.flatten(), tokenizer), lengths) + marks
    return pa.array(totals, pa.int64(), mask=~np.asarray(column.is_valid()))


def _one_array(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    import pyarrow as pa

    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _lengths(lists: pa.Array) -> npt.NDArray[np.int64]:
    import numpy as np

    found: npt.NDArray[np.int64] = lists.value_lengths().fill_null(0).to_numpy().astype(np.int64)
    return found


def _sums(values: Any, lengths: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the sums of `lengths[i]` values each, of an empty run 0."""
    import numpy as np

    before = np.concatenate([[0], np.cumsum(values, dtype=np.int64)])
    ends = np.cumsum(lengths)
    sums: npt.NDArray[np.int64] = before[ends] - before[ends - lengths]
    return sums


def _counts(texts: pa.Array, tokenizer: Tokenizer) -> npt.NDArray[np.int64]:
    counts: npt.NDArray[np.int64] = tokenizer.count_column(texts).to_numpy()
    return counts


def _counts_of_few(texts: pa.Array, tokenizer: Tokenizer) -> npt.NDArray[np.int64]:
    """Return the counts of texts most of which are the same few words: each is counted once."""
    coded = texts.dictionary_encode()
    each: npt.NDArray[np.int64] = _counts(coded.dictionary, tokenizer)[coded.indices.to_numpy()]
    return each


def _texts(messages: pa.Array) -> tuple[pa.Array, pa.Array, pa.Array | None]:
    """Return roles and contents, "" where they are null, and names, if messages have any."""
    import pyarrow as pa
    import pyarrow.compute as pc

    fields = {field.name: field.type for field in _fields(messages.type)}
    role = next((name for name in ROLE_FIELDS if name in fields), None)
    content = next((name for name in CONTENT_FIELDS if name in fields), None)
    read = [name for name in (role, content, NAME_FIELD) if name in fields]
    if role is None or content is None or not all(_is_text(fields[name]) for name in read):
        raise TokenizerError(
            "this column holds no messages that can be counted",
            where="messages",
            found=str(messages.type),
            allowed="lists of {role, content, name?} or {from, value}, all of them text",
        )
    # struct_field, not field: a null message has null texts, whatever lies below it
    texts = {name: pc.struct_field(messages, name).cast(pa.large_string()) for name in read}
    roles = texts[role].fill_null("")
    if role == "from":
        coded = roles.dictionary_encode()
        spoken = [SHAREGPT_ROLES.get(name, name) for name in coded.dictionary.to_pylist()]
        roles = pa.array(spoken, pa.large_string()).take(coded.indices)
    return roles, texts[content].fill_null(""), texts.get(NAME_FIELD)


def _fields(of: pa.DataType) -> list[pa.Field]:
    import pyarrow as pa

    return list(of.fields) if pa.types.is_struct(of) else []


def _is_text(of: pa.DataType) -> bool:
    import pyarrow as pa

    if pa.types.is_dictionary(of):
        return _is_text(of.value_type)
    return of in (pa.string(), pa.large_string(), pa.string_view(), pa.null())
