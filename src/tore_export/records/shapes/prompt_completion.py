"""Shape `prompt_completion`: {"prompt", "completion"}, texts or lists of messages, as TRL reads them.

As texts: `missing_column`, `wrong_type`, `empty_content`. As lists of messages (conversational): the
rules of `messages` for both lists together, and `prompt_end`, since TRL's chat templates want a prompt
to end with a user's message, and `completion_role`, since it is the assistant that completes it.

**Source** TRL, "Dataset formats and types", prompt-completion, and `data_utils.apply_chat_template`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pyarrow as pa

from tore_export.records.dialogue import Dialogue, Turn
from tore_export.records.fault import Fault, shown
from tore_export.records.shapes.messages import (
    MESSAGES,
    list_faults,
    message_faults,
    turns_read,
)
from tore_export.records.shapes.samples import (
    one_exchange,
    refuse_more,
    text_of,
    turns_of,
    written,
)

__all__ = ["ConversationalPromptCompletion", "PromptCompletion"]

_MORE = ("tools", "images", "label")


@dataclass(frozen=True, slots=True)
class PromptCompletion:
    """A text and how it goes on: one exchange, without a system message.

    A trainer puts nothing between the two. So a prompt that was made by a task ends with a blank line;
    that of a dialogue is written as it is.
    """

    name: ClassVar[str] = "prompt_completion"
    schema: ClassVar[pa.Schema] = pa.schema(
        [pa.field("prompt", pa.string()), pa.field("completion", pa.string())]
    )

    def write(self, samples: pa.Table) -> tuple[pa.Table, list[Fault | None]]:
        """Return exchanges, and the faults of samples that are more than one, or none."""
        return written(samples, self.schema, _texts, self.faults)

    def faults(self, row: Mapping[str, Any]) -> Iterator[Fault]:
        """Yield what is wrong with a row, by the rules above."""
        yield from text_of(row, "prompt")
        yield from text_of(row, "completion")

    def read(self, row: Mapping[str, Any]) -> Dialogue:
        """Return the dialogue. **Raises** DocumentError for a row with a fault, or that is labelled."""
        for fault in self.faults(row):
            raise fault.as_error()
        refuse_more(row, _MORE)
        return Dialogue((Turn("user", row["prompt"]), Turn("assistant", row["completion"])))


@dataclass(frozen=True, slots=True)
class ConversationalPromptCompletion:
    """A dialogue without its last answer, and that answer, both as lists of messages."""

    system_prompt: str | None = None

    name: ClassVar[str] = "prompt_completion"
    schema: ClassVar[pa.Schema] = pa.schema(
        [pa.field("prompt", MESSAGES), pa.field("completion", MESSAGES)]
    )

    def write(self, samples: pa.Table) -> tuple[pa.Table, list[Fault | None]]:
        """Return dialogues, and the faults of samples that are none."""
        return written(samples, self.schema, self._lists, self.faults)

    def faults(self, row: Mapping[str, Any]) -> Iterator[Fault]:
        """Yield what is wrong with a row, by the rules above."""
        found = [fault for name in ("prompt", "completion") for fault in list_faults(row, name)]
        if found:
            yield from found
            return
        n_prompt = len(row["prompt"])
        is_well = True
        for fault in message_faults([*row["prompt"], *row["completion"]], "messages"):
            is_well = False
            yield Fault(fault.rule, _moved(fault.place, n_prompt), fault.found, fault.allowed)
        if not is_well:
            return
        last = row["prompt"][-1]["role"]
        if last != "user":
            yield Fault("prompt_end", f"prompt[{n_prompt - 1}].role", shown(last), "user")
        first = row["completion"][0]["role"]
        if first != "assistant":
            yield Fault("completion_role", "completion[0].role", shown(first), "assistant")

    def read(self, row: Mapping[str, Any]) -> Dialogue:
        """Return the dialogue. **Raises** DocumentError for a row with a fault, or that is labelled."""
        for fault in self.faults(row):
            raise fault.as_error()
        refuse_more(row, _MORE)
        prompt = turns_read(row["prompt"], "prompt")
        return Dialogue((*prompt, *turns_read(row["completion"], "completion")))

    def _lists(self, sample: dict[str, Any]) -> dict[str, Any] | Fault:
        turns = turns_of(sample, self.system_prompt)
        if isinstance(turns, Fault):
            return turns
        said = [{"role": turn.role, "content": turn.content} for turn in turns]
        return {"prompt": said[:-1], "completion": said[-1:]}


def _texts(sample: dict[str, Any]) -> dict[str, Any] | Fault:
    exchange = one_exchange(sample)
    if isinstance(exchange, Fault):
        return exchange
    prompt, completion = exchange
    if sample["messages"] is None and prompt:
        prompt += "\n\n"
    return {"prompt": prompt, "completion": completion}


def _moved(place: str, n_prompt: int) -> str:
    """Return a place in both lists together as one in the list it lies in."""
    number, bracket, rest = place.removeprefix("messages[").partition("]")
    at = int(number)
    name, at = ("prompt", at) if at < n_prompt else ("completion", at - n_prompt)
    return f"{name}[{at}{bracket}{rest}"
