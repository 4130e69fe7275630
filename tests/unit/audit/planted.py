"""Rows of every shape, and faults to plant in them, each with the rule that has to find it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

Row = dict[str, Any]
Change = Callable[[Row], Any]

DIALOGUE = [("user", "How far is {n}?"), ("assistant", "It is {n} km."), ("user", "And back?")]


def turns_of(number: int) -> list[tuple[str, str]]:
    turns = [(role, text.format(n=number)) for role, text in DIALOGUE]
    turns.append(("assistant", "The same, “more or less”: \\ and \n a line."))
    return [("system", "Be brief."), *turns] if number % 3 == 0 else turns


def messages(number: int) -> Row:
    return {"messages": [{"role": role, "content": text} for role, text in turns_of(number)]}


def sharegpt(number: int) -> Row:
    names = {"system": "system", "user": "human", "assistant": "gpt"}
    return {
        "conversations": [{"from": names[role], "value": text} for role, text in turns_of(number)]
    }


def chatml(number: int) -> Row:
    return {"text": "".join(f"<|im_start|>{r}\n{t}<|im_end|>\n" for r, t in turns_of(number))}


def alpaca(number: int) -> Row:
    return {"instruction": f"Name {number}.", "input": "", "output": f"It is called {number}."}


def prompt_completion(number: int) -> Row:
    return {"prompt": f"Name {number}.\n\n", "completion": f"It is called {number}."}


def conversational(number: int) -> Row:
    said = messages(number)["messages"]
    return {"prompt": said[:-1], "completion": said[-1:]}


def text(number: int) -> Row:
    return {"text": f"A text of “{number}” words: [not] {{many}}, \\ and \n a line."}


SHAPES: dict[str, Callable[[int], Row]] = {
    "text": text,
    "prompt_completion": prompt_completion,
    "conversational": conversational,
    "messages": messages,
    "chatml": chatml,
    "alpaca": alpaca,
    "sharegpt": sharegpt,
}

FAULTS_OF_LINES: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("invalid_json", lambda line: line[: len(line) // 2]),
    ("invalid_json", lambda line: line[:-1] + b', "n": NaN}'),
    ("invalid_json", lambda line: line + b" }"),
    ("invalid_json", lambda line: b"Here it comes: " + line),
    ("not_utf8", lambda line: line.replace(b" ", b"\xff", 1)),
    ("not_an_object", lambda line: b"[" + line + b"]"),
    ("not_an_object", lambda line: b'"a text"'),
    ("not_an_object", lambda line: b"17"),
    ("duplicate_key", lambda line: line[:-1] + b', "n": 1, "n": 2}'),
    ("duplicate_key", lambda line: line[:-1] + b', "of": {"a": [{"n": 1, "n": 1}]}}'),
    ("lone_surrogate", lambda line: line[:-1] + b', "t": "\\ud83d"}'),
    ("too_deep", lambda line: line[:-1] + b', "d": ' + b"[" * 1001 + b"]" * 1001 + b"}"),
    ("mixed_types", lambda line: line[:-1] + b', "number": "seven"}'),
    ("mixed_types", lambda line: line[:-1] + b', "number": {"is": 7}}'),
]


def _set(column: str, value: Any) -> Change:
    return lambda row: row.__setitem__(column, value)


def _drop(column: str) -> Change:
    return lambda row: row.pop(column)


def _of_texts(column: str) -> list[tuple[str, Change]]:
    return [
        ("missing_column", _drop(column)),
        ("wrong_type", _set(column, None)),
        ("wrong_type", _set(column, 7)),
        ("wrong_type", _set(column, ["a"])),
        ("empty_content", _set(column, "")),
        ("empty_content", _set(column, " \n\t\u00a0")),
    ]


def _of_turns(
    column: str, role: str, content: str, names: dict[str, str]
) -> list[tuple[str, Change]]:
    def turn(who: str) -> Row:
        return {role: names[who], content: "said"}

    return [
        ("missing_column", _drop(column)),
        ("wrong_type", _set(column, "user: hello")),
        ("wrong_type", _set(column, None)),
        ("empty_dialogue", _set(column, [])),
        ("wrong_type", lambda row: row[column].__setitem__(1, "hello")),
        ("wrong_type", lambda row: row[column][1].__setitem__(content, 7)),
        ("missing_key", lambda row: row[column][0].pop(role)),
        ("missing_key", lambda row: row[column][1].pop(content)),
        ("unknown_role", lambda row: row[column][1].__setitem__(role, "robot")),
        ("empty_content", lambda row: row[column][-1].__setitem__(content, "")),
        ("empty_content", lambda row: row[column][-1].__setitem__(content, None)),
        ("empty_content", lambda row: row[column][-1].__setitem__(content, " \n")),
        ("no_assistant", _set(column, [turn("user")])),
        ("last_turn", lambda row: row[column].append(turn("user"))),
        ("turn_order", lambda row: row[column].append(turn("assistant"))),
        ("turn_order", _set(column, [turn("assistant")])),
        ("system_in_the_middle", lambda row: row[column].insert(2, turn("system"))),
    ]


_OPENAI = {"system": "system", "user": "user", "assistant": "assistant"}
FAULTS_OF_ROWS: dict[str, list[tuple[str, Change]]] = {
    "text": [
        ("missing_column", lambda row: row.update(Text=row.pop("text"))),
        ("wrong_type", _set("text", None)),
        ("wrong_type", _set("text", 7)),
        ("wrong_type", _set("text", ["a"])),
        ("wrong_type", _set("text", {"text": "a"})),
        ("empty_text", _set("text", "")),
        ("empty_text", _set("text", " \n\t\u00a0")),
    ],
    "prompt_completion": [*_of_texts("prompt"), *_of_texts("completion")],
    "conversational": [
        ("missing_column", _drop("prompt")),
        ("missing_column", _drop("completion")),
        ("wrong_type", _set("prompt", "How far?")),
        ("empty_dialogue", _set("completion", [])),
        ("empty_content", lambda row: row["completion"][0].__setitem__("content", "")),
        ("unknown_role", lambda row: row["prompt"][0].__setitem__("role", "robot")),
        ("last_turn", lambda row: row["completion"][0].__setitem__("role", "user")),
    ],
    "messages": [
        *_of_turns("messages", "role", "content", _OPENAI),
        ("unknown_key", lambda row: row["messages"][1].__setitem__("text", "hello")),
        ("weight", lambda row: row["messages"][-1].__setitem__("weight", 0.5)),
        ("wrong_type", lambda row: row["messages"][0].__setitem__("name", "")),
        (
            "tool_without_call",
            lambda row: row["messages"].extend(
                [{"role": "tool", "content": "4"}, {"role": "assistant", "content": "It is 4."}]
            ),
        ),
    ],
    "chatml": [
        ("missing_column", lambda row: row.update(Text=row.pop("text"))),
        ("wrong_type", _set("text", None)),
        ("empty_text", _set("text", "")),
        ("chatml_grammar", lambda row: row.__setitem__("text", "hello " + row["text"])),
        ("chatml_grammar", lambda row: row.__setitem__("text", row["text"][:-12])),
        (
            "unknown_role",
            lambda row: row.__setitem__("text", row["text"].replace("assistant", "robot")),
        ),
        (
            "empty_content",
            lambda row: row.__setitem__("text", row["text"].replace("And back?", " ")),
        ),
        (
            "turn_order",
            lambda row: row.__setitem__(
                "text", row["text"] + "<|im_start|>assistant\nAgain.<|im_end|>\n"
            ),
        ),
    ],
    "alpaca": [
        *_of_texts("instruction"),
        *_of_texts("output"),
        ("wrong_type", _set("input", ["a"])),
    ],
    "sharegpt": _of_turns(
        "conversations", "from", "value", {"system": "system", "user": "human", "assistant": "gpt"}
    ),
}


def planted(shape: str, n_rows: int, n_faults: int) -> Iterator[tuple[bytes, str | None]]:
    """Yield lines of a shape with the rule each breaks, None for most: all kinds of faults in turn."""
    of_rows, n_kinds = FAULTS_OF_ROWS[shape], len(FAULTS_OF_ROWS[shape]) + len(FAULTS_OF_LINES)
    step = n_rows // (n_faults + 1)
    for number in range(n_rows):
        row = SHAPES[shape](number) | {"number": number}
        at, is_off = divmod(number, step)
        if is_off or not 1 <= at <= n_faults:
            yield json.dumps(row, ensure_ascii=number % 2 == 0).encode(), None
        elif (kind := (at - 1) % n_kinds) < len(of_rows):
            rule, change_row = of_rows[kind]
            change_row(row)
            yield json.dumps(row).encode(), rule
        else:
            rule, change_line = FAULTS_OF_LINES[kind - len(of_rows)]
            del row["number"]
            yield change_line(json.dumps(row).encode()), rule
