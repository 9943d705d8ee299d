"""The Whoosh engine: pure Python, where every archive starts. The only package that imports ``whoosh``."""

from searchkit.engines.whoosh_.engine import WhooshEngine, create, open

__all__ = ["WhooshEngine", "create", "open"]
