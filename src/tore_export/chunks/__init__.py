"""Chunks: a text cut into parts of at most N tokens, by structure, without a character lost."""

from tore_export.chunks.chunk import Chunk
from tore_export.chunks.chunker import Chunker

__all__ = ["Chunk", "Chunker"]
