"""Budgets: shorten a document to at most so many tokens, by the least that is enough."""
