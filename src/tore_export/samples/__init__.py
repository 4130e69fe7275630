"""A few parsed documents, one of them broken, and the demonstration that runs on them."""
