"""String → AST → plan: the query language. ``parser.py`` reads, ``lower.py`` turns what was read into a plan."""
