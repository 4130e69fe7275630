"""What a document's prose is worth: signals per document, and a score made of them."""
