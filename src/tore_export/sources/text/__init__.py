"""Plain text: what its lay-out says of its structure, one concept a file."""
