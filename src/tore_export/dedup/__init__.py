"""Which documents are copies of which, wholly or nearly."""
