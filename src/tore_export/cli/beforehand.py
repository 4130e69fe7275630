"""What a command shows before it runs, or instead: a preview of documents, the plan."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tore_export.cli.running import print_json
from tore_export.errors import UsageError
from tore_export.observe.progress import OnProgress

if TYPE_CHECKING:
    from tore_export.api.preview import DocumentPreview
    from tore_export.config import ExportConfig
    from tore_export.engine.run import Run

__all__ = ["Beforehand", "refuse_showing_nothing", "show_preview"]

PREVIEWED, MOST_PREVIEWED = 3, 20


@dataclass(frozen=True)
class Beforehand:
    """What is shown before a run, and whether it is one: `preview` previews so many documents."""

    preview: Callable[[int], Sequence[DocumentPreview]] | None = None
    no_save: bool = False
    dry_run: bool = False
    restart: bool = False

    def __post_init__(self) -> None:
        refuse_showing_nothing(preview=self.preview is not None, no_save=self.no_save)
        if self.dry_run and self.preview is not None:
            raise UsageError(
                "--dry-run prints the plan, --preview documents", hint="leave one of the two out"
            )

    def is_all(
        self, make: Callable[[OnProgress], Run], config: ExportConfig, *, json: bool
    ) -> bool:
        """Show what was asked for, and tell whether that is all: nothing is to be run then."""
        if self.preview is not None:
            documents = self.preview(_n_previewed(config.limit))
            show_preview(documents, saves=not self.no_save, json=json)
        if self.dry_run and not self.no_save:
            _tell_plan(make, config, restart=self.restart, json=json)
        return self.no_save or self.dry_run


def refuse_showing_nothing(*, preview: bool, no_save: bool) -> None:
    """Refuse `--no-save` alone. **Raises** UsageError."""
    if no_save and not preview:
        raise UsageError(
            "nothing would be written and nothing shown",
            where="--no-save",
            hint="add --preview; --dry-run prints the plan",
        )


def show_preview(documents: Sequence[DocumentPreview], *, saves: bool, json: bool) -> None:
    """Show a preview: as data on stdout where nothing is written, else beside the progress."""
    if json and not saves:
        print_json({"documents": [document.to_dict() for document in documents]})
        return
    from tore_export.cli.preview_view import print_preview

    print_preview(documents, sys.stderr if saves else sys.stdout)


def _n_previewed(limit: int | None) -> int:
    return PREVIEWED if limit is None else min(limit, MOST_PREVIEWED)


def _tell_plan(
    make: Callable[[OnProgress], Run], config: ExportConfig, *, restart: bool, json: bool
) -> None:
    from tore_export.api.dry_run import plan_account

    account = plan_account(make(lambda progress: None), config, restart=restart)
    if json:
        print_json(account)
        return
    from tore_export.cli.console import write_data
    from tore_export.cli.plan_view import plan_lines

    write_data("".join(f"{line}\n" for line in plan_lines(account)).encode())
