"""CSV and its kin: one table a file."""
