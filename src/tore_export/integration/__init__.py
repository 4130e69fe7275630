"""Adapters for others' systems: stores, queues, windows; each a protocol and one that is real."""
