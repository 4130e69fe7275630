"""Sources: how files become documents."""
