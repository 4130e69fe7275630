"""Specification of the formatters."""
