"""What documents cost in tokens, where the tokens lie, and what would shorten them."""
