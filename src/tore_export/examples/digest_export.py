"""Documents shortened to a budget, as context for prompts.

python -m tore_export.examples.digest_export documents/ digests/
"""

from __future__ import annotations

import sys

from tore_export import ExportConfig, ExportWorkflow, WorkflowConfig

__all__ = ["main"]


def main(documents: str, output: str) -> None:
    """Write each document as Markdown of at most 200 tokens, and print what was saved by what."""
    config = ExportConfig(
        default_tokenizer="gpt-4o",
        token_optimization=True,
        max_tokens=200,
        images="skip",
        workflow=WorkflowConfig(output=output, formats=("markdown",)),
    )
    result = ExportWorkflow(config).execute(documents)
    if result.files is not None:
        print(result.files.shortened)


if __name__ == "__main__":
    main(*sys.argv[1:])
