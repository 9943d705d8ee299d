"""Sources → engine: what is there, what has changed, and bringing it in, a batch at a time."""
