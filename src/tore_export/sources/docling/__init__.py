"""docling's JSON: the tree of references in reading order, one concept a file."""
