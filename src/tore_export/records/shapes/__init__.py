"""How a training record is written: one shape, one file, each with its Arrow columns."""
