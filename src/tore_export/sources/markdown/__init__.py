"""Markdown: markdown-it's tokens to elements, one concept a file."""
