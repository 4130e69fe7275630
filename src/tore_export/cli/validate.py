"""`tore-export validate`: is this data as trainers want it, are these documents what can be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import IO, TYPE_CHECKING, Annotated, Literal

import typer

from tore_export.cli import options as shared
from tore_export.cli.said import keys_said
from tore_export.errors import UsageError

if TYPE_CHECKING:
    from tore_export.audit.finding import Finding, Validation

__all__ = ["validate"]

SOME_BAD = 3
NOTHING_READ = 1
_REPORTS = (".json", ".jsonl")


def validate(
    context: typer.Context,
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT...",
            help="Datasets, files of training rows (JSON lines or lists, Parquet), documents; "
            "-: standard input.",
        ),
    ],
    shape: Annotated[
        Literal["text", "prompt_completion", "messages", "chatml", "alpaca", "sharegpt"] | None,
        typer.Option(help="Shape of the rows; by default their columns tell it."),
    ] = None,
    quality_config: Annotated[
        str | None,
        typer.Option(
            "--quality-config",
            "--config",
            help="YAML file, as of training: min_quality_score and what documents may cost.",
        ),
    ] = None,
    min_score: shared.MinScore = None,
    report: Annotated[
        str | None,
        typer.Option(help="File of every finding: .jsonl, a line each, or .json."),
    ] = None,
    show: Annotated[int, typer.Option(min=0, help="Most findings to print.")] = 100,
    include: shared.Include = None,
    exclude: shared.Exclude = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print the result as one JSON object on stdout.")
    ] = False,
    quiet: shared.Quiet = False,
    debug: shared.Debug = False,
) -> None:
    """Check datasets and training rows against the rules of those who train, and documents for quality.

    Example: [bold]tore-export validate dataset/[/]

    Exit codes: 0 all good, 1 nothing could be read, 2 wrong usage, 3 something is wrong.
    """
    from tore_export.api.configuration import load_config
    from tore_export.api.standard_input import with_standard_input
    from tore_export.api.validate import validate as validated
    from tore_export.cli.console import interruptible
    from tore_export.config import TrainingConfig

    if report is not None and not report.endswith(_REPORTS):
        raise UsageError("no such report", where="--report", found=report, allowed=".json, .jsonl")
    options = keys_said(context, TrainingConfig, other={"report", "shape"})
    config = load_config(TrainingConfig, file=quality_config, options=options)
    is_scored = quality_config is not None or min_score is not None
    with interruptible(), ExitStack() as files:
        tellers = [] if json or quiet else [_printer(show)]
        if report is not None:
            tellers.append(files.enter_context(_reporter(report)))
        found = validated(
            files.enter_context(with_standard_input(inputs)),
            shape=shape,
            config=config,
            score_rows=is_scored,
            on_finding=_to_all(tellers),
        )
    _finish(found, show, json=json, quiet=quiet)


def _finish(found: Validation, show: int, *, json: bool, quiet: bool) -> None:
    from tore_export.cli.console import write_data

    if json:
        import msgspec

        write_data(msgspec.json.encode(found.to_dict()) + b"\n")
    elif not quiet:
        write_data("".join(f"{line}\n" for line in _summary(found, show)).encode())
    if not found.is_well:
        raise typer.Exit(SOME_BAD if found.read else NOTHING_READ)


def _summary(found: Validation, show: int) -> Iterator[str]:
    n_findings = sum(found.rules.values())
    if n_findings > show:
        yield f"and {n_findings - show:,} more; --report FILE.jsonl has all, --show N prints more"
    if found.rules:
        yield ""
        width = max(len(name) for name in found.rules)
        digits = max(len(f"{n:,}") for n in found.rules.values())
        yield from (f"{name:{width}}  {n:>{digits},}" for name, n in found.rules.items())
        yield ""
    told = []
    if found.rows:
        of = f" of shape {', '.join(found.shapes)}" if found.shapes else ""
        told.append(f"{_counted(found.rows, 'row')}{of}, {found.bad_rows:,} with faults")
    if found.documents:
        documents = _counted(found.documents, "document")
        told.append(f"{documents}, {found.bad_documents:,} with faults")
        if found.warnings:
            told.append(f"{_counted(found.warnings, 'element')} read as bare text only")
    yield f"{_counted(found.files, 'file')}: {'; '.join(told) or 'nothing that can be read'}"
    if found.documents == 1 and found.scores and found.scores[0]["quality_score"] is not None:
        yield f"quality score {found.scores[0]['quality_score']:.2f}"


def _counted(n: int, name: str) -> str:
    return f"{n:,} {name}" if n == 1 else f"{n:,} {name}s"


def _to_all(tellers: list[Callable[[Finding], None]]) -> Callable[[Finding], None]:
    def tell(finding: Finding) -> None:
        for one in tellers:
            one(finding)

    return tell


def _printer(show: int) -> Callable[[Finding], None]:
    """Return what prints the first findings as they are made."""
    from tore_export.cli.console import write_data

    left = show

    def tell(finding: Finding) -> None:
        nonlocal left
        if left > 0:
            left -= 1
            write_data(f"{finding}\n".encode("utf-8", "replace"))

    return tell


@contextmanager
def _reporter(path: str) -> Iterator[Callable[[Finding], None]]:
    """Write every finding to a file as it is made: however many there are, none is held."""
    import msgspec

    from tore_export.storage.files import open_write

    is_list = path.endswith(".json")
    with open_write(path) as stream:
        out: IO[bytes] = stream
        out.write(b"[" if is_list else b"")
        between = b""

        def tell(finding: Finding) -> None:
            nonlocal between
            out.write(between + msgspec.json.encode(finding.to_dict()))
            between = b",\n" if is_list else b"\n"

        yield tell
        out.write(b"]\n" if is_list else between)
