"""HTML: from a page to elements, one concept a file."""
