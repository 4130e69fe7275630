"""How a document is written: Markdown, plain text, JSON lines, and whatever users add."""
