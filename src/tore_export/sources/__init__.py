"""How files become documents: one dialect or container, one file; detect.py tells which it is."""
