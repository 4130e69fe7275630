"""The report of a run: figures from its facts, samples read back, drawn as one page of HTML."""
