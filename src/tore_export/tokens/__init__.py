"""How many tokens a text has: exact, offline, the same whichever engine counts."""
