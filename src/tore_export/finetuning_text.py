"""FinetuningTextExporter: the face for one document, in process and with no start-up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tore_export.api.documents import (
    Elements,
    are_documents,
    are_paths,
    as_elements,
    as_table,
    first_failure,
)
from tore_export.api.export_api import ExportAPI
from tore_export.api.splitting import sides_of_texts
from tore_export.api.text_engine import TextEngine, one
from tore_export.budget.engine import OptimizationEngine
from tore_export.config import ExportConfig, TrainingConfig
from tore_export.documents.columns import ElementColumns
from tore_export.documents.element import Element
from tore_export.documents.schema import Kind
from tore_export.errors import UsageError
from tore_export.plan.rendering import options_of
from tore_export.results import TrainingDataset

__all__ = ["FinetuningTextExporter"]

_OPTION_NAMES = {"markdown_flavor": "flavor"}


class FinetuningTextExporter:
    """Export one document's elements as Markdown, plain text, JSON lines or training records.

    Elements are ours, dicts of any dialect, objects with `to_dict`, a document that holds such, a
    DoclingDocument, or the name of a file. Calls that take many documents take a folder, too.

    >>> exporter = FinetuningTextExporter()
    >>> elements = [
    ...     {"type": "Title", "text": "Pumps"},
    ...     {"type": "ListItem", "text": "close the valve"},
    ... ]
    >>> print(exporter.export_markdown(elements))
    # Pumps
    <BLANKLINE>
    - close the valve
    <BLANKLINE>
    >>> exporter.count_tokens("close the valve")
    3
    """

    def __init__(self, config: ExportConfig | None = None) -> None:
        self.config = config or ExportConfig()
        self._engine = TextEngine(self.config)

    def export_markdown(self, elements: Elements, **options: Any) -> str:
        """Return the document as Markdown; options are flavor, include_furniture, images and so on.

        **Raises** DocumentError where it cannot be read, FormatError for an unknown option.
        """
        return self._render(elements, "markdown", options)

    def export_plaintext(self, elements: Elements, **options: Any) -> str:
        """Return the document as plain text without marks."""
        return self._render(elements, "plaintext", options)

    def export_jsonl(self, elements: Elements, **options: Any) -> str:
        """Return the document as JSON lines, a section a line unless asked otherwise."""
        return self._render(elements, "jsonl", options)

    def _render(self, elements: Elements, name: str, options: dict[str, Any]) -> str:
        if options.get("template") is not None:
            name = "template"
        named = {_OPTION_NAMES.get(key, key): value for key, value in options.items()}
        return self._engine.render(elements, name, **named)

    def export_training_dataset(
        self, elements: Elements, config: TrainingConfig | None = None
    ) -> TrainingDataset:
        """Return training records of the documents, by split."""
        return ExportAPI(self.config).export_for_training(elements, config)

    def count_tokens(self, text: str, model: str = "gpt-3.5-turbo") -> int:
        """Return the exact number of tokens. **Raises** TokenizerError for an unknown model."""
        return self._engine.count_tokens(text, model)

    def optimize_for_tokens(
        self, elements: Elements, max_tokens: int, model: str | None = None
    ) -> list[Element]:
        """Return one document shortened so that its Markdown has at most `max_tokens`; [] at worst.

        The Markdown is that of `export_markdown` with this exporter's configuration, and counted for
        `model`, or what is configured. docs/budgets.md says what goes first; OptimizationEngine tells
        what was done. A document within the budget is returned as it is.

        **Raises** DocumentError where it cannot be read, TokenizerError for an unknown model.

        >>> exporter = FinetuningTextExporter()
        >>> long = [{"type": "Title", "text": "Pumps"}, {"type": "Text", "text": "Open it. " * 50}]
        >>> short = exporter.optimize_for_tokens(long, 20, "gpt-4o")
        >>> exporter.count_tokens(exporter.export_markdown(short), "gpt-4o")
        20
        """
        given = _elements(elements)
        table = one(self._engine.table(given))
        options = dict(options_of("markdown", self.config))
        engine = OptimizationEngine({"markdown": options}, model or self.config.default_tokenizer)
        columns = ElementColumns.from_arrow(table["elements"])
        result = engine.optimize(columns.to_elements()[0], max_tokens)
        if not result.steps:
            return given
        return [replace(element, doc_id=given[0].doc_id) for element in result.elements]

    def split_dataset(
        self, elements: Elements, strategy: str = "random", **options: Any
    ) -> dict[str, list[Element]]:
        """Assign elements to splits, never cutting through what belongs together.

        Elements that carry different document ids are kept together by document; those of one
        document are split between its top-level sections, never inside one. Strategies are `random`,
        `group` (of these), `balanced` (by tokens) and `content_based`; options those of TrainingConfig:
        splits, exact_ratios, near_duplicates, seed.

        **Raises** UsageError for a strategy that needs what elements do not have.

        >>> FinetuningTextExporter().split_dataset([{"type": "Title", "text": "A"}])["test"]
        []
        """
        config = TrainingConfig.model_validate({"split_strategy": strategy, **options})
        groups = _groups(_elements_of_all(elements))
        texts = ["\n".join(element.text for element in group) for group in groups]
        count = self._engine.count_tokens if strategy == "balanced" else len
        sides = sides_of_texts(texts, [count(text) for text in texts], config)
        found: dict[str, list[Element]] = {name: [] for name, _ in config.split_shares}
        for side, group in zip(sides, groups, strict=True):
            found[side] += group
        return found


def _elements(elements: Elements) -> list[Element]:
    """Return the elements of one document."""
    given = _listed(elements)
    if given is not None:
        return given
    documents = _documents(elements)
    if len(documents) != 1:
        raise UsageError("one document is asked for", found=f"{len(documents)} documents")
    return documents[0][1]


def _elements_of_all(elements: Elements) -> list[Element]:
    """Return the elements of all documents, each with the id of its document where there are several."""
    given = _listed(elements)
    if given is not None:
        return given
    documents = _documents(elements)
    if len(documents) == 1:
        return documents[0][1]
    return [replace(element, doc_id=doc_id) for doc_id, own in documents for element in own]


def _listed(elements: Elements) -> list[Element] | None:
    """Return elements that were given as such; None where what holds them was."""
    if isinstance(elements, str) or not isinstance(elements, Sequence):
        return None
    if are_paths(elements) or are_documents(elements):
        return None
    return as_elements(elements)[0]


def _documents(elements: Elements) -> list[tuple[str, list[Element]]]:
    table = as_table(elements)
    failure = first_failure(table)
    if failure is not None:
        raise failure
    found = ElementColumns.from_arrow(table["elements"]).to_elements()
    return list(zip(table["doc_id"].to_pylist(), found, strict=True))


def _groups(elements: Sequence[Element]) -> list[list[Element]]:
    """Return what has to stay together: documents, or the top-level sections of one."""
    if len({element.doc_id for element in elements}) > 1:
        documents: dict[str | None, list[Element]] = {}
        for element in elements:
            documents.setdefault(element.doc_id, []).append(element)
        return list(documents.values())
    levels = [e.level or 1 for e in elements if e.kind == Kind.TITLE]
    top = min(levels, default=1)
    sections: list[list[Element]] = []
    for element in elements:
        begins = element.kind == Kind.TITLE and (element.level or 1) == top
        if begins or not sections:
            sections.append([])
        sections[-1].append(element)
    return sections
