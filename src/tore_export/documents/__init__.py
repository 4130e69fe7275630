"""What a document is: its kinds of elements, its Arrow columns, its Python objects."""
