"""Templates: Jinja2 in a sandbox that counts what it does, one concept a file."""
