"""The OpenSearch engine: a cluster, for what outgrows one machine. The only package that imports ``opensearchpy``.

The cluster is given finished terms, joined by spaces, and splits them at white space. What this asks of it, OpenSearch has
had since 2.4.
"""

from searchkit.engines.opensearch_.engine import OpenSearchEngine, create, open
from searchkit.engines.opensearch_.place import activate, discard, reach

__all__ = ["OpenSearchEngine", "activate", "create", "discard", "open", "reach"]
