"""What happens to documents: one verb, one file, each a pure function of Arrow tables."""
