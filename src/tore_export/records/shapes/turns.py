"""Who may speak after whom: the order of turns that every trainer of dialogues takes.

=======================  =========================================================================
rule                     broken by
=======================  =========================================================================
`system_in_the_middle`   a system message that is not the first
`turn_order`             two users in a row, two answers in a row, a first turn that is no user's,
                         a tool's result that no assistant asked for
`no_assistant`           nobody answers
`last_turn`              the last turn is no answer
=======================  =========================================================================

**Source** LLaMA-Factory, `data/converter.py`: after the system message, odd turns are a user's or a
tool's and even ones an assistant's, and their number is even. OpenAI Cookbook, "Data preparation and
analysis for chat model fine-tuning": at least one message of the assistant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from tore_export.records.fault import Fault

__all__ = ["turn_faults"]

_AFTER = {
    None: ("user",),
    "system": ("user",),
    "user": ("assistant",),
    "tool": ("assistant",),
    "assistant": ("user", "tool"),
}
"""Who may speak after whom; None is the beginning."""


def turn_faults(
    roles: Sequence[str],
    place: Callable[[int], str],
    names: Mapping[str, str] | None = None,
    *,
    tools_in_a_row: bool = False,
) -> Iterator[Fault]:
    """Yield what is wrong with the order of turns, whose roles are known ones.

    `place` says where the role of a turn stands; `names` are what the shape calls roles. Where
    `tools_in_a_row`, one answer may ask for the results of several tools.

    >>> for fault in turn_faults(["user", "user"], lambda at: f"messages[{at}].role"):
    ...     print(fault)
    turn_order: messages[1].role is user after user, allowed is assistant
    no_assistant: messages[1].role is user at the end, allowed is a turn of assistant
    """
    said = names or {}
    before: str | None = None
    for at, role in enumerate(roles):
        allowed = _AFTER[before]
        if role == "system":
            if at:
                yield Fault("system_in_the_middle", place(at), f"at turn {at + 1}", "at turn 1")
                continue
        elif role not in allowed and not (tools_in_a_row and role == before == "tool"):
            where = "at the beginning" if before is None else f"after {said.get(before, before)}"
            found = f"{said.get(role, role)} {where}"
            may = " or ".join(said.get(name, name) for name in allowed)
            yield Fault("turn_order", place(at), found, may)
        before = role
    if roles and roles[-1] != "assistant":
        found = f"{said.get(roles[-1], roles[-1])} at the end"
        answer = f"a turn of {said.get('assistant', 'assistant')}"
        if "assistant" in roles:
            yield Fault("last_turn", place(len(roles) - 1), found, answer)
        else:
            yield Fault("no_assistant", place(len(roles) - 1), found, answer)
