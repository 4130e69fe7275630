"""Watching a run: events that any display can show."""
