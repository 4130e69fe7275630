"""Write commands.md, the reference of the command line, from the command line itself.

python docs/make_commands.py            write
python docs/make_commands.py --check    say whether anything would change
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin

import typer.main

from tore_export.cli.export_cli import application

PAGE = Path(__file__).with_name("commands.md")

HEAD = """\
# Commands

Every command with its options, made from the code by `docs/make_commands.py`;
`tore-export COMMAND --help` shows the same. What keys of a configuration the options set, and what wins
over what, is in [configuration.md](configuration.md).

- Data go to standard output, progress and words to standard error. `-` as an input is standard input.
- Exit codes: 0 all good, 1 the run failed or was interrupted (Ctrl-C, SIGTERM), 2 wrong usage, 3 done,
  but some documents failed or something was found wrong.
- An error is one line: where, what is wrong, what was found, what is allowed, a hint. `--debug` shows
  the trace before it.
- `tore-export --install-completion` installs completion of commands, options and their values for the
  shell it is called from (bash, zsh, fish, PowerShell); `--show-completion` prints it.

"""


def page() -> str:
    """Return the page."""
    commands: Any = vars(typer.main.get_command(application()))["commands"]
    return HEAD + "\n".join(_lines(commands)) + "\n"


def _lines(commands: dict[str, Any]) -> Iterator[str]:
    whole = dict(_flat(commands, ""))
    yield "| Command | What it does |"
    yield "|---|---|"
    for name, command in whole.items():
        anchor = re.sub(r"[^\w -]", "", f"tore-export {_usage(name, command)}".lower())
        promise = _marked(command.help).partition("\n")[0]
        yield f"| [`{name}`](#{anchor.replace(' ', '-')}) | {_cell(promise)} |"
    for name, command in whole.items():
        yield f"\n## `tore-export {_usage(name, command)}`\n"
        yield _marked(command.help)
        yield from _parameters(command)


def _flat(commands: dict[str, Any], above: str) -> Iterator[tuple[str, Any]]:
    """Yield each command by its whole name, those of groups in place of the group."""
    for name, command in commands.items():
        inner = vars(command).get("commands")
        if inner:
            yield from _flat(inner, f"{above}{name} ")
        else:
            yield f"{above}{name}", command


def _usage(name: str, command: Any) -> str:
    arguments = [p.metavar or p.name.upper() for p in command.params if _is_argument(p)]
    return " ".join((name, *arguments))


def _marked(help_text: str) -> str:
    """Return help as Markdown: what the terminal shows in bold is code, lines of a paragraph flow.

    >>> _marked("Example: [bold]tore-export a.tore[/]")
    'Example: `tore-export a.tore`'
    """
    text = re.sub(r"\[bold\](.*?)\[/\]", r"`\1`", help_text.strip())
    return re.sub(r"`\n`", "`, `", text)


def _is_argument(parameter: Any) -> bool:
    return bool(parameter.param_type_name == "argument")


def _parameters(command: Any) -> Iterator[str]:
    panels: dict[str, list[Any]] = {}
    for parameter in sorted(command.params, key=_is_argument, reverse=True):
        panel = "Arguments" if _is_argument(parameter) else parameter.rich_help_panel or "Options"
        panels.setdefault(panel, []).append(parameter)
    for panel, parameters in panels.items():
        yield f"\n| {panel} | Value | Meaning |"
        yield "|---|---|---|"
        for parameter in parameters:
            cells = (_names(parameter), _value(parameter), _cell(parameter.help))
            yield f"| {' | '.join(cells)} |"


def _names(parameter: Any) -> str:
    if _is_argument(parameter):
        return f"`{parameter.metavar or parameter.name.upper()}`"
    return ", ".join(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts))


def _value(parameter: Any) -> str:
    """Return in words what is given with an option."""
    if not _is_argument(parameter) and parameter.is_flag:
        return ""
    if not _is_argument(parameter) and parameter.metavar:
        return f"`{parameter.metavar}`"
    kinds = {int: "a whole number", float: "a number", str: "text"}
    annotation = parameter.type_descriptor.annotation
    if get_origin(annotation) is list:
        (annotation,) = get_args(annotation)
    if get_origin(annotation) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(annotation))
    plain = [one for one in get_args(annotation) or (annotation,) if one is not NoneType]
    return " or ".join(kinds.get(one, str(one)) for one in plain)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def main() -> int:
    """Write the page, or with --check only tell whether it is up to date."""
    wanted = page()
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(wanted, encoding="utf-8")
        return 0
    is_well = PAGE.exists() and PAGE.read_text(encoding="utf-8") == wanted
    if not is_well:
        sys.stderr.write(
            f"{PAGE.name} is not what the code says: run python docs/make_commands.py\n"
        )
    return int(not is_well)


if __name__ == "__main__":
    sys.exit(main())
