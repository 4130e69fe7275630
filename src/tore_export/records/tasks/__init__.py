"""What a training record asks for: one task, one file."""
