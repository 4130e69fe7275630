"""The command line: a command parses, calls, renders, and returns an exit code."""
