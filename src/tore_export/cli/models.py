"""`tore-export models`: what `--tokenizer` may name, and what a name means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from tore_export.cli import options as shared

__all__ = ["models"]


def models(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="Tell what this name means; none: list all names."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print it as one JSON object.")] = False,
    debug: shared.Debug = False,
) -> None:
    """List what can count tokens: encodings, models, stand-ins, installed tokenizers.

    Example: [bold]tore-export models gpt-4o[/]

    With a NAME, tell what that name resolves to, as every command resolves it. A repository of the
    Hugging Face hub, org/name, is fetched for that.
    """
    from tore_export.api.models import described
    from tore_export.api.models import models as known
    from tore_export.cli.console import write_data

    found = known() if name is None else described(name)
    if json:
        import msgspec

        write_data(msgspec.json.encode(found) + b"\n")
        return
    lines = _listed(found) if name is None else _told(found)
    write_data("".join(f"{line}\n" for line in lines).encode())


def _told(found: dict[str, Any]) -> Iterator[str]:
    for key, value in found.items():
        shown = ("no, exact", "yes")[value] if key == "approximate" else value
        yield f"{key:12} {shown:,}" if key == "n_bytes" else f"{key:12} {shown}"


def _listed(found: dict[str, Any]) -> Iterator[str]:
    yield "Encodings"
    yield from (_own(one) for one in found["encodings"])
    yield ""
    yield "Models of OpenAI"
    by_encoding = defaultdict(list)
    for one in found["openai"]:
        by_encoding[one["encoding"]].append(one["name"])
    for encoding, names in by_encoding.items():
        yield f"  {encoding:18}{' '.join(names)}"
    if found["installed"]:
        yield ""
        yield "Installed tokenizers"
        yield from (_own(one) for one in found["installed"])
    yield ""
    yield "Approximate: models without a public tokenizer"
    for one in found["stand_ins"]:
        yield f"  {one['encoding']:18}{' '.join(one['names'])}"
        yield f"  {'':18}{one['why']}"
    yield ""
    yield "Models with a public tokenizer: name what counts them"
    for one in found["public"]:
        yield f"  {' '.join(one['names'])}"
        yield f"      {one['give']}"
    yield ""
    yield "Files and repositories"
    yield "  FILE or FOLDER    tokenizer.json, tekken.json, a SentencePiece model"
    yield f"  FILE.tiktoken     ?pattern= {' | '.join(found['patterns'])} | an encoding"
    yield "  ORG/NAME[@REV]    of the Hugging Face hub, fetched when it is named"


def _own(one: dict[str, Any]) -> str:
    if not one["here"]:
        why = f"needs {one['put']}" if one["put"] else one["error"]
        return f"  {one['name']:18}not here: {why}"
    stands = ", approximate" if one["approximate"] else ""
    return f"  {one['name']:18}here{stands}"
