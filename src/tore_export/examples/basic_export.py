"""One document, in memory: as Markdown, as text, counted, shortened.

python -m tore_export.examples.basic_export documents/manuals/hand_pump.tore
"""

from __future__ import annotations

import sys

from tore_export import ExportAPI, FinetuningTextExporter

__all__ = ["main"]


def main(document: str) -> None:
    """Render a document in several ways, and print what it costs."""
    exporter = FinetuningTextExporter()
    markdown = exporter.export_markdown(document, images="link")
    print(markdown)
    print(f"{exporter.count_tokens(markdown, 'gpt-4o'):,} tokens for gpt-4o")

    short = exporter.optimize_for_tokens(document, max_tokens=120, model="gpt-4o")
    left = exporter.count_tokens(exporter.export_markdown(short), "gpt-4o")
    print(f"{left:,} tokens once it was shortened to 120, in {len(short)} elements")

    # elements may as well be at hand: ours, dicts of any dialect, objects with to_dict
    elements = [{"type": "Title", "text": "Pumps"}, {"type": "Text", "text": "Close the valve."}]
    print(exporter.export_plaintext(elements))

    result = ExportAPI().export_document(document, format="jsonl")
    print(f"{result.n_elements} elements, quality {result.quality_score:.2f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
