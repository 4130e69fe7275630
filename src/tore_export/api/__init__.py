"""The Python API: one call for one wish."""
