"""How files are written: for each kind of format that the engine cannot read by itself, a reader that yields records."""
