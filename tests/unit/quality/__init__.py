"""Tests of what prose is worth."""
