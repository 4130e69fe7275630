"""Splits: on which side a document lands, decided over facts; one file a strategy."""
