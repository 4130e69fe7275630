"""How rows become files: parts of units, shards of parts, rejects, facts, the card."""
