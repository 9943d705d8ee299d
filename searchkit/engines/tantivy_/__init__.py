"""The Tantivy engine: Rust, embedded, where an archive goes once it has outgrown Whoosh. The only package that imports
``tantivy``.

Tantivy is given finished terms, joined by spaces, and splits them at white space.
"""

from searchkit.engines.tantivy_.engine import TantivyEngine, create, open

__all__ = ["TantivyEngine", "create", "open"]
